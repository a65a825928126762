"""A tree of ten thousand live pages, cloned in the database from one that was written properly."""

from django.db import connection, transaction
from wagtail.models import Locale, Page, Site

from pages.base import publishing
from pages.models import ArticlePage, HomePage, SectionPage

PLACES = 20
"""Sections below the section, which share the pages."""
TEXT = f"<p>{'Un texte du banc. ' * 40}</p>"
STORY = [{"type": "text", "id": f"b{number}", "value": TEXT} for number in range(6)]


def home() -> HomePage:
    """A home, where a fresh database has Wagtail's welcome page."""
    french, _ = Locale.objects.get_or_create(language_code="fr")
    root = Page.objects.get(depth=1)
    made = HomePage(title="Accueil", slug="accueil", locale=french)
    root.add_child(instance=made)
    Site.objects.update(root_page=made)
    Page.objects.filter(depth=2).exclude(pk=made.pk).delete()
    return made


def section(parent: Page, slug: str) -> SectionPage:
    made = SectionPage(title=slug.capitalize(), slug=slug, locale=parent.locale)
    parent.add_child(instance=made)
    return made


def subtree(parent: SectionPage, size: int) -> list[int]:
    """So many articles in places below a section, without entries yet. Their ids."""
    pages: list[int] = []
    for number in range(PLACES):
        place = section(parent, f"place-{number}")
        first = ArticlePage(
            title="Premier", slug="article-0", locale=place.locale, summary="Un résumé. " * 12,
            story=STORY,
        )  # fmt: skip
        place.add_child(instance=first)
        pages.append(first.pk)
        pages += _clones(place, first, size // PLACES - 1)
    return pages


def project(pages: list[int]) -> None:
    """Give them their entries, in one transaction."""
    with publishing.batch():
        publishing.refresh(pages)


@transaction.atomic
def _clones(place: SectionPage, first: ArticlePage, number: int) -> list[int]:
    changed = {
        "path": "substr(p.path, 1, length(p.path) - 4) || upper(lpad(n::text, 4, '0'))",
        "slug": "'article-' || n",
        "title": "'Article ' || n",
        "draft_title": "'Article ' || n",
        "url_path": "replace(p.url_path, 'article-0', 'article-' || n)",
        "translation_key": "gen_random_uuid()",
    }
    kept = [name for name in _columns(Page) if name not in {"id", *changed}]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO wagtailcore_page ({', '.join([*kept, *changed])}) "
            f"SELECT {', '.join(f'p.{name}' for name in kept)}, {', '.join(changed.values())} "
            "FROM wagtailcore_page p, generate_series(2, %s) n WHERE p.id = %s RETURNING id",
            [number + 1, first.pk],
        )
        made = [row[0] for row in cursor.fetchall()]
        own = [name for name in _columns(ArticlePage) if name != "page_ptr_id"]
        cursor.execute(
            f"INSERT INTO pages_articlepage (page_ptr_id, {', '.join(own)}) "
            f"SELECT n, {', '.join(f'p.{name}' for name in own)} "
            "FROM pages_articlepage p, unnest(%s) n WHERE p.page_ptr_id = %s",
            [made, first.pk],
        )
    Page.objects.filter(pk=place.pk).update(numchild=number + 1)
    return made


def _columns(model: type[Page]) -> list[str]:
    return [field.column for field in model._meta.local_concrete_fields]
