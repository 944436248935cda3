"""Reasons for a rank to choose from: sentences made of the numbers that are known, in the language of the page."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from ranking.models import Entry, Video
from ranking.particles import fill
from ranking.templatetags.studio import human_count

LEAST_SHARE = 0.05  # likes by plays: a smaller share is no reason
MOST_DAYS = 60  # a post that is older no longer got its plays quickly
LETTERS = 300  # that Entry.reason takes
COUNTS = ("plays", "likes", "comments", "shares")

# Text for the film's own description, not words of the page: a whole sentence of each language, with its particles.
SENTENCES = {
    "ko": {
        "plays": "{label}{이/가} {rank}위인 이유: 조회수 {plays}",
        "most": "{label}{은/는} 이 순위의 {count}개 영상 중 조회수가 가장 높아요 ({plays})",
        "likes": "좋아요 {likes}개, 조회수 {plays}의 {share}%예요",
        "comments": "댓글 {comments}개가 달린 {label}",
        "shares": "{label}{을/를} 공유한 횟수만 {shares}회",
        "days": "{label}{은/는} 올린 지 {days}일 만에 조회수 {plays}{을/를} 기록했어요",
        "unnamed": "이 영상",
    },
    "en": {
        "plays": "Why {label} is #{rank}: {plays} plays",
        "most": "{label} has the most plays of all {count} videos here ({plays})",
        "likes": "{likes} likes on {plays} plays: {share}% of them",
        "comments": "{label}: {comments} comments",
        "shares": "{label} was shared {shares} times",
        "days": "{label} reached {plays} plays within {days} days",
        "unnamed": "this video",
    },
}


def language() -> str:
    """Return the language of the page, of those that SENTENCES has."""
    return "ko" if (get_language() or "").startswith("ko") else "en"


def suggest_reasons(entry: Entry, entries: Sequence[Entry]) -> list[str]:
    """Return reasons for an entry's rank, the best first; none where no source gave a number."""
    words, video = SENTENCES[language()], entry.video
    known = {"rank": entry.rank, "label": entry.label.strip() or words["unnamed"], "count": len(entries)}
    known |= {
        name: human_count(getattr(video, f"{name[:-1]}_count")) for name in ("plays", "likes", "comments", "shares")
    }
    kinds = _kinds(video, [other.video for other in entries])
    reasons = [fill(words[kind], **known, **more) for kind, more in kinds]
    reasons = [reason[:1].upper() + reason[1:] for reason in reasons]
    return [reason for reason in reasons if len(reason) <= LETTERS]


def _kinds(video: Video, videos: Sequence[Video]) -> list[tuple[str, dict[str, Any]]]:
    """Return the kinds of reasons that a video's numbers give, each with what its sentence needs beyond them."""
    kinds: list[tuple[str, dict[str, Any]]] = []
    plays = video.play_count
    if plays:
        others = [other.play_count for other in videos if other != video]
        if others and None not in others and plays > max(others):
            kinds.append(("most", {}))
        days = _days(video.published_at, video.fetched_at)
        if days is not None and days <= MOST_DAYS:
            kinds.append(("days", {"days": days}))
        kinds.append(("plays", {}))
        share = (video.like_count or 0) / plays
        if LEAST_SHARE <= share <= 1:
            kinds.append(("likes", {"share": int(100 * share)}))
    kinds += [(kind, {}) for kind in ("comments", "shares") if getattr(video, f"{kind[:-1]}_count")]
    return kinds


def _days(published: datetime | None, counted: datetime | None) -> int | None:
    """Return in how many days a post got its numbers, begun ones counted, or None where a time is not known."""
    if not published or not counted or counted < published:
        return None
    return (counted - published).days + 1
