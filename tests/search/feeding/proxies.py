"""A reverse proxy in front of the server, as operators have them: some requests it refuses."""

import threading
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

HOLD = "hold"
HOP_BY_HOP = {"connection", "host", "keep-alive", "transfer-encoding", "content-length"}


@contextmanager
def proxy(url, judge, *, tls=None):
    """The address of a proxy.

    ``judge(path, headers, body)`` gives the status to refuse a request with, ``HOLD`` for one that
    shall never be answered, or nothing for one to pass on.
    """
    ended = threading.Event()
    target = urlsplit(url)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            verdict = judge(self.path, self.headers, body)
            if verdict is HOLD:
                ended.wait(60)
                self.close_connection = True
            elif verdict:
                self.send(verdict, {"Content-Type": "text/html"}, b"<html>refused</html>")
            else:
                self.send(*self.passed_on(body))

        # Names that ``http.server`` looks for.
        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer  # noqa: N815

        def passed_on(self, body):
            passing = HTTPConnection(target.hostname, target.port, timeout=60)
            try:
                passing.request(self.command, self.path, body, without_hops(self.headers))
                told = passing.getresponse()
                return told.status, without_hops(told.headers), told.read()
            finally:
                passing.close()

        def send(self, status, headers, body):
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_args):
            pass

    server = Quiet(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}"
    finally:
        ended.set()
        server.shutdown()
        server.server_close()


@contextmanager
def in_front(settings, judge, *, tls=None):
    """The product reaches its server through a proxy."""
    real = settings.ELASTICSEARCH_URL
    with proxy(real, judge, tls=tls) as settings.ELASTICSEARCH_URL:
        try:
            yield
        finally:
            settings.ELASTICSEARCH_URL = real


class Quiet(ThreadingHTTPServer):
    """Clients that turn away, for they trust no certificate of ours, are part of the tests."""

    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


def without_hops(headers):
    return {name: value for name, value in headers.items() if name.lower() not in HOP_BY_HOP}
