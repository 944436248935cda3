"""Files to browsers: the part that was asked for (206), in flat memory also under ASGI.

Django's FileResponse knows no Range, and under ASGI it reads the whole file into memory.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Generator, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, parse_http_date_safe, quote_etag

CHUNK = 256 * 1024
RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def serve(
    request: HttpRequest, path: str | Path, content_type: str, download_name: str = "", *, immutable: bool = False
) -> HttpResponseBase:
    """Return the file, or the one range of it that the request names (206, or 416 when it has no such bytes).

    With `download_name` the browser saves it under that name. Who may see the file is the caller's affair.
    Raises Http404 when there is no such file.
    """
    file = _open(path)
    size, headers = _headers(file, content_type, download_name, immutable)
    unchanged = get_conditional_response(request, headers["ETag"], parse_http_date_safe(headers["Last-Modified"]))
    if unchanged is not None:
        file.close()
        return _with(unchanged, headers)
    wanted = _wanted_range(request, size, headers)
    if wanted is None:
        file.close()
        headers |= {"Content-Range": f"bytes */{size}", "Content-Length": "0"}
        return _with(HttpResponse(content_type=content_type), headers, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
    start, end, status = wanted
    headers["Content-Length"] = str(end - start)
    if status == HTTPStatus.PARTIAL_CONTENT:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return _with(_body(request, file, start, end, content_type), headers, status)


def _body(request: HttpRequest, file: BinaryIO, start: int, end: int, content_type: str) -> HttpResponseBase:
    """Return the bytes from start up to end, more than CHUNK of them as a stream; nothing for HEAD."""
    if request.method == "HEAD":
        file.close()
        return HttpResponse(content_type=content_type)
    file.seek(start)
    if end - start <= CHUNK:
        with file:
            return HttpResponse(file.read(end - start), content_type=content_type)
    response = StreamingHttpResponse(_chunks(request, file, end - start), content_type=content_type)
    # Closes the file also when the reader goes away before its end.
    response._resource_closers.append(file.close)
    return response


def stream(request: HttpRequest, pieces: Generator[bytes], content_type: str, download_name: str) -> HttpResponseBase:
    """Return what is made while it is sent, to be saved under a name; its length is not known before."""
    body: Any = _in_threads(pieces) if hasattr(request, "scope") else pieces
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
    headers["Content-Disposition"] = _disposition(download_name)
    if request.method == "HEAD":
        return _with(HttpResponse(content_type=content_type), headers)
    return _with(StreamingHttpResponse(body, content_type=content_type), headers)


async def _in_threads(pieces: Generator[bytes]) -> AsyncIterator[bytes]:
    try:
        while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
            yield piece
    finally:
        pieces.close()  # also when the reader goes away before its end


def _open(path: str | Path) -> BinaryIO:
    try:
        return Path(path).open("rb")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        raise Http404 from None


def _headers(file: BinaryIO, content_type: str, download_name: str, immutable: bool) -> tuple[int, dict[str, str]]:
    stat = Path(file.name).stat()
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": quote_etag(f"{stat.st_mtime_ns:x}-{stat.st_size:x}"),
        "Last-Modified": http_date(stat.st_mtime),
        "Cache-Control": "private, max-age=31536000, immutable" if immutable else "private, no-cache",
        # What a user uploaded is shown, never run, and never taken for something else.
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; media-src 'self'",
        "Content-Disposition": _disposition(download_name),
    }
    return stat.st_size, headers


def _disposition(name: str) -> str:
    """Return the header with the name in ASCII for old readers and in UTF-8 (RFC 6266, RFC 8187)."""
    if not name:
        return "inline"
    name = "".join("_" if character in '/\\"\r\n\0' else character for character in name)
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _with(response: Any, headers: dict[str, str], status: int = 0) -> HttpResponseBase:
    response.status_code = status or response.status_code
    for name, value in headers.items():
        response.headers[name] = value
    return response


def _wanted_range(request: HttpRequest, size: int, headers: dict[str, str]) -> tuple[int, int, int] | None:
    """Return (first byte, byte after the last one, status), or None when the range lies outside of the file."""
    whole = (0, size, HTTPStatus.OK)
    match = RANGE.fullmatch(request.headers.get("Range", "").strip())
    # Several ranges, other units and nonsense are answered with the whole file, as RFC 9110 allows.
    if not match or match.groups() == ("", ""):
        return whole
    if request.headers.get("If-Range", headers["ETag"]) not in (headers["ETag"], headers["Last-Modified"]):
        return whole
    first, last = match.groups()
    if first:
        start, end = int(first), min(int(last or size) + 1, size)
        if last and int(last) < start:
            return whole
    else:
        start, end = max(size - int(last), 0), size
    return (start, end, HTTPStatus.PARTIAL_CONTENT) if start < end else None


def _chunks(request: HttpRequest, file: BinaryIO, count: int) -> AsyncIterator[bytes] | Iterator[bytes]:
    # An ASGI request has a scope; Django reads a plain iterator to its end there before it sends anything.
    return _read_async(file, count) if hasattr(request, "scope") else _read(file, count)


def _read(file: BinaryIO, count: int) -> Iterator[bytes]:
    with file:
        while count > 0 and (chunk := file.read(min(CHUNK, count))):
            count -= len(chunk)
            yield chunk


async def _read_async(file: BinaryIO, count: int) -> AsyncIterator[bytes]:
    with file:
        while count > 0 and (chunk := await asyncio.to_thread(file.read, min(CHUNK, count))):
            count -= len(chunk)
            yield chunk
