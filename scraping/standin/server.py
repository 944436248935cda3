"""The stand-in's server: one loopback port that is a CONNECT proxy, opens TLS itself and answers as every host."""

import signal
import socket
import struct
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from scraping.standin.certificate import context
from scraping.standin.site import Site
from scraping.standin.wire import HangUp, Reply, Request

PIECE = 16384  # bytes of a body that are sent at a time
MOST_BODY = 1024 * 1024


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class StandIn(Site):
    """A site that listens: yt-dlp, httpx and browsers reach it through `url` as their proxy."""

    def __init__(self, *given: Any, port: int = 0, **more: Any) -> None:
        super().__init__(*given, **more)
        self.server = _Server(("127.0.0.1", port), _handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> Self:
        Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        host = ""

        def log_message(self, *_: object) -> None:
            pass

        def do_CONNECT(self) -> None:
            site.connects.append(self.path)
            self.host = self.path.rpartition(":")[0].strip("[]")
            self.send_response(200)
            self.end_headers()
            self.connection = context().wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb", buffering=0)
            self.close_connection = False

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                self.close_connection = True  # the client went, or did not like the certificate

        def do_GET(self) -> None:
            request = self._request()
            try:
                self._send(site.answer(request))
            except HangUp:
                self._cut()

        do_HEAD = do_POST = do_OPTIONS = do_GET

        def _request(self) -> Request:
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            host = self.host or parts.hostname or urlsplit(f"//{headers.get('host', '')}").hostname or ""
            size = min(int(headers.get("content-length") or 0), MOST_BODY)
            query = {name: value for name, value in reversed(parse_qsl(parts.query, keep_blank_values=True))}
            return Request(self.command, host, parts.path, query, headers, self.rfile.read(size) if size else b"")

        def _send(self, reply: Reply) -> None:
            told = len(reply.body) if isinstance(reply.body, bytes) and reply.length is None else reply.length
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if told is None or told < 0:
                self.send_header("Connection", "close")
                self.close_connection = True
            else:
                self.send_header("Content-Length", str(told))
            self.end_headers()
            if self.command != "HEAD":
                self._send_body(reply)
            if isinstance(reply.body, bytes) and told is not None and told > len(reply.body):
                self.close_connection = True

        def _send_body(self, reply: Reply) -> None:
            body = reply.body
            pieces = (body[i : i + PIECE] for i in range(0, len(body), PIECE)) if isinstance(body, bytes) else body
            try:
                for piece in pieces:
                    self.wfile.write(piece)
            except (OSError, HangUp):
                self.close_connection = True  # the reader had enough, or was to have no more

        def _cut(self) -> None:
            """End the connection with a reset, as a firewall does."""
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        def finish(self) -> None:
            try:
                super().finish()
                self.connection.close()
            except OSError:
                pass

    return Handler


def the_end() -> Event:
    """What is set from now on when Ctrl-C is pressed, or the process is told to end."""
    over = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    return over
