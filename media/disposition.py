"""``Content-Disposition`` (RFC 6266): a file name that every client understands."""

import unicodedata
from urllib.parse import quote

from media.kits import names

# What RFC 8187 lets stand as it is; quote() knows letters, digits and "_.-~" by itself.
_ATTRIBUTE = "!#$&+^`|"


def disposition(name: str, *, is_attachment: bool) -> str:
    """Both names: ``filename*`` in UTF-8, and ``filename`` for clients that know no other.

    Some, curl among them, read only the plain one, so it is always there.
    """
    kind = "attachment" if is_attachment else "inline"
    name = names.safe(name)
    plain = _plain(name)
    if plain == name:
        return f'{kind}; filename="{plain}"'
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe=_ATTRIBUTE)}"


def _plain(name: str) -> str:
    """ASCII that needs no escaping, and no percent sign, which some clients decode."""
    split = unicodedata.normalize("NFKD", name.replace("’", "'"))
    bare = "".join(one for one in split if not unicodedata.combining(one))
    plain = "".join(one if one.isascii() and one.isprintable() else "_" for one in bare)
    return plain.replace('"', "'").replace("\\", "_").replace("%", "_")
