"""The editors' indexes: their search, and where each page, picture and file is used.

Wagtail queues a task for each save. A loading saves a thousand times, so it writes them at its end.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models.signals import post_save
from modelsearch.index import get_indexed_models
from modelsearch.signal_handlers import post_save_signal_handler
from wagtail.models import Page, ReferenceIndex
from wagtail.search.backends import get_search_backend
from wagtail.signal_handlers import disable_reference_index_auto_update


@contextmanager
def written_later() -> Iterator[None]:
    """Queue no indexing for what is saved inside."""
    silenced = [
        model
        for model in get_indexed_models()
        if post_save.disconnect(post_save_signal_handler, sender=model)
    ]
    try:
        with disable_reference_index_auto_update():
            yield
    finally:
        for model in silenced:
            post_save.connect(post_save_signal_handler, sender=model)


def write() -> None:
    """Index everything there is."""
    for page in Page.objects.specific().iterator(200):
        ReferenceIndex.create_or_update_for_object(page)
    backend = get_search_backend("default")
    for model in get_indexed_models():
        things = list(model.get_indexed_objects())
        if things:
            backend.add_bulk(model, things)
