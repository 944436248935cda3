"""What a film costs: `make bench`, or `python -m bench.film --moviepy-seconds 10`.

Prints CPU and wall seconds of a TOP 5 of 30 s (segments, art and sound; ingest and start-up apart) beside what its
frames cost to decode and to encode alone with the same settings, and beside the same composition by moviepy.
All in one run, because these numbers only mean something as ratios.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="bench-"))
os.environ["DATA_DIR"] = str(FOLDER)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ranking.settings")

import django

django.setup()

from django.conf import settings

from bench.by_moviepy import compose
from ranking import ffmpeg
from rendering import board, film
from rendering.budget import Material, make_plan
from rendering.generate import matrix_of
from rendering.plan import Clip, Plan
from rendering.pool import film_pool
from rendering.segments import ENCODER, Prepared, kept, prepare
from scraping.guard import input_args
from scraping.ingest import sha256
from scraping.probe import probe

CLIPS = (
    *("pour-coffee.mp4", "football-juggle-24fps-silent.mp4", "motorway-60fps-cut12s.mp4"),
    *("toy-frog-720x480.mp4", "phone-rotated270.mp4"),
)
LABELS = ("커피 한 잔의 여유 ☕", "발끝에 자석 달림? ⚽", "고속도로 물멍 🚗", "개구리 실화? 🐸", "방구석 여행 🏠")
SECONDS = 30.0


class Cost:
    """CPU and wall seconds of a block, this process and its children together."""

    def __init__(self, name: str) -> None:
        self.name, self.cpu, self.wall = name, 0.0, 0.0


@contextmanager
def measured(name: str):
    cost = Cost(name)
    began, before = time.perf_counter(), _cpu()
    yield cost
    cost.cpu, cost.wall = _cpu() - before, time.perf_counter() - began


def _cpu() -> float:
    usages = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def clips_folder() -> Path:
    """Return the folder of real clips. Ends the program with a sentence where there is none."""
    folder = Path(os.environ.get("RANKING_TESTDATA", settings.BASE_DIR.parent / "shared" / "testdata")) / "clips"
    if not folder.exists():
        sys.exit(f"The benchmark wants real clips; there are none at {folder} (set RANKING_TESTDATA).")
    return folder


def bench_plan(folder: Path) -> tuple[Plan, dict[str, Path]]:
    """Return the plan of the film, and where its clips are."""
    paths: dict[str, Path] = {}
    materials = []
    for rank, (name, label) in enumerate(zip(CLIPS, LABELS, strict=True), 1):
        facts, digest = probe(folder / name), sha256(folder / name)
        paths[digest] = folder / name
        clip = Clip(
            rank, digest, 0, 0, label, "@creator · 조회수 123만", has_audio=facts.has_audio, matrix=matrix_of(facts)
        )
        materials.append(Material(clip, 0, facts.duration))
    title = board.title_lines("심장이 뛰는 순간 TOP 5 🔥")
    return make_plan(title, materials, style="classic", target_name="shorts", seconds=SECONDS), paths


def film_cost(plan: Plan, find: Callable[[str], Path]) -> tuple[Cost, list[Prepared]]:
    with measured("the film (segments, art, sound, join)") as cost:
        ready = [prepare(plan, position, find) for position in range(len(plan.pieces()))]
        film_pool(plan, dict(enumerate(ready)), lambda percent: None)
        film.join_film(plan, [kept(prepared.key) for prepared in ready], find, FOLDER)
    return cost, ready


def decode_cost(plan: Plan, find: Callable[[str], Path]) -> Cost:
    with measured("decode only") as cost:
        for clip in plan.playing():
            source = input_args(find(clip.clip), "-ss", f"{clip.start:.3f}", "-t", f"{clip.seconds:.3f}")
            ffmpeg.run(["-threads", "1", *source, "-threads", "1", "-f", "null", "-"])
    return cost


def encode_cost(ready: list[Prepared]) -> Cost:
    """Encode the very frames of the segments from raw files, two at a time as the film does."""
    raws = [FOLDER / f"{number}.yuv" for number in range(len(ready))]
    for prepared, raw in zip(ready, raws, strict=True):
        start = prepared.args.index(ENCODER[0])
        plain = prepared.args[:start]
        ffmpeg.run([*plain, "-frames:v", str(prepared.frames), "-f", "rawvideo", "-pix_fmt", "yuv420p", str(raw)])
    with measured("encode only, same frames and settings") as cost:
        running: list[subprocess.Popen] = []
        for prepared, raw in zip(ready, raws, strict=True):
            if len(running) == settings.MEDIA_WORKERS:
                running.pop(0).wait()
            source = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "1080x1920", "-r", "30", "-i", str(raw)]
            end = ["-frames:v", str(prepared.frames), "-threads", "1", str(raw.with_suffix(".mp4"))]
            argv = [ffmpeg.exe(), "-v", "error", "-nostdin", "-y", *source, *ENCODER, *end]
            running.append(subprocess.Popen(argv))
        for process in running:
            process.wait()
    return cost


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moviepy-seconds", type=float, default=10.0, help="of film that moviepy composes; 0: none")
    options = parser.parse_args()
    plan, paths = bench_plan(clips_folder())
    try:
        whole, ready = film_cost(plan, paths.__getitem__)
        parts = [decode_cost(plan, paths.__getitem__), encode_cost(ready)]
        show(plan, whole, parts)
        if options.moviepy_seconds:
            with measured("the same by moviepy") as moviepy:
                compose(plan, paths.__getitem__, FOLDER / "moviepy.mp4", options.moviepy_seconds)
            show_moviepy(plan, whole, moviepy, options.moviepy_seconds)
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)


def show(plan: Plan, whole: Cost, parts: list[Cost]) -> None:
    print(f"{plan.seconds:g} s TOP {len(plan.clips)}, {plan.frames} frames, {settings.MEDIA_WORKERS} ffmpegs at once")
    for cost in (whole, *parts):
        print(f"  {cost.name:<42} {cost.cpu:7.1f} CPU s {cost.wall:7.1f} s wall")
    print(f"  film / (decode + encode), CPU: {whole.cpu / sum(cost.cpu for cost in parts):.2f} (at most 1.20)")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"  largest child: {peak:.0f} MiB")


def show_moviepy(plan: Plan, whole: Cost, moviepy: Cost, seconds: float) -> None:
    each, ours = moviepy.cpu / seconds, whole.cpu / plan.seconds
    print(f"  moviepy, {seconds:g} s of the same composition      {moviepy.cpu:7.1f} CPU s {moviepy.wall:7.1f} s wall")
    print(f"  CPU for a second of film: {ours:.2f} s; by moviepy {each:.2f} s: {each / ours:.1f} times (at least 8)")


if __name__ == "__main__":
    main()
