"""What is done with files in the background."""

from django_tasks import task

from media.models import Image
from media.renditions import keeping
from media.renditions.sizes import AVIF

BEHIND_MAIL = -10
LAST = -30


@task(priority=BEHIND_MAIL)
def render(image: int) -> None:
    """Make what a picture lacks of its sizes, then see to their AVIF twins."""
    found = Image.objects.select_related("blob").filter(pk=image).first()
    if found is None:
        return
    keeping.make(found, gives_way=True)
    if not found.render_error:
        render_avif.enqueue(image)


@task(priority=LAST)
def render_avif(image: int) -> None:
    """Make the AVIF twins, when every other picture has what it needs."""
    found = Image.objects.select_related("blob").filter(pk=image).first()
    if found is not None:
        keeping.make(found, AVIF, gives_way=True)
