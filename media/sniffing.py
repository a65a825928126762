"""What bytes are, whatever their name says: libmagic decides.

The system's libmagic where there is one. A bare machine may have none, and nobody should need to
install system packages to try the demo: a package brings a copy.
"""

try:
    import magic
except ImportError:
    import pylibmagic  # noqa: F401, I001 - importing it shows the loader where the copy lies
    import magic

SNIFFED = 4096
"""As many bytes as it takes to know."""


def type_of(head: bytes) -> str:
    """The media type of a file that begins with these bytes."""
    return str(magic.from_buffer(head, mime=True))
