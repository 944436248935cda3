"""yt-dlp's account of a post as the studio's own Post, and what each site is asked for. It sends nothing."""

from dataclasses import dataclass
from typing import Any

from scraping import fetch_errors as told
from scraping.addresses import Link, post_url
from scraping.providers.base import Post, ProviderError, clean_text, count_or_none, moment_or_none


@dataclass(frozen=True)
class Site:
    """How yt-dlp fetches from one site: the only extractor that is let loose on a link, and which file is taken."""

    extractor: str  # by yt-dlp's key, and the pattern that allows its name and no other
    allowed: str
    formats: str
    has_script: bool = False  # its pages hold a puzzle that only a JavaScript runtime solves


SITES = {
    # H.264 without TikTok's watermark, else with it, else any picture with sound except the codec nothing can decode.
    "tiktok": Site(
        "TikTok",
        "^TikTok$",
        "b[vcodec^=h264][format_id!^=download]/b[vcodec^=h264]/b[vcodec!=none][format_note!*=?UNPLAYABLE]",
    ),
    # Whole files of YouTube are 360p only; better ones come as picture and sound, which ffmpeg puts together.
    "youtube": Site(
        "Youtube",
        "^youtube$",
        "bv[vcodec^=avc1][height<=1920][protocol^=http]+ba[acodec^=mp4a][protocol^=http]"
        "/b[vcodec^=avc1][protocol^=http]/b[vcodec!=none][protocol^=http]",
        has_script=True,
    ),
    "instagram": Site(
        "Instagram", "^Instagram$", "b[vcodec^=?avc1][protocol^=http]/b[protocol^=http]/bv[protocol^=http]"
    ),
}
COUNTS = {
    "play_count": "view_count",
    "like_count": "like_count",
    "comment_count": "comment_count",
    "share_count": "repost_count",
    "save_count": "save_count",
}


def asked(link: Link) -> str:
    """The address that yt-dlp is given; a photo post of TikTok has its page under video too."""
    if link.site == "tiktok":
        return post_url(link.id, link.canonical_url.split("/@", 1)[1].split("/", 1)[0])
    return link.canonical_url


def post_from_info(info: dict[str, Any], link: Link) -> Post:
    """yt-dlp's account of the link's post as a Post; ProviderError where there is neither picture nor sound in it."""
    formats = info.get("formats") or []
    if info.get("_type") == "playlist":  # an Instagram post of several pictures
        raise ProviderError("unsupported", told.NO_VIDEO)
    if info.get("live_status") in ("is_live", "is_upcoming", "post_live"):
        raise ProviderError("unsupported", told.LIVE)
    if not formats:
        raise ProviderError("unavailable", told.GONE)
    is_photo = all(f.get("vcodec") == "none" for f in formats)
    duration = info.get("duration")
    author, name, caption = _words(info, link.site)
    return Post(
        source=link.site,
        external_id=str(info["id"]),
        url=post_url(str(info["id"]), author) if link.site == "tiktok" else link.canonical_url,
        author=author,
        author_name=name,
        caption=caption,
        cover_url=_cover(info),
        duration=float(duration) if duration and not is_photo else None,  # a slideshow's is its music's
        published_at=moment_or_none(info.get("timestamp")),
        **{ours: count_or_none(info.get(theirs)) for ours, theirs in COUNTS.items()},
        is_photo=is_photo,
        extra=_music(info),
    )


def _words(info: dict[str, Any], site: str) -> tuple[str, str, str]:
    """Handle without @, name and caption: each site's are in other fields."""
    if site == "youtube":
        handle = clean_text(info.get("uploader_id")).removeprefix("@")
        return handle, clean_text(info.get("channel")), clean_text(info.get("title"))
    caption = clean_text(info.get("description"))
    if site == "instagram":
        return clean_text(info.get("channel")), clean_text(info.get("uploader")), caption
    return clean_text(info.get("uploader")), clean_text(info.get("channel")), caption


def _cover(info: dict[str, Any]) -> str:
    """The still cover's address; TikTok's animated one only where there is no other, elsewhere the largest."""
    thumbnails = [t for t in info.get("thumbnails") or [] if t.get("url")]
    by_id = {t.get("id"): t["url"] for t in thumbnails}
    named = (by_id[name] for name in ("cover", "originCover", "dynamicCover") if name in by_id)
    # yt-dlp adds addresses that it only guesses; those that the site told have a size.
    by_size = sorted(thumbnails, key=lambda t: (t.get("width") or 0) * (t.get("height") or 0))
    return next(named, "") or (by_size[-1]["url"] if by_size else "")


def _music(info: dict[str, Any]) -> dict[str, str]:
    known = {
        "music_title": clean_text(info.get("track")),
        "music_author": clean_text(", ".join(a for a in info.get("artists") or [] if isinstance(a, str))),
    }
    return {name: text for name, text in known.items() if text}
