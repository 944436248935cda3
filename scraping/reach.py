"""What the fetching child may reach: public addresses only, and through a proxy only hosts that are known.

Both are asked at the very last moment, so that neither a redirect, nor an address in a page's data, nor a name that
answers differently the second time leads anywhere else.
"""

import logging
import re
import socket
import sys
from typing import Any
from urllib.parse import urlsplit

from scraping.addresses import is_public

# Behind these names stand the sites' own servers: pages, interfaces, videos and pictures.
KNOWN = (
    *("tiktok.com", "tiktokv.com", "tiktokv.us", "tiktokv.eu", "tiktokcdn.com", "tiktokcdn-us.com", "tiktokcdn-eu.com"),
    *("ttwstatic.com", "ibyteimg.com", "ibytedtos.com", "byteoversea.com", "muscdn.com", "akamaized.net"),
    *("youtube.com", "youtu.be", "youtubei.googleapis.com", "googlevideo.com", "ytimg.com"),
    *("instagram.com", "cdninstagram.com", "fbcdn.net"),
)
DEFAULT_PORTS = {"https": (None, 443), "http": (None, 80)}
# Clients that open connections in C, unseen by the checks below; yt-dlp does without them.
UNSEEN = ("curl_cffi", "requests")


def only_open_internet(proxy: str) -> None:
    """From here on every request of this process that leads inside fails, with no packet sent: OSError."""
    sys.modules.update(dict.fromkeys(UNSEEN))
    allowed = _addresses(proxy) if proxy else set()

    def check(event: str, args: tuple[Any, ...]) -> None:
        if event == "socket.connect" and isinstance(args[1], tuple):
            host, port = args[1][:2]
            if (host, port) not in allowed and not is_public(str(host)):
                raise OSError(f"{host} is not of the open internet")
        elif event == "urllib.Request" and not may_ask(str(args[0]), through_proxy=bool(proxy)):
            raise OSError(f"{args[0]} is not of the open internet")

    sys.addaudithook(check)


def may_ask(url: str, *, through_proxy: bool) -> bool:
    """Whether a request may be sent there; a proxy connects by itself, so then only names that are known."""
    try:
        parts = urlsplit(url)
        usual = parts.port in DEFAULT_PORTS.get(parts.scheme, ())
        host = (parts.hostname or "").removesuffix(".").encode("idna").decode("ascii").lower()
    except ValueError:  # UnicodeError too
        return False
    if not usual or "@" in parts.netloc or not re.fullmatch(r"([a-z0-9_-]+\.)+[a-z][a-z0-9-]*", host):
        return False
    return not through_proxy or any(host == known or host.endswith(f".{known}") for known in KNOWN)


def _addresses(proxy: str) -> set[Any]:
    parts = urlsplit(proxy)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 1080)
    try:
        return {info[4][:2] for info in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)}
    except OSError as error:
        logging.warning("proxy not found: %s", error)
        return set()
