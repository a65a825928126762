"""A real clamd with one signature of our own, and sockets that behave as broken scanners do."""

import shutil
import socket
import subprocess
import threading
import time
from contextlib import contextmanager

import pytest

CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
NEEDED = pytest.mark.skipif(not CLAMD, reason="clamd is not installed")
STREAM_MAX = 1 << 20
# The test file of the antivirus industry (eicar.org), in two halves so that this file is not it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@contextmanager
def running(folder):
    """The address of a clamd that keeps everything in this folder."""
    database = folder / "signatures"
    database.mkdir()
    (database / "own.ndb").write_text(f"Own.Eicar:0:*:{EICAR.hex()}\n")
    address = folder / "clamd.sock"
    config = folder / "clamd.conf"
    config.write_text(
        f"DatabaseDirectory {database}\nLocalSocket {address}\nTemporaryDirectory {folder}\n"
        f"Foreground yes\nStreamMaxLength {STREAM_MAX}\nLogFile {folder / 'clamd.log'}\n"
    )
    process = subprocess.Popen(
        [CLAMD, "--config-file", str(config)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(address, process)
        yield f"unix://{address}"
    finally:
        process.terminate()
        process.wait()


def _wait_for(address, process):
    for _ in range(600):
        assert process.poll() is None, "clamd did not start"
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(address))
                probe.sendall(b"zPING\0")
                if probe.recv(16).startswith(b"PONG"):
                    return
            except OSError:
                time.sleep(0.1)
    raise AssertionError("clamd never answered")


@contextmanager
def impostor(behave):
    """The address of a TCP server that treats each connection as ``behave(connection)`` does."""
    server = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve():
        while not stop.is_set():
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                behave(connection, stop)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
    finally:
        stop.set()
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def hears_all(connection):
    """Read a whole stream of chunks, up to its empty one."""
    stream = connection.makefile("rb")
    assert stream.read(10) == b"zINSTREAM\0"
    while size := int.from_bytes(stream.read(4), "big"):
        stream.read(size)


def cuts_off_at_once(connection, stop):
    connection.recv(4)


def cuts_off_after_hearing(connection, stop):
    hears_all(connection)


def cuts_its_answer(connection, stop):
    hears_all(connection)
    connection.sendall(b"stream: OK")


def hangs(connection, stop):
    hears_all(connection)
    stop.wait(30)


def says_ok_before_it_heard(connection, stop):
    connection.sendall(b"stream: OK\0")


def answers(said):
    def behave(connection, stop):
        hears_all(connection)
        connection.sendall(said)

    return behave
