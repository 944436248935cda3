"""Where the posts stand in a document: lists of rows are known by their rows, however deep they are wrapped."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from scraping import fetch_errors as told
from scraping.providers.base import Post, ProviderError, Skipped, clean_text, gettext_noop
from scraping.shapes.answer import (
    LIVE,
    NO_POST,
    OTHER_SITE,
    PEOPLE,
    TWICE,
    Answer,
    Doubtful,
    Row,
    Shape,
    Unusable,
    part,
)

DEPTH = 12  # the deepest recorded answer has its rows at 5
WRAPS = ("item", "aweme_info", "aweme", "itemStruct", "data", "video_info")  # what a list's entry may stand in
MARKS = ("id", "aweme_id", "video_id", "url", "link")
NO_VIDEOS = gettext_noop("No videos could be found in this answer: it is not in a form that is known here.")
# The status codes of the web, by public reports: 10204 is also said of deleted posts.
REFUSALS = {
    2483: ("login_required", told.LOGIN),
    10000: ("verification", told.VERIFICATION),
    -2: ("verification", told.VERIFICATION),
    10204: ("unavailable", told.GONE),
    10231: ("unavailable", told.GEO),
    10216: ("private", told.PRIVATE),
    10222: ("private", told.PRIVATE),
}


@dataclass(frozen=True)
class Listed:
    """Entries that stand together, and the object round them, which tells where the source goes on."""

    around: Row
    entries: Sequence[Any]
    shape: Shape


def answer_of(body: Any, shapes: tuple[Shape, ...]) -> Answer:
    """What a document holds of these shapes; ProviderError where it holds none and does not say there is none."""
    found = list(_lists(body, shapes))
    if not any(listed.entries for listed in found):
        _must_be_empty(body, found)
    posts: dict[tuple[str, str], Post] = {}
    skipped: list[Skipped] = []
    for listed in found:
        for number, entry in enumerate(listed.entries, 1):
            try:
                post = _post(entry, shapes, listed.shape)
            except Unusable as why:
                skipped.append(Skipped(_what(entry, number), str(why)))
            else:
                _keep(posts, post)
    paging = next((listed.around for listed in found if _said_more(listed.around) is not None), {})
    return Answer(tuple(posts.values()), tuple(skipped), _cursor(paging), bool(_said_more(paging)), _search_id(paging))


def together(answers: Sequence[Answer]) -> Answer:
    """Several answers as one, each post once."""
    posts: dict[tuple[str, str], Post] = {}
    for answer in answers:
        for post in answer.posts:
            _keep(posts, post)
    return Answer(tuple(posts.values()), tuple(item for answer in answers for item in answer.skipped))


def _keep(posts: dict[tuple[str, str], Post], post: Post) -> None:
    """Keep a post once, in its first place: exact counts before rounded ones, and what one tells the other may lack."""
    key = post.source, post.external_id
    known = posts.setdefault(key, post)
    if known is post:
        return
    better, other = (post, known) if known.rounded and not post.rounded else (known, post)
    told = {field.name: getattr(other, field.name) for field in fields(Post)}
    lacking = {name: value for name, value in told.items() if value and getattr(better, name) in (None, "")}
    rounded = better.rounded or (other.rounded and any(name.endswith("_count") for name in lacking))
    posts[key] = replace(better, **lacking, rounded=rounded)


def _lists(body: Any, shapes: tuple[Shape, ...]) -> Iterator[Listed]:
    """The lists of rows, and rows that stand alone, from the outside inwards."""
    waiting: deque[tuple[Any, Any, str, int]] = deque([(body, {}, "", 0)])
    while waiting:
        node, around, name, depth = waiting.popleft()
        if isinstance(node, Mapping):
            alone = _shape(node, shapes)
            if alone:
                yield Listed(around, [node], alone)
                continue
            inside = [(value, node, key) for key, value in node.items()]
        else:
            shape = _shape_of_list(node, name, shapes)
            if shape:
                yield Listed(around, node, shape)
                continue
            inside = [(value, around, name) for value in node]
        if depth < DEPTH:
            waiting.extend((*child, depth + 1) for child in inside if isinstance(child[0], Mapping | list))


def _shape(row: Any, shapes: tuple[Shape, ...]) -> Shape | None:
    return next((shape for shape in shapes if shape.is_row(row)), None) if isinstance(row, Mapping) else None


def _unwrapped(entry: Any, shapes: tuple[Shape, ...], depth: int = 3) -> tuple[Row, Shape] | None:
    """The row within an entry such as {"type": 1, "item": {...}}, and its shape."""
    if not isinstance(entry, Mapping):
        return None
    if shape := _shape(entry, shapes):
        return entry, shape
    inside = (_unwrapped(entry[name], shapes, depth - 1) for name in WRAPS if name in entry) if depth else ()
    return next((found for found in inside if found), None)


def _shape_of_list(entries: Any, name: str, shapes: tuple[Shape, ...]) -> Shape | None:
    """The shape of a list's rows: that of the first that is known, else what lists of this name hold."""
    known = next((found for entry in entries if (found := _unwrapped(entry, shapes))), None)
    if known:
        return known[1]
    if name == "data" and all(isinstance(entry, Mapping) and "type" in entry for entry in entries):
        return shapes[0]  # cards of people and the like, or nothing at all
    return next((shape for shape in shapes if name in shape.lists), None)


