"""The editors' side of files: rights, lists, withdrawal."""
