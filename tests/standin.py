"""A small TikTok on loopback: a TLS-terminating CONNECT proxy that answers as the site, its CDN and its short links do.

yt-dlp and httpx reach it unmodified, through `proxy` and without certificate checks. Every request is kept.
"""

import json
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest

from scraping.providers.base import ProviderError

CDN = "v16-webapp-prime.us.tiktok.com"
PICTURES = "p16-sign-va.tiktokcdn.com"
VIDEO_ID = "7513039993741397256"


def item(post_id: str = VIDEO_ID, **changes: Any) -> dict[str, Any]:
    """One post as the video page carries it: an HEVC 1080p, a silent hvc1, an H.264 540p, the watermarked download."""
    cdn = f"https://{CDN}/video/{post_id}"
    hevc = [f"{cdn}/hevc/?a=1988", f"https://www.tiktok.com/aweme/v1/play/?item_id={post_id}"]
    rates = [
        rate("v14044g50000x_bytevc1_1080p_873954", hevc),
        rate("v14044g50000x_bytevc1_720p_417322", [f"{cdn}/media-video-hvc1/"]),
        rate("v14044g50000x_h264_540p_404677", [f"{cdn}/h264/?a=1988"]),
    ]
    return {
        "id": post_id,
        "desc": "심장이 뛰는 순간 🔥 #서울 \u202ereversed\u202c",
        "createTime": "1749265942",
        "author": {"id": "1", "uniqueId": "seoul.night_1", "nickname": "서울의 밤", "secUid": "MS4wLjABAAAAtest"},
        "music": {"title": "original sound", "authorName": "서울의 밤", "duration": 4, "playUrl": f"{cdn}/audio/"},
        "stats": {
            "playCount": 3_000_000_000,
            "diggCount": 0,
            "commentCount": 1502,
            "collectCount": "5012",
        },
        "video": {
            "duration": 4,
            "width": 576,
            "height": 1024,
            "cover": f"https://{PICTURES}/obj/cover.jpeg?x-expires=1",
            "originCover": f"https://{PICTURES}/obj/origin.jpeg",
            "dynamicCover": f"https://{PICTURES}/obj/moving.webp",
            "playAddr": f"{cdn}/play/?a=1988",
            "downloadAddr": f"{cdn}/download/?a=1988",
            "bitrateInfo": rates,
        },
        **changes,
    }


def refusal(work: Callable[[], Any]) -> tuple[str, str]:
    """The kind and the sentence with which a fetch was refused."""
    with pytest.raises(ProviderError) as refused:
        work()
    assert "yt-dlp/issues" not in refused.value.message and refused.value.message.endswith(".")
    return refused.value.kind, refused.value.message


def rate(key: str, urls: list[str], size: int | None = None) -> dict[str, Any]:
    """One entry of bitrateInfo."""
    return {"PlayAddr": {"UrlKey": key, "UrlList": urls, "DataSize": size}}


def page(detail: dict[str, Any]) -> bytes:
    """The video page round its JSON."""
    scope = json.dumps({"__DEFAULT_SCOPE__": {"webapp.video-detail": detail}})
    script = f'<script id="__UNIVERSAL_DATA_FOR_REHYDRATION__" type="application/json">{scope}</script>'
    return f"<!DOCTYPE html><html><body>{script}</body></html>".encode()