def _post(entry: Any, shapes: tuple[Shape, ...], neighbours: Shape) -> Post:
    """The post of a list's entry; one of which too little is there is read as its neighbours are."""
    if "tiktok" not in _platform(entry):
        raise Unusable(OTHER_SITE)
    found = _unwrapped(entry, shapes)
    if not found and isinstance(entry, Mapping):
        if "user_list" in entry or "user_info" in entry:
            raise Unusable(PEOPLE)
        if any(entry.get(name) for name in ("live_info", "lives", "live_list", "liveRoom", "room")):
            raise Unusable(LIVE)
        if entry and "type" not in entry:
            found = entry, neighbours
    if not found:
        raise Unusable(NO_POST)
    row, shape = found
    if isinstance(row, Doubtful) or any(isinstance(value, Doubtful) for value in row.values()):
        raise Unusable(TWICE)
    return shape.post(row)


def _platform(entry: Any) -> str:
    """Where a row of Zeeschuimer's was seen; all others are taken for TikTok's until their links say otherwise."""
    return str((entry.get("source_platform") if isinstance(entry, Mapping) else "") or "tiktok")


def _what(entry: Any, number: int) -> str:
    """How a person finds the entry again: its number at TikTok or its link, else its place in the list."""
    row = entry
    for _ in range(3):
        told = (row.get(name) for name in MARKS) if isinstance(row, Mapping) else ()
        known = next((clean_text(str(value)) for value in told if isinstance(value, str | int) and value), "")
        if known:
            return known[:100]
        row = next((inside for name in WRAPS if (inside := part(row, name))), {})
    return f"#{number}"


def _must_be_empty(body: Any, found: list[Listed]) -> None:
    """Return where the source truly says that there is nothing; else raise ProviderError."""
    top = body if isinstance(body, Mapping) else {}
    envelopes = [top, part(top, "data"), part(part(top, "__DEFAULT_SCOPE__"), "webapp.video-detail")]
    codes = [env.get(name) for env in envelopes for name in ("status_code", "statusCode", "code")]
    for code in codes:
        if isinstance(code, int) and code in REFUSALS:
            raise ProviderError(*REFUSALS[code])
    good = part(top, "error").get("code") == "ok" or any(code in (0, 200) for code in codes if code is not None)
    bad = any(code not in (0, 200, None) for code in codes)
    no_more = any(_said_more(env) is False for env in envelopes)
    if not good or bad or not (found or no_more):
        raise ProviderError("bad_response", NO_VIDEOS)


def _said_more(around: Row) -> bool | None:
    said = next((around[name] for name in ("has_more", "hasMore") if name in around), None)
    return None if said is None else said in (True, 1, "1", "true")


def _cursor(around: Row) -> str | None:
    said = next((around[name] for name in ("cursor", "offset") if name in around), None)
    return str(said)[:400] if isinstance(said, int | str) and said != "" else None


def _search_id(around: Row) -> str:
    said = (around.get("search_id"), part(around, "log_pb").get("impr_id"), around.get("rid"))
    return next((str(value)[:100] for value in (*said, part(around, "extra").get("logid")) if value), "")
