"""A kit that is published, and people who take it."""

from datetime import UTC, datetime

from django.test import RequestFactory

from cms.access import gates
from cms.access.reader import Reader, grants_of
from cms.access.rule import PUBLIC, Rule
from cms.accounts import identity
from cms.entries import publish
from cms.entries.projection import HeldFile, Projection, Weight
from media.downloads import logging
from media.kits import choosing, reading
from media.kits.choosing import Choice
from media.models import Image
from media.renditions import keeping
from media.rights import terms_of
from media.streaming import Sent

AT = datetime(2026, 5, 14, 8, 30, tzinfo=UTC)
KEY = "dossier-7"


def publish_kit(*files, key=KEY, title="L’Horlogère", groups=(), anchors=None, note=None):
    """An entry that holds these files as items, for members of these groups."""
    rule = Rule.of([[one.pk for one in groups]]) if groups else PUBLIC
    projection = Projection(
        key=key,
        type="dossier",
        locale="fr",
        title=title,
        card={
            "key": key,
            "type": "dossier",
            "locale": "fr",
            "title": title,
            "summary": "",
            "url": f"/fr/presse/{key}/",
            "image": None,
            "topics": [],
        },
        body=(),
        rule=rule,
        published_at=AT,
        updated_at=identity.now(),
        path=f"/fr/presse/{key}/",
        files=tuple(held(one, place, anchors) for place, one in enumerate(files)),
    )
    weights = {key: Weight(2, note)} if note is not None else {}
    publish.put([projection], at=identity.now(), weights=weights)


def held(asset, place, anchors=None):
    said = {
        "title": asset.title,
        "caption": asset.caption,
        "credit": asset.credit,
        "usage_terms": asset.usage_terms,
    }
    is_picture = isinstance(asset, Image)
    return HeldFile(
        file=asset.file_key,
        terms=terms_of(asset),
        anchor=anchors[place] if anchors else f"a-{asset.file_key}",
        listing={
            "kind": "photo" if is_picture else "document",
            "name": asset.filename,
            **said,
        },
    )


def rendered(image):
    """The picture with the sizes that kits give."""
    image.is_confirmed = True
    image.save()
    keeping.make(image)
    return image


def reader_of(user=None):
    known = gates.all_gates(gates.state().version)
    at = identity.now()
    if user is None:
        return Reader(grants_of(person=None, groups=frozenset(), gates=known), at)
    return Reader(identity.grants_of_user(user, known, at), at)


def kit_for(user, *, key=KEY, number=None):
    reader = reader_of(user)
    return reader, reading.kit(key, reader, number=number)


def layout_for(user, choice=None, *, key=KEY, number=None):
    """What the ZIP is for somebody: reader, kit, choice and layout."""
    reader, kit = kit_for(user, key=key, number=number)
    choice = choice or Choice()
    return reader, kit, choice, choosing.layout(kit, choice)


def sent(layout, start=0, stop=None):
    stop = layout.length if stop is None else stop
    return Sent(start, stop - start, stop - start)


def take(user, start=0, stop=None, choice=None, **more):
    """A range of the archive leaves."""
    reader, kit, choice, layout = layout_for(user, choice, **more)
    logging.note_zip(reader, kit, choice, layout)(layout, sent(layout, start, stop))
    return layout


def take_file(user, asset, blob=None):
    """A file of the library leaves by itself."""
    blob = blob or asset.blob
    request = RequestFactory().get(f"/files/{asset.file_key}")
    note = logging.note_served(
        request, reader_of(user), asset, blob, size=None, name=asset.filename
    )
    note(Sent(0, blob.size, blob.size))
    return blob
