"""Ports of this machine that nothing listens on."""

import socket


def free_port():
    """One that was free a moment ago."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]