class StandIn:
    """The server; the attributes say how it behaves, and a test changes them."""

    def __init__(self, video: bytes) -> None:
        self.video = video
        self.items: dict[str, dict[str, Any]] = {VIDEO_ID: item()}
        self.status_codes: dict[str, int] = {}  # post id -> webapp.video-detail.statusCode
        self.pages: dict[str, tuple[int, dict[str, str], bytes]] = {}  # post id -> status, headers, body
        self.redirects: dict[str, str] = {}  # host and path -> where it leads
        self.pictures: dict[str, tuple[str, bytes]] = {}  # path -> type, bytes
        self.refuse_media = 0  # so many times the CDN answers 403
        self.tell_length = True
        self.break_off = False  # after the first piece of the video
        self.slow = 0.0  # seconds between two pieces of the video
        self.connects: list[str] = []  # host and port of each tunnel asked for
        self.cookies: list[tuple[str, str]] = []  # host, Cookie header
        self.seen: list[tuple[str, str, str]] = []  # method, host, path of each request
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, _context()))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> "StandIn":
        Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def media(self) -> list[str]:
        """The paths that were asked of the CDN."""
        return [path for _, host, path in self.seen if host == CDN]


@cache
def _context() -> ssl.SSLContext:
    """A throw-away certificate for any host, made now by the openssl program; HTTP/1.1 only."""
    with tempfile.TemporaryDirectory() as folder:
        key, cert = Path(folder) / "key.pem", Path(folder) / "cert.pem"
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
                *("-days", "2", "-subj", "/CN=stand-in", "-keyout", str(key), "-out", str(cert)),
                *("-addext", "subjectAltName=DNS:*.tiktok.com,DNS:*.tiktokcdn.com"),
            ],
            check=True,
            capture_output=True,
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _handler(site: StandIn, context: ssl.SSLContext) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_CONNECT(self) -> None:
            site.connects.append(self.path)
            self.host = self.path.rpartition(":")[0]
            self.send_response(200)
            self.end_headers()
            self.connection = context.wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb", buffering=0)
            self.close_connection = False

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            host = getattr(self, "host", "") or parts.hostname or ""
            site.seen.append((self.command, host, parts.path))
            site.cookies.append((host, self.headers.get("Cookie", "")))
            if target := site.redirects.get(host + parts.path):
                self.answer(301, {"Location": target}, b"")
            elif host == CDN:
                self.give_media(parts.path)
            elif host == PICTURES and parts.path in site.pictures:
                kind, body = site.pictures[parts.path]
                self.answer(200, {"Content-Type": kind}, body)
            elif host == "www.tiktok.com" and ("/video/" in parts.path or parts.path == "/login"):
                self.give_page(parts.path.rpartition("/")[2])
            else:
                self.answer(404, {}, b"")

        def give_page(self, post_id: str) -> None:
            if post_id in site.pages:
                self.answer(*site.pages[post_id])
                return
            cookie = {"Set-Cookie": "tt_chain_token=abc; Domain=.tiktok.com; Path=/; Secure"}
            status = site.status_codes.get(post_id, 0 if post_id in site.items else 10204)
            detail: dict[str, Any] = {"statusCode": status, "statusMsg": "" if status == 0 else "status_deleted"}
            if status == 0:
                detail["itemInfo"] = {"itemStruct": site.items[post_id]}
            self.answer(200, {"Content-Type": "text/html", **cookie}, page(detail))

        def give_media(self, path: str) -> None:
            """As the CDN: only with the page's cookie and referer; the silent hvc1 is not there at all."""
            allowed = "tt_chain_token=abc" in self.headers.get("Cookie", "") and self.headers.get("Referer")
            if site.refuse_media > 0 or not allowed:
                site.refuse_media -= 1
                self.answer(403, {}, b"denied")
            elif path.endswith("/media-video-hvc1/"):
                self.answer(404, {}, b"")
            else:
                self.give_video()

        def give_video(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "video/mp4")
            if site.tell_length:
                self.send_header("Content-Length", str(len(site.video)))
            else:
                self.send_header("Connection", "close")
                self.close_connection = True
            self.end_headers()
            try:
                for start in range(0, len(site.video), 16384):
                    self.wfile.write(site.video[start : start + 16384])
                    time.sleep(site.slow)
                    if site.break_off:
                        self.close_connection = True
                        return
            except OSError:
                self.close_connection = True  # the reader had enough

        def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

    return Handler
