"""Static files by WhiteNoise, also under ASGI: packed, and kept by browsers until they change."""

import gzip
import hashlib
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from whitenoise.middleware import WhiteNoiseMiddleware

PACKED = {".css", ".js", ".svg", ".json", ".txt", ".html", ".map"}
FOR_GOOD = "max-age=31536000, public, immutable"
WEEK = "max-age=604800, public"
FONTS = {".woff2", ".ttf", ".otf"}  # style sheets name them without a version, and theirs never change


class VersionedStorage(StaticFilesStorage):
    """Names static files by address and content: `studio.css?v=…`, without a step that builds anything."""

    def url(self, name: str) -> str:
        address, found = super().url(name), _found(name)
        if found is None or found.suffix in FONTS or "?" in address:
            return address
        return f"{address}?v={version(found)}"


@lru_cache(maxsize=512)
def _found(name: str) -> Path | None:
    found = finders.find(name)
    return Path(found) if found else None


def version(path: Path) -> str:
    """Return some letters of the hash of a file as it is now."""
    stat = path.stat()
    return _digest(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=512)
def _digest(path: Path, changed: int, size: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


@lru_cache(maxsize=128)
def _pack(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """Answers with whole bytes. WhiteNoise's own answer is a plain iterator, which Django reads to its end under ASGI
    all the same, with a warning in the log for each file. Ours are small, and large ones go through ranking/media.py.
    Pages are not packed here: they hold words that visitors gave beside secrets, which a proxy may weigh (BREACH).
    """

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        found = static_file.get_response(request.method, request.META)
        body, path = b"", None
        if found.file is not None:  # there is none for HEAD, nor for what the browser has already
            with found.file as file:
                body, path = file.read(), Path(getattr(file, "name", ""))
        response = HttpResponse(body, status=found.status)
        del response["Content-Type"]
        for name, value in found.headers:
            response[name] = value
        if found.status == HTTPStatus.OK and path:
            _finish(request, response, path)
        return response


def _finish(request: HttpRequest, response: HttpResponse, path: Path) -> None:
    """Pack a whole file where the browser takes it so, and say how long it may be kept."""
    if path.suffix in FONTS:
        response["Cache-Control"] = WEEK
    elif request.GET.get("v") == version(path):  # an older page may ask for a version that is gone
        response["Cache-Control"] = FOR_GOOD
    if path.suffix in PACKED and "Content-Encoding" not in response:
        patch_vary_headers(response, ["Accept-Encoding"])
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            response.content = _pack(response.content)
            response["Content-Encoding"] = "gzip"
    # A file that was edited since the start has another length.
    response["Content-Length"] = str(len(response.content))
