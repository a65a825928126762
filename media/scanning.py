"""Whether a file is known to be innocent."""

from django.conf import settings


def may_serve(scan: str) -> bool:
    """Whether a file in this state of its scan is given to anybody but editors."""
    return scan == "clean" or (scan == "unscanned" and getattr(settings, "SERVE_UNSCANNED", True))
