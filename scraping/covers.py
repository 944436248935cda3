"""A post's cover picture: fetched once, checked, re-encoded, so that nobody's page ever loads it from elsewhere."""

import io
import re
import socket
import time
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import httpx
from PIL import Image, ImageOps, UnidentifiedImageError

from scraping import fetch_errors as told
from scraping.addresses import is_public
from scraping.providers.base import ProviderError, gettext_noop

if TYPE_CHECKING:
    from scraping.fetch import FetchOptions

# The hosts of covers in all recorded answers, and those of YouTube, Instagram and tikwm (TikTok's, passed on).
HOSTS = re.compile(
    r"([a-z0-9-]+\.)+(tiktokcdn(-[a-z]{2,4})?|ibyteimg|cdninstagram)\.com|p\d+-sg-default\.akamaized\.net"
    r"|i\d?\.ytimg\.com|www\.tikwm\.com|([a-z0-9-]+\.)+fbcdn\.net"
)
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
MAX_BYTES = 8 * 1024**2
MAX_PIXELS = 25_000_000
MAX_SIDE = 960  # pixels
HOPS = 3
SECONDS = 30.0  # for all of one cover

NO_COVER_HOST = gettext_noop("The cover's address is not one of the sites' picture servers.")
COVER_GONE = gettext_noop("The cover picture is no longer there.")
COVER_TOO_LARGE = gettext_noop("The cover picture is too large.")
NO_PICTURE = gettext_noop("What came as the cover is not a picture that can be read.")


class _PinnedTransport(httpx.HTTPTransport):
    """Connects to the very address that was checked: a name that answers differently the second time gains nothing."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=_public_address(host))
        return super().handle_request(request)


def _public_address(host: str) -> str:
    found = {str(info[4][0]) for info in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)}
    if not found or not all(is_public(address) for address in found):
        raise ProviderError("blocked", told.REFUSED_ADDRESS)
    return sorted(found, key=lambda address: ":" in address)[0]


def cover(url: str, options: "FetchOptions", max_side: int = MAX_SIDE) -> bytes:
    """The cover as JPEG, its longer side at most `max_side` pixels; raises ProviderError."""
    _check(url)
    if options.proxy:  # the proxy resolves the name; which hosts are asked for stays ours to say
        transport = httpx.HTTPTransport(proxy=options.proxy, verify=not options.insecure_tls)
    else:
        transport = _PinnedTransport(verify=not options.insecure_tls)
    try:
        with httpx.Client(transport=transport, timeout=options.timeout, trust_env=False) as client:
            return _jpeg(_fetch(client, url), max_side)
    except httpx.InvalidURL as error:  # urlsplit passes over a tab or a new line in an address, httpx does not
        raise ProviderError("blocked", NO_COVER_HOST) from error
    except (httpx.HTTPError, OSError) as error:
        raise ProviderError("network", told.NETWORK) from error


def _check(url: str) -> None:
    """ProviderError unless it is https, on a picture host, without user name or odd port. Sends nothing."""
    try:
        parts = urlsplit(url)
        plain = parts.scheme == "https" and "@" not in parts.netloc and parts.port in (None, 443)
    except ValueError:
        plain = False
    if not plain or not HOSTS.fullmatch((parts.hostname or "").removesuffix(".")):
        raise ProviderError("blocked", NO_COVER_HOST)


def _fetch(client: httpx.Client, url: str) -> bytes:
    headers = {"Accept": "image/webp,image/avif,image/jpeg,image/png", "Accept-Encoding": "identity"}
    for _ in range(HOPS):
        with client.stream("GET", url, headers=headers) as answer:
            if not answer.has_redirect_location:
                return _body(answer)
            url = _joined(url, answer.headers["location"])
        _check(url)
    raise ProviderError("bad_response", COVER_GONE)


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:  # such as http://[
        raise ProviderError("blocked", NO_COVER_HOST) from error


def _body(answer: httpx.Response) -> bytes:
    """The bytes as they arrive, counted; raises ProviderError where there are too many or too slow ones."""
    if answer.status_code == 429:
        raise told.classify("", 429, answer.headers.get("retry-after"))
    if answer.status_code != 200:
        raise ProviderError("unavailable", COVER_GONE)
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise ProviderError("bad_response", NO_PICTURE)
    body, end = bytearray(), time.monotonic() + SECONDS
    for chunk in answer.iter_raw(65536):
        body += chunk
        if len(body) > MAX_BYTES:
            raise ProviderError("too_large", COVER_TOO_LARGE)
        if time.monotonic() > end:
            raise ProviderError("network", told.TIMED_OUT)
    return bytes(body)


def _jpeg(data: bytes, max_side: int) -> bytes:
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:  # known from the header, before anything is decoded
                raise ProviderError("too_large", COVER_TOO_LARGE)
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except Image.DecompressionBombError as error:
        raise ProviderError("too_large", COVER_TOO_LARGE) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise ProviderError("bad_response", NO_PICTURE) from error
    upright.thumbnail((max_side, max_side))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()
