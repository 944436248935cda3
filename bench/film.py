"""What a film costs: `make bench`, or `python -m bench.film --moviepy-seconds 10`.

Prints CPU and wall seconds of a TOP 5 of 30 s (segments, art and sound; ingest and start-up apart) beside what its
frames cost to decode and to encode alone with the same settings, what a second film and a changed label cost, and the
same composition by one hand-written ffmpeg command at x264's veryfast crf 20 and by moviepy. All in one run, because
these numbers only mean something as ratios. `python -m bench.growth` has memory and cost for 3 to 50 entries.
"""

import argparse
import dataclasses
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="bench-"))
os.environ["DATA_DIR"] = str(FOLDER)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ranking.settings")

import django

django.setup()

from django.conf import settings

from bench.by_hand import film_by_hand
from bench.by_moviepy import compose
from bench.costs import Cost, measured
from bench.material import bench_plan
from ranking import ffmpeg
from rendering import film
from rendering.plan import Plan
from rendering.pool import film_pool
from rendering.segments import ENCODER, Prepared, kept, prepare
from scraping.guard import input_args

FindClip = Callable[[str], Path]


def make_film(plan: Plan, find: FindClip) -> tuple[list[Prepared], int]:
    """Make a film as the studio does; return its segments, and how many of them were filmed."""
    ready = [prepare(plan, position, find) for position in range(len(plan.pieces()))]
    fresh = {position: prepared for position, prepared in enumerate(ready) if not kept(prepared.key)}
    film_pool(plan, fresh, lambda percent: None, meanwhile=partial(film.sound_of, plan, find))
    film.join_film(plan, [kept(prepared.key) for prepared in ready], find, FOLDER)
    return ready, len(fresh)


def relabelled(plan: Plan) -> Plan:
    """Return the plan with another label at rank 1."""
    clips = tuple(dataclasses.replace(clip, label="새 자막 ✨") if clip.rank == 1 else clip for clip in plan.clips)
    return dataclasses.replace(plan, clips=clips)


def decode_cost(plan: Plan, find: FindClip) -> Cost:
    with measured("decode only") as cost:
        for clip in plan.playing():
            source = input_args(find(clip.clip), "-ss", f"{clip.start:.3f}", "-t", f"{clip.seconds:.3f}")
            ffmpeg.run(["-threads", "1", *source, "-threads", "1", "-f", "null", "-"])
    return cost


def raw_frames(ready: list[Prepared]) -> list[Path]:
    """Return the very frames of the segments as raw files."""
    raws = [FOLDER / f"{number}.yuv" for number in range(len(ready))]
    for prepared, raw in zip(ready, raws, strict=True):
        plain = prepared.args[: prepared.args.index(ENCODER[0])]
        ffmpeg.run([*plain, "-frames:v", str(prepared.frames), "-f", "rawvideo", "-pix_fmt", "yuv420p", str(raw)])
    return raws


def encode_cost(ready: list[Prepared]) -> Cost:
    """Encode the frames of the segments from raw files, as many at a time as the film does."""
    raws = raw_frames(ready)
    with measured("encode only, same frames and settings") as cost:
        running: list[subprocess.Popen] = []
        for prepared, raw in zip(ready, raws, strict=True):
            while len(running) == settings.MEDIA_WORKERS:
                os.wait4(-1, 0)[0]  # whichever ends first makes room, as in the film's pool
                running.pop()
            source = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "1080x1920", "-r", "30", "-i", str(raw)]
            end = ["-frames:v", str(prepared.frames), "-threads", "1", str(raw.with_suffix(".mp4"))]
            argv = [ffmpeg.exe(), "-v", "error", "-nostdin", "-y", *source, *ENCODER, *end]
            running.append(subprocess.Popen(argv))
        for _process in running:
            os.wait4(-1, 0)
    for raw in raws:
        raw.unlink()
    return cost


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moviepy-seconds", type=float, default=10.0, help="of film that moviepy composes; 0: none")
    options = parser.parse_args()
    plan, paths = bench_plan()
    find = paths.__getitem__
    try:
        with measured("the film (segments, art, sound, join)") as whole:
            ready, _fresh = make_film(plan, find)
        size = (FOLDER / "film.mp4").stat().st_size
        with measured("the same film again") as again:
            make_film(plan, find)
        with measured("only the label of rank 1 changed") as changed:
            _ready, filmed = make_film(relabelled(plan), find)
        with measured("a draft of it, the sound kept") as draft:
            make_film(dataclasses.replace(plan, draft=True), find)
        print(f"{plan.seconds:g} s TOP {len(plan.clips)}, {plan.frames} frames, {settings.MEDIA_WORKERS} at once")
        parts = [decode_cost(plan, find), encode_cost(ready)]
        with measured("by one command at veryfast crf 20, sound too") as by_hand:
            usual_size = film_by_hand(plan, find, FOLDER / "by-hand.mp4").stat().st_size
        for cost in (whole, *parts, by_hand, again, changed, draft):
            print(cost, flush=True)
        ratio("film / (decode + encode), CPU", whole.cpu / sum(cost.cpu for cost in parts), "at most 1.10")
        ratio("film / encode only, wall", whole.wall / parts[1].wall, "at most 1.15")
        ratio("film / one command at veryfast crf 20, CPU", whole.cpu / by_hand.cpu, "at most 0.55")
        ratio("film / one command, bytes", size / usual_size, "at most 1")
        ratio("nothing changed / film, CPU", again.cpu / whole.cpu, "at most 0.08")
        ratio(f"a label changed ({filmed} filmed) / film, CPU", changed.cpu / whole.cpu, "at most 0.35")
        ratio("draft, wall seconds", draft.wall, "at most 5")
        if options.moviepy_seconds:
            with measured(f"by moviepy, {options.moviepy_seconds:g} s of it") as moviepy:
                compose(plan, find, FOLDER / "moviepy.mp4", options.moviepy_seconds)
            print(moviepy)
            times = moviepy.cpu / options.moviepy_seconds / (whole.cpu / plan.seconds)
            ratio("moviepy / film, CPU for a second", times, "at least 12")
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)


def ratio(name: str, value: float, wanted: str) -> None:
    print(f"  {name:<46} {value:7.2f} ({wanted})", flush=True)


if __name__ == "__main__":
    main()
