"""Reading files in the background, after everything that somebody waits for."""

from django_tasks import task

from media.extraction import keeping


@task(priority=-20)
def read_text(blob_id: int) -> str:
    """Read the words of a blob. Returns the state."""
    kept = keeping.extract(blob_id)
    return kept.state if kept else "gone"
