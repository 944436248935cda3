"""What the stand-in's hosts have to say: their state, the faults that a test sets, and who answers for which host."""

import time
from pathlib import Path
from typing import Any

from scraping.standin import catalogue, cdn, clips, tiktok, tikwm, youtube
from scraping.standin.items import CDN, PICTURES, Facts, item
from scraping.standin.wire import Reply, Request, as_page

HOSTS = {
    CDN: cdn.media,
    "www.tiktok.com": tiktok.answer,
    "www.tikwm.com": tikwm.answer,
    "tikwm.com": tikwm.answer,
    "www.youtube.com": youtube.answer,
    "youtubei.googleapis.com": youtube.answer,
    youtube.MEDIA: youtube.media,
    youtube.PICTURES: youtube.picture,
}
ABOUT = "<!DOCTYPE html><title>stand-in</title><p>This is the stand-in of a video site: use it as a proxy."


class Site:
    """The hosts' common state; each attribute says how they behave, and a test changes it.

    `video` is the file of every post; without it the posts have the marked clips of `folder`.
    """

    def __init__(self, video: bytes | None = None, folder: Path | None = None) -> None:
        self.video = video
        self.clips = clips.Clips(folder) if folder else None
        self.mode = ""  # the name of a fault (see modes.py) that every request meets
        self.items: dict[str, dict[str, Any]] = {}
        self.known: dict[str, Facts] = {}  # post id -> what was made up about it
        self.status_codes: dict[str, int] = {}  # post id -> webapp.video-detail.statusCode
        self.pages: dict[str, tuple[int, dict[str, str], bytes]] = {}  # post id -> status, headers, body
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}  # host and path -> status, headers, body
        self.challenges: dict[str, str] = {}  # number -> name of a hashtag
        self.redirects: dict[str, str] = {}  # host and path -> where it leads
        self.pictures: dict[str, tuple[str, bytes]] = {}  # path -> type, bytes
        self.refuse_media = 0  # so many times the CDN answers 403
        self.tell_length = True
        self.break_off = False  # after the first piece of the video
        self.slow = 0.0  # seconds between two pieces of the video
        self.tikwm_asked = 0.0  # when tikwm was asked last, by the monotonic clock
        self.connects: list[str] = []  # host and port of each tunnel asked for
        self.cookies: list[tuple[str, str]] = []  # host, Cookie header
        self.seen: list[tuple[str, str, str]] = []  # method, host, path of each request
        self.requests: list[Request] = []
        self.times: list[float] = []  # when each came, by the monotonic clock
        self.kept = folder / "keywords.txt" if folder else None
        self._remember()

    def answer(self, request: Request) -> Reply:
        """The reply to a request; raises HangUp where the connection is to be cut."""
        self.seen.append((request.method, request.host, request.path))
        self.requests.append(request)
        self.times.append(time.monotonic())
        self.cookies.append((request.host, request.headers.get("cookie", "")))
        where = request.host + request.path
        if target := self.redirects.get(where):
            return Reply(301, {"Location": target})
        if where in self.answers:
            return Reply(*self.answers[where])
        if request.host.endswith(".tiktokcdn.com"):
            return cdn.picture(self, request)
        if request.host in ("vm.tiktok.com", "vt.tiktok.com"):
            return tiktok.short_link(self, request)
        if request.host in ("127.0.0.1", "localhost"):
            return as_page(ABOUT)
        answer = HOSTS.get(request.host)
        return answer(self, request) if answer else Reply(404)

    def media(self) -> list[str]:
        """The paths that were asked of the CDN."""
        return [path for _, host, path in self.seen if host == CDN]

    def find(self, keyword: str) -> list[Facts]:
        """The posts about a keyword; their pages are there from now on."""
        found = catalogue.about(keyword)
        if found[0].id not in self.known:
            self._learn(found)
            self._keep(keyword)
        return found

    def by(self, handle: str) -> list[Facts]:
        """One creator's posts, the newest first; those of a search are among them."""
        theirs = [facts for facts in self.known.values() if facts.handle == handle]
        if len(theirs) < 2:
            theirs = catalogue.by(handle)
            self._learn(theirs)
            self._keep(f"@{handle}")
        return sorted(theirs, key=lambda facts: -facts.created)

    def file(self, post_id: str) -> bytes:
        """The bytes of a post's video."""
        if self.video is None and self.clips and post_id in self.known:
            return self.clips.read(self.known[post_id].clip)
        return self.video or b""

    def _learn(self, posts: list[Facts]) -> None:
        for facts in posts:
            self.known[facts.id] = facts
            self.items.setdefault(facts.id, item(facts))

    def _keep(self, keyword: str) -> None:
        """Write down what was asked, so that the posts are still there after a restart."""
        if self.kept:
            with self.kept.open("a", encoding="utf-8") as file:
                file.write(keyword.replace("\n", " ") + "\n")

    def _remember(self) -> None:
        if self.kept and self.kept.exists():
            for line in dict.fromkeys(self.kept.read_text("utf-8").splitlines()):
                self._learn(catalogue.by(line[1:]) if line.startswith("@") else catalogue.about(line))


__all__ = ["CDN", "PICTURES", "Site"]
