"""The files pictures come in, rewritten without decoding: pixels as they are, metadata anew.

Each module has ``rewrite(source, sink, said)``. It copies what the picture needs, from a list of
what is known to be needed, so that what nobody thought of stays behind as well. Raises
``CutShort`` where the file ends too early, and ``NotAPicture`` where it is not of its kind.
"""
