"""Which addresses the studio will fetch: links of three sites in their known shapes, and only the open internet."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

from scraping.providers.base import ProviderError, gettext_noop

MAX_LENGTH = 2048
SITE_HOSTS = frozenset({"www.tiktok.com", "tiktok.com", "m.tiktok.com"})
SHORT_HOSTS = frozenset({"vm.tiktok.com", "vt.tiktok.com"})
YOUTUBE_HOSTS = frozenset({"www.youtube.com", "youtube.com", "m.youtube.com", "music.youtube.com"})
YOUTUBE_SHORT_HOST = "youtu.be"
INSTAGRAM_HOSTS = frozenset({"www.instagram.com", "instagram.com", "m.instagram.com"})
PAGE_HOSTS = {"tiktok": "www.tiktok.com", "youtube": "www.youtube.com", "instagram": "www.instagram.com"}

NOT_A_LINK = gettext_noop("This is not a link that can be read.")
ONLY_HTTPS = gettext_noop("Only https links can be fetched.")
ONLY_SITES = gettext_noop("Only links to TikTok, YouTube Shorts and Instagram Reels can be fetched.")
NO_LOGIN_NO_PORT = gettext_noop("A link with a user name or a port in it is not fetched.")
NO_VIDEO_LINK = gettext_noop("This TikTok link does not lead to one video.")
NO_YOUTUBE_VIDEO = gettext_noop("This YouTube link does not lead to one video.")
NO_REEL = gettext_noop("This Instagram link does not lead to one reel.")

# What may stand in a link, whatever surrounds it: Korean directly behind it, commas, brackets, quotes.
_LINK = re.compile(
    r"""(?:https?|[A-Za-z](?:(?!https?://)[A-Za-z0-9+.-]){1,20})://(?:(?!https?://)[^\s/?\#<>"'|,;()\[\]{}]|\[[0-9A-Fa-f:.]*\])*"""
    r"""(?:[/?\#](?:(?!https?://)[^\s<>"'`|,;()\[\]{}\x7f-\U0010ffff])*)?"""
    r"""|(?<![\w@./:-])(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24}/(?:(?!https?://)[^\s<>"'`|,;()\[\]{}\x7f-\U0010ffff])+""",
    re.VERBOSE,
)
_POST = re.compile(r"/@(?P<user>[\w.-]{0,64})/(?P<kind>video|photo)/(?P<id>\d{5,24})/?", re.ASCII)
_BARE = re.compile(r"/(?:embed(?:/v2)?|share/video|player/v1|v)/(?P<id>\d{5,24})(?:\.html)?/?", re.ASCII)
_SHORT = re.compile(r"/(?P<id>[A-Za-z0-9_-]{3,40})/?", re.ASCII)
_YOUTUBE = re.compile(r"/(?P<kind>shorts|embed|v)/(?P<id>[A-Za-z0-9_-]{11})/?", re.ASCII)
_YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}", re.ASCII)
_REEL = re.compile(r"(?:/(?!share/)[\w.]{1,30})?/(?:reels?|p|tv)/(?P<id>[A-Za-z0-9_-]{5,28})/?", re.ASCII)
_SHORT_ON_SITE = re.compile(r"/t/(?P<id>[A-Za-z0-9_-]{3,40})/?", re.ASCII)


@dataclass(frozen=True)
class Link:
    """A link of a known shape: `kind` is video, photo or short (to be followed), `canonical_url` is written anew.

    `site` is tiktok, youtube or instagram, and is the `source` of its post.
    """

    kind: str
    id: str
    canonical_url: str
    site: str = "tiktok"

    @property
    def page_host(self) -> str:
        """The host whose page is asked for: the one that requests are spaced by."""
        return PAGE_HOSTS[self.site]


def extract_links(text: str) -> list[str]:
    """All that looks like a link in a pasted text, in order and once each; whether it may be fetched is not asked."""
    found = (match.group().rstrip(".!?:*_~") for match in _LINK.finditer(text))
    return list(dict.fromkeys(link for link in found if not link.endswith("//")))


def parse_link(url: str) -> Link:
    """The link as one of the shapes that are fetched; ProviderError, kind unsupported, for all else. Sends nothing."""
    parts = _split(url)
    host = _host(parts)
    if host in SHORT_HOSTS or host in SITE_HOSTS:
        link, otherwise = _short(host, parts.path) or (_post(parts.path) if host in SITE_HOSTS else None), NO_VIDEO_LINK
    elif host in YOUTUBE_HOSTS or host == YOUTUBE_SHORT_HOST:
        link, otherwise = _youtube(host, parts), NO_YOUTUBE_VIDEO
    elif host in INSTAGRAM_HOSTS:
        link, otherwise = _reel(parts.path), NO_REEL
    else:
        raise ProviderError("unsupported", ONLY_SITES)
    if link is None:
        raise ProviderError("unsupported", otherwise)
    return link


def count_videos(text: str) -> int:
    """How many videos the links of a text name, each once: none for a photo post or what cannot be fetched."""
    named = set()
    for url in extract_links(text):
        try:
            link = parse_link(url)
        except ProviderError:  # whoever fetches it is told why
            continue
        if link.kind != "photo":
            named.add((link.site, link.kind, link.id))
    return len(named)


def _split(url: str) -> SplitResult:
    address = url.strip()
    if not address or len(address) > MAX_LENGTH or re.search(r"[\x00-\x20\x7f\\]", address):
        raise ProviderError("unsupported", NOT_A_LINK)
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", address):
        address = f"https://{address}"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise ProviderError("unsupported", NOT_A_LINK) from error
    if parts.scheme not in ("https", "http"):
        raise ProviderError("unsupported", ONLY_HTTPS)
    if "@" in parts.netloc or port not in (None, 443):
        raise ProviderError("unsupported", NO_LOGIN_NO_PORT)
    return parts


def _host(parts: SplitResult) -> str:
    """The host in its one spelling: lower case, without the root's dot, as IDNA writes it."""
    try:
        return (parts.hostname or "").removesuffix(".").encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise ProviderError("unsupported", NOT_A_LINK) from error


def _short(host: str, path: str) -> Link | None:
    if host in SHORT_HOSTS and (match := _SHORT.fullmatch(path)):
        return Link("short", match["id"], f"https://{host}/{match['id']}/")
    if match := _SHORT_ON_SITE.fullmatch(path):
        return Link("short", match["id"], f"https://www.tiktok.com/t/{match['id']}/")
    return None


def _post(path: str) -> Link | None:
    if match := _POST.fullmatch(path):
        return Link(match["kind"], match["id"], post_url(match["id"], match["user"], match["kind"]))
    if match := _BARE.fullmatch(path):
        return Link("video", match["id"], post_url(match["id"]))
    return None


def _youtube(host: str, parts: SplitResult) -> Link | None:
    """A video of YouTube; whether it is a short one shows only when it is asked for."""
    if host == YOUTUBE_SHORT_HOST:
        found, kind = parts.path.strip("/"), "video"
    elif match := _YOUTUBE.fullmatch(parts.path):
        found, kind = match["id"], match["kind"]
    else:
        found, kind = parse_qs(parts.query).get("v", [""])[0] if parts.path.rstrip("/") == "/watch" else "", "video"
    if not _YOUTUBE_ID.fullmatch(found):
        return None
    return Link("video", found, youtube_url(found, is_short=kind == "shorts"), "youtube")


def youtube_url(video_id: str, *, is_short: bool = False) -> str:
    """The canonical address of a YouTube video."""
    return f"https://www.youtube.com/shorts/{video_id}" if is_short else f"https://www.youtube.com/watch?v={video_id}"


def _reel(path: str) -> Link | None:
    if match := _REEL.fullmatch(path):
        return Link("video", match["id"], f"https://www.instagram.com/reel/{match['id']}/", "instagram")
    return None


def post_url(post_id: str, user: str = "", kind: str = "video") -> str:
    """The canonical address of a post; TikTok itself takes `_` for a user that is not known."""
    handle = user if re.fullmatch(r"[\w.-]+", user, re.ASCII) else "_"
    return f"https://www.tiktok.com/@{handle}/{kind}/{post_id}"


def is_public(address: str) -> bool:
    """True where an IP address is one of the open internet: not private, loopback, link-local, shared or a tunnel."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return is_public(str(ip.ipv4_mapped))
        if ip.sixtofour or ip.teredo or ip in ipaddress.ip_network("64:ff9b::/96"):
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved
