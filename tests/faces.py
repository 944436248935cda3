"""Every page of the studio in every state that a person meets, filled with real rows and one real clip.

`python -m tests.faces CLIP` fills the studio of DATA_DIR and prints the address of each, by its name, as JSON. Without
a clip the studio stays as empty as it is on its first day.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.core.files import File
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from ranking import ffmpeg
from ranking.access import invite, make_token
from ranking.channels import Channel
from ranking.jobs import Job
from ranking.models import Project, Track, User, Video
from ranking.people_views import password_path
from rendering.generate import plan_project
from rendering.models import Render
from rendering.report.check import Check
from scraping.asked import line
from scraping.facts import Facts
from scraping.fetch_errors import PRIVATE, VERIFICATION
from scraping.models import Download, Ingest, Result, SavedSearch, Search

COUNTS = (450_000_000, 1_230_000, 98_700, 12_345, 870, None)
SECONDS = 6.0
FACTS = Facts(
    *(360, 640, 360, 640, 0, 1.0, 30.0, 180, SECONDS, 0.0, 1.0, "h264", "yuv420p", "tv", "bt709", "bt709", "bt709"),
    *(True, "aac", 48000, 2, 0, 1, "mp4", 100_000),
).as_dict()


def pictures(clip: Path, folder: Path) -> tuple[Path, Path]:
    """Draw a cover and a filmstrip of a clip, as an ingest would."""
    cover, strip = folder / "cover.jpg", folder / "strip.jpg"
    start = ["-i", str(clip)]
    ffmpeg.run([*start, "-frames:v", "1", str(cover)], seconds=20)
    ffmpeg.run([*start, "-vf", "fps=2,scale=60:-2,tile=12x1", "-frames:v", "1", str(strip)], seconds=20)
    return cover, strip


def kept(field: Any, path: Path, name: str) -> None:
    with path.open("rb") as file:
        field.save(name, File(file), save=False)


def shelf(owner: User, clip: Path, folder: Path) -> list[Video]:
    """Six posts with numbers, pictures and a file; then one with its cover only, one refused, one of photos."""
    cover, strip = pictures(clip, folder)
    videos = []
    for number, plays in enumerate(COUNTS):
        caption = f"심장이 뛰는 순간 {number} 🔥 끝까지 보면 놀라는 아주 긴 설명이 있는 영상 #심쿵 #추천"
        post = {"source": "tiktok", "external_id": f"face-{number}", "author": f"creator_{number}", "caption": caption}
        post |= {"play_count": plays, "like_count": plays and plays // 12, "comment_count": plays and plays // 300}
        post |= {"duration": SECONDS, "published_at": timezone.now() - timedelta(days=3 * number)}
        post |= {"url": f"https://www.tiktok.com/@creator_{number}/video/{number}", "sha256": f"{number:064x}"}
        video = Video(**post, waveform=[0.2, 0.9, 0.5, 0.7] * 30, facts=FACTS | {"watermarked": number == 4})
        video.search_text = video.searchable()
        for field, path in ((video.file, clip), (video.cover, cover), (video.filmstrip, strip)):
            kept(field, path, f"face-{number}{path.suffix}")
        video.save()
        videos.append(video)
    more = ({"author": "later"}, {"author": "shy", "refused": "private"}, {"author": "still", "is_photo": True})
    for number, fields in enumerate(more, len(COUNTS)):
        caption = f"아직 없는 영상 {number}"
        post = {"source": "tiktok", "external_id": f"face-{number}", "caption": caption, "search_text": caption}
        videos.append(Video.objects.create(**post, **fields, play_count=5_400_000, duration=31))
    kept(videos[len(COUNTS)].cover, cover, "face-later.jpg")
    videos[len(COUNTS)].save()
    return videos


def ended(kind: type[Job], owner: User, **fields: Any) -> Any:
    """A job that was worked on for twelve seconds; its status is `done` unless said otherwise."""
    now = timezone.now()
    times = {"started_at": now - timedelta(seconds=12), "finished_at": now, "percent": 100}
    return kind.objects.create(**({"owner": owner, "status": "done"} | times | fields))


def working(kind: type[Job], owner: User, **fields: Any) -> Any:
    now = timezone.now()
    times = {"started_at": now - timedelta(seconds=20), "heartbeat_at": now + timedelta(hours=1), "attempt": 1}
    return kind.objects.create(**({"owner": owner, "status": "running", "percent": 40} | times | fields))


def searches(owner: User, videos: list[Video]) -> dict[str, str]:
    """Searches that found, that look, that were refused, that found nothing."""
    found = ended(
        *(Search, owner), query="심쿵", source="auto", asked=[line("tiktok", "found", found=9)], answered="tiktok"
    )
    found.skipped = [{"what": "https://www.tiktok.com/@a/photo/1", "reason": PRIVATE}]
    found.save()
    for search in (found, working(Search, owner, query="고양이", source="auto", message="Looking for videos")):
        for position, video in enumerate(videos[:4] if search.is_active else videos):
            Result.objects.create(search=search, video=video, position=position, play_count=video.play_count)
    refusal = line("tiktok", "verification", VERIFICATION)
    refused = ended(
        *(Search, owner),
        query="막힌 검색",
        source="tiktok",
        status="failed",
        asked=[refusal],
        error=VERIFICATION,
    )
    nothing = ended(Search, owner, query="없는낱말", source="auto", asked=[line("tiktok", "empty")])
    queued = Search.objects.create(owner=owner, query="기다리는 검색", source="auto")
    SavedSearch.objects.create(owner=owner, query="심쿵 순간")
    return {
        "search": found.get_absolute_url(),
        "search, no video passes": found.get_absolute_url() + "?length=more",
        "search, looking": search.get_absolute_url(),
        "search, waiting": queued.get_absolute_url(),
        "search, refused": refused.get_absolute_url(),
        "search, nothing found": nothing.get_absolute_url(),
    }


def rankings(owner: User, videos: list[Video], clip: Path) -> dict[str, str]:
    """Rankings without and with videos, and a film of each state."""
    empty = Project.objects.create(owner=owner)
    track = Track(owner=owner, name="신나는 음악", seconds=30, sha256="t")
    kept(track.file, clip, "track.m4a")
    track.save()
    full = Project.objects.create(owner=owner, title="심장이 뛰는 | 순간 TOP 6", seconds=20, track=track)
    for number, video in enumerate(videos[: len(COUNTS)]):
        full.add(
            video, label="" if number == 2 else f"순간 {number} 🔥", reason="많이 본 순서예요." if not number else ""
        )
    full.add(videos[len(COUNTS)])
    first = full.ranked()[0]
    first.masks = [{"x": 0.1, "y": 0.1, "width": 0.3, "height": 0.1, "start": 0, "end": None}]
    first.save()
    faces = {"ranking, empty": empty.get_absolute_url(), "ranking": full.get_absolute_url()}
    faces["styles"] = reverse("styles", args=[full.pk])
    faces["library, for a ranking"] = f"{reverse('library')}?project={full.pk}"
    for stage in (Render.Stage.LOOK, Render.Stage.FETCH):
        made = wished(owner, videos, stage)
        faces |= {f"ranking, made for me, {stage}": made.project.get_absolute_url()}
    faces["ranking, made for me, failed"] = wished_in_vain(owner).project.get_absolute_url()
    for name, film in films(owner, full, clip):
        faces[f"film, {name}"] = film.get_absolute_url()
        faces[f"ranking, film {name}"] = film.project.get_absolute_url()
        if name == "done":
            faces |= {"publish": reverse("render-publish", args=[film.pk]), "films": reverse("films", args=[full.pk])}
    return faces


def wished(owner: User, videos: list[Video], stage: str) -> Render:
    """A film that “make it for me” gathers its videos for."""
    project = Project.objects.create(owner=owner, title="고양이 | TOP 3")
    for video in videos[4:8] if stage == Render.Stage.FETCH else []:
        project.add(video)
    wish = {"keyword": "고양이", "source": "auto", "top": 5}
    return working(Render, owner, project=project, stage=stage, wish=wish, percent=0)


def wished_in_vain(owner: User) -> Render:
    """A film that no source had videos for."""
    project = Project.objects.create(owner=owner, title="막힌 검색 | TOP 5")
    asked = {"query": "막힌 검색", "source": "auto", "status": "failed", "asked": [line("tiktok", "network")]}
    fields = {"wish": {"keyword": "막힌 검색", "source": "auto", "top": 5}, "stage": Render.Stage.LOOK}
    fields |= {"status": "failed", "error": "No source answered.", "percent": 0}
    return ended(Render, owner, project=project, search=ended(Search, owner, **asked), **fields)


def films(owner: User, full: Project, clip: Path) -> Iterator[tuple[str, Render]]:
    """A film of each state; all but the first are of rankings of their own."""
    checks = [
        Check("frozen", "warn", "frozen", {"rank": 1, "from": 2.0, "to": 3.5}, f"{0:064x}").to_json(),
        Check("size", "fine", "size", {"width": 1080, "height": 1920}).to_json(),
    ]
    facts = {"width": 1080, "height": 1920, "fps": 30, "bytes": 8_400_000, "lufs": -14.0, "checks": checks}
    plan = plan_project(_of(owner, full, "계획")).to_json()
    done = {"film": "films/face.mp4", "seconds": SECONDS, "facts": facts}
    unchanged = _of(owner, full, "그대로")  # nothing is changed since, but in the first
    for name, project, draft in (
        ("done", full, False),
        ("up to date", unchanged, False),
        ("draft", _of(owner, full, "초안"), True),
    ):
        now = plan if project == full else plan_project(project).to_json()
        render = ended(Render, owner, project=project, plan=now, draft=draft, **done)
        kept(render.film, clip, "face.mp4")
        kept(render.cover, Path(full.ranked()[0].video.cover.path), "face-film.jpg")
        render.save()
        yield name, render
    yield "working", working(Render, owner, project=_of(owner, full, "만드는 중"), stage="segments", plan=plan)
    yield "waiting", Render.objects.create(owner=owner, project=_of(owner, full, "기다리는 중"), plan=plan)
    error = "The disk is full. Free some space and try again."
    failed = {"status": "failed", "error": error, "log": "OSError: [Errno 28] No space left on device", "plan": plan}
    yield "failed", ended(Render, owner, project=_of(owner, full, "실패"), **failed)
    yield "cancelled", ended(Render, owner, project=_of(owner, full, "취소"), status="cancelled", plan=plan)


def _of(owner: User, full: Project, title: str) -> Project:
    project = Project.objects.create(owner=owner, title=title)
    for entry in full.ranked()[:3]:
        project.add(entry.video, label=entry.label or "이 순간")
    return project


def fill(owner: User, clip: Path, folder: Path) -> dict[str, str]:
    """Fill the studio for somebody who is staff; return the address of each page and state by its name."""
    videos = shelf(owner, clip, folder)
    faces = plain() | searches(owner, videos) | rankings(owner, videos, clip)
    ended(Download, owner, video=videos[-1], status="failed", error=PRIVATE)
    working(Download, owner, video=videos[-3], message="3.2 of 8.1 MB")
    working(Ingest, owner, video=videos[1])
    upload = Video(source="file", external_id="a", owner=owner, caption="안 쓰는 파일", sha256="a" * 64)
    upload.search_text = upload.searchable()
    kept(upload.file, clip, "unused.mp4")
    upload.save()
    make_token(owner, "내 프로그램")
    guest = User.objects.create_user("민지", password="잊어버린 말")
    channel = Channel.objects.create(owner=owner, name="심쿵 채널", top=5)
    faces |= {"channel": reverse("channel", args=[channel.pk])}
    for name, number in {"video": 0, "video, being fetched": 6, "video, refused": 7}.items():
        faces[name] = reverse("video", args=[videos[number].pk])
    faces |= {"library, nothing found": reverse("library") + "?q=없는낱말", "choose a password": password_path(guest)}
    return faces | {"join": reverse("join", args=[invite(owner, "새 사람")])}


def plain() -> dict[str, str]:
    """The pages that are about no row of their own."""
    lists = ("home", "rankings", "library", "jobs", "storage", "channels")
    others = ("health", "cookies", "capture", "capture-window", "account", "people")
    return {name: reverse(name) for name in lists + others}


def main() -> None:
    call_command("migrate", verbosity=0)
    owner = User.objects.local_owner()
    if len(sys.argv) > 1:
        with tempfile.TemporaryDirectory(prefix="faces-") as folder:
            told = fill(owner, Path(sys.argv[1]), Path(folder))
    else:
        ranking = Project.objects.create(owner=owner)
        told = plain() | {"ranking": ranking.get_absolute_url(), "styles": reverse("styles", args=[ranking.pk])}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
