"""What yt-dlp's errors mean: from its words and the HTTP status to a kind and a sentence for people."""

import re

from scraping.addresses import ONLY_SITES
from scraping.cookie_file import NOT_NETSCAPE
from scraping.providers.base import ProviderError, gettext_noop

NO_VIDEO = gettext_noop("This post is a photo slideshow or only sound: there is no video in it.")
PHOTO_POST = gettext_noop("This is a photo slideshow: there is no video in it.")
LIVE = gettext_noop("This is a live stream: there is no finished video of it yet.")
NO_FORMAT = gettext_noop("TikTok offers no version of this video that can be played here.")
GONE = gettext_noop("This post is removed, private, or not available from this server's region.")
GEO = gettext_noop("This post is not available in this server's region. A proxy in another region may help.")
PRIVATE = gettext_noop("This post is private: only its author's friends can see it.")
AGE = gettext_noop("TikTok shows this post only to people who are logged in. Add the cookies of a TikTok session.")
LOGIN = gettext_noop("TikTok asks for a login. Add the cookies of a TikTok session.")
VERIFICATION = gettext_noop("TikTok asks for verification. Add the cookies of a TikTok session, or try again later.")
RATE_LIMITED = gettext_noop("TikTok asks for a pause after so many requests. Try again later.")
BLOCKED = gettext_noop("TikTok refused this server. Cookies of a TikTok session, a proxy or a newer yt-dlp may help.")
MEDIA_REFUSED = gettext_noop("TikTok refused to hand out the video file. Try again later.")
DEAD_LINK = gettext_noop("This short link leads nowhere: the post is gone or the link is wrong.")
NETWORK = gettext_noop("TikTok could not be reached. Check the connection and try again.")
BAD_PROXY = gettext_noop("The proxy (TIKTOK_PROXY) must be an address like http://host:port.")
SITE_DOWN = gettext_noop("TikTok has a fault at the moment. Try again later.")
TIMED_OUT = gettext_noop("Fetching took too long and was stopped. Try again later.")
CHANGED = gettext_noop("TikTok's answer was not understood. A newer yt-dlp may help.")
TOO_LARGE = gettext_noop("The video file is larger than this studio takes.")
TOO_LONG = gettext_noop("The video is longer than this studio takes.")
NOT_MEDIA = gettext_noop("What TikTok sent is not a video file. Try again later.")
CUT_OFF = gettext_noop("The video file was cut off on its way. Try again later.")
DISK_FULL = gettext_noop("There is no room left on the disk for the video.")
REFUSED_ADDRESS = gettext_noop("An address outside the open internet was not fetched.")
CRASHED = gettext_noop("The download ended unexpectedly. Try again.")

# In this order: the first match decides. The words are yt-dlp's own (extractor/tiktok.py, instagram.py and youtube/ of
# 2026.10.26), and YouTube's own reasons, which it passes on. Their sentences are TikTok's: see fetch_words.of_site.
_BY_WORDS = (
    (r"unable to download video data: HTTP Error (403|410)", "blocked", MEDIA_REFUSED),
    (r"Sign in to confirm you.re not a bot", "verification", VERIFICATION),
    (r"confirm your age|Restricted Video|inappropriate for some users", "login_required", AGE),
    (r"rate-limit", "rate_limited", RATE_LIMITED),
    (
        r"Private video|video is private|users who follow this account|Join this channel|members-only",
        "private",
        PRIVATE,
    ),
    (
        r"Video unavailable|not available in your|removed by|account.*terminated|no longer available",
        "unavailable",
        GONE,
    ),
    (r"video is not available|This live event|Premieres in|empty media response", "unavailable", GONE),
    (r"redirected to the login page|Only available for registered users", "login_required", LOGIN),
    (r"There is no video in this post", "unsupported", NO_VIDEO),
    (r"status code 10231\b", "unavailable", GEO),
    (r"status code 10204\b|IP address is blocked", "unavailable", GONE),
    (r"do not have permission to view this post", "private", PRIVATE),
    (r"may not be comfortable for some audiences", "login_required", AGE),
    (r"requiring login", "login_required", LOGIN),
    (r"status code -2\b", "verification", VERIFICATION),
    (r"status code (-1|10101)\b", "network", SITE_DOWN),  # says nothing of the post (10101: SysErrPanic)
    (r"Video not available, status code", "unavailable", GONE),
    (r"challenge|Unexpected response from webpage|universal data for rehydration", "verification", VERIFICATION),
    (r"Requested format is not available|No video formats found", "unsupported", NO_FORMAT),
    (r"No suitable extractor|Unsupported URL", "unsupported", ONLY_SITES),
    (r"Netscape format cookies", "credentials", NOT_NETSCAPE),
    (r"not of the open internet", "blocked", REFUSED_ADDRESS),
    (r"No space left on device", "too_large", DISK_FULL),
    (r"File too large", "too_large", TOO_LARGE),
    (r"\[download\] Got error", "network", NETWORK),  # it broke off at each retry; the error behind it is not kept
)
_BY_STATUS = {
    401: ("login_required", LOGIN),
    403: ("blocked", BLOCKED),
    404: ("unavailable", GONE),
    410: ("unavailable", GONE),
    429: ("rate_limited", RATE_LIMITED),
}
MAX_RETRY_AFTER = 900.0  # seconds; no job waits for a longer pause


def classify(
    words: str, status: int | None = None, retry_after: str | None = None, *, unreached: bool = False
) -> ProviderError:
    """The ProviderError for yt-dlp's message and the HTTP status behind it; never shows yt-dlp's own words.

    `unreached` says that no whole answer came: the name, the connection, its TLS or the proxy failed.
    """
    pause = _seconds(retry_after)
    if not re.match(r".*unable to download video data", words, re.IGNORECASE | re.DOTALL):
        if status in _BY_STATUS:
            return ProviderError(*_BY_STATUS[status], retry_after=pause)
        if status is not None and status >= 500:
            return ProviderError("network", SITE_DOWN, pause)
    for pattern, kind, message in _BY_WORDS:
        if re.search(pattern, words, re.IGNORECASE):
            return ProviderError(kind, message, pause)
    if status is not None and status >= 400:
        return ProviderError("blocked", MEDIA_REFUSED, pause)
    if unreached:
        return ProviderError("network", NETWORK, pause)
    return ProviderError("bad_response", CHANGED, pause)


def _seconds(retry_after: str | None) -> float | None:
    """Retry-After as seconds, at most MAX_RETRY_AFTER; its date form is rare here and told as not known."""
    if retry_after and retry_after.strip().isdigit():
        return min(float(retry_after), MAX_RETRY_AFTER)
    return None
