"""What an error of Elasticsearch means: the server fails, or refuses one question only. Pure."""

from search.contract import EngineBehind, EngineFailed

OF_THE_REQUEST = frozenset({400, 413})
"""What a server that works refuses a request with, for what stands in it."""
FORBIDDEN = frozenset({401, 403})
"""403 is also what a read-only index says, on a disk that is nearly full."""


class QuestionRefused(EngineBehind):
    """The server works, and does not take this one question: too long, say, or too nested.

    Like an engine that is behind it is at no fault: the next question goes to it all the same.
    """


def failure(status: int | None, words: str) -> EngineFailed:
    """The error to raise for a status. No index, or no right to ask it, is the server's fault."""
    if status in OF_THE_REQUEST:
        return QuestionRefused(words)
    return EngineFailed(words)
