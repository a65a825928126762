"""The words in files, read by a caged process, so that search finds them."""

from media.extraction.cage import text_of
from media.extraction.extracted import Extracted

__all__ = ["Extracted", "text_of"]
