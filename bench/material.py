"""What the benchmarks film: real clips, which are no part of the project, and plans of them."""

import itertools
import os
import sys
from pathlib import Path

from django.conf import settings

from rendering import board
from rendering.budget import Material, make_plan
from rendering.generate import matrix_of
from rendering.plan import Clip, Plan
from scraping.facts import Facts
from scraping.ingest import sha256
from scraping.probe import probe

CLIPS = (
    *("pour-coffee.mp4", "football-juggle-24fps-silent.mp4", "motorway-60fps-cut12s.mp4"),
    *("toy-frog-720x480.mp4", "phone-rotated270.mp4"),
)
LABELS = ("커피 한 잔의 여유 ☕", "발끝에 자석 달림? ⚽", "고속도로 물멍 🚗", "개구리 실화? 🐸", "방구석 여행 🏠")
SECONDS = 30.0
TITLE = "심장이 뛰는 순간 TOP 5 🔥"


def clips_folder() -> Path:
    """Return the folder of real clips. Ends the program with a sentence where there is none."""
    folder = Path(os.environ.get("RANKING_TESTDATA", settings.BASE_DIR.parent / "shared" / "testdata")) / "clips"
    if not folder.exists():
        sys.exit(f"The benchmark wants real clips; there are none at {folder} (set RANKING_TESTDATA).")
    return folder


def clip_of(rank: int, digest: str, facts: Facts, label: str, start: float = 0, frames: int = 0) -> Clip:
    """Return a clip as the studio would describe it."""
    width, height = facts.upright_size
    return Clip(
        rank,
        digest,
        start,
        frames,
        label,
        "@creator · 조회수 123만",
        has_audio=facts.has_audio,
        hdr=facts.is_hdr,
        matrix=matrix_of(facts),
        width=width,
        height=height,
        sar=facts.upright_sar,
    )


def bench_plan() -> tuple[Plan, dict[str, Path]]:
    """Return the plan of a TOP 5 of 30 s, and where its clips are, by their hash."""
    paths: dict[str, Path] = {}
    materials = []
    for rank, (name, label) in enumerate(zip(CLIPS, LABELS, strict=True), 1):
        path = clips_folder() / name
        facts, digest = probe(path), sha256(path)
        paths[digest] = path
        materials.append(Material(clip_of(rank, digest, facts, label), 0, facts.duration))
    title = board.title_lines(TITLE)
    return make_plan(title, materials, style="classic", target_name="shorts", seconds=SECONDS), paths


def long_plan(count: int, frames: int) -> tuple[Plan, dict[str, Path]]:
    """Return the plan of a TOP `count` of clips of so many frames each, beyond what the studio's planner allows.

    The board shows ten labels; the clips come round again, each time from another second on.
    """
    folder = clips_folder()
    known = [(sha256(folder / name), folder / name, probe(folder / name)) for name in CLIPS]
    clips = []
    for rank, (digest, _path, facts) in zip(range(1, count + 1), itertools.cycle(known)):
        start = (rank // len(CLIPS)) * frames / 30 % max(facts.duration - frames / 30 - 0.5, 0.1)
        label = LABELS[rank % len(LABELS)] if rank <= 10 else ""
        clips.append(clip_of(rank, digest, facts, label, round(start, 3), frames))
    order = tuple(range(count, 0, -1))
    plan = Plan(board.title_lines(TITLE), "classic", "shorts", order, tuple(clips))
    return plan, {digest: path for digest, path, _facts in known}
