"""Films for the report, straight from a plan and ffmpeg's own sources, and what it says of them."""

import dataclasses
import subprocess
from pathlib import Path

from ranking import ffmpeg
from rendering.layers import art_pictures
from rendering.plan import FPS, Clip, Plan
from rendering.report import read_back
from rendering.report.check import Check
from rendering.style import style_of

GRAIN = (
    "noise=alls=12:allf=t,scale=1080:1920:flags=neighbor"  # drawn small, since grain of full size costs a second each
)
MOVING = f"testsrc2=s=270x480:r=30,{GRAIN}"
TAGS = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
GOOD_SECONDS = 1.2
LOUD = "aevalsrc='0.21*sin(2*PI*440*t)|0.21*sin(2*PI*440*t)':s=48000"


def plan_of(seconds: float = GOOD_SECONDS, ranks: int = 1, **fields: object) -> Plan:
    """Return the plan of a film whose clips are as long as each other."""
    frames = round(seconds * FPS / ranks)
    clips = tuple(Clip(rank, f"{rank:064}", 0.0, frames) for rank in range(1, ranks + 1))
    plan = Plan((), "classic", "shorts", tuple(range(ranks, 0, -1)), clips)
    return dataclasses.replace(plan, **fields)


def filmed(
    path: Path,
    *options: str,
    picture: str = MOVING,
    sound: str = LOUD,
    seconds: float = GOOD_SECONDS,
    steps: str = TAGS,
) -> Path:
    """Make a film of ffmpeg's own sources with no art on it."""
    inputs = ["-f", "lavfi", "-i", picture] + (["-f", "lavfi", "-i", sound] if sound else [])
    argv = [ffmpeg.exe(), "-v", "error", "-y", *inputs, "-t", str(seconds), "-vf", steps, "-pix_fmt", "yuv420p"]
    argv += ["-c:v", "libx264", "-preset", "ultrafast", "-threads", "2", "-video_track_timescale", "15360"]
    argv += ["-c:a", "aac", "-b:a", "192k", "-movflags", "+faststart", *options, str(path)]
    subprocess.run(argv, check=True)
    return path


def found(path: Path, plan: Plan, name: str, find_clip=None) -> list[Check]:
    """Return what the report says under this name that is not right."""
    lines = [Check.from_json(line) for line in read_back(path, plan, find_clip)["checks"]]
    assert any(line.name == name for line in lines), f"nothing was said of {name}"
    return [line for line in lines if line.name == name and line.level != "fine"]


def codes(lines: list[Check]) -> list[tuple[str, str]]:
    return [(line.level, line.code) for line in lines]


def drawn(
    path: Path, plan: Plan, rank: int = 1, picture: str = MOVING, shift: int = 0, seconds: float = GOOD_SECONDS
) -> Path:
    """Make a film with the art of rank 1 on it from the first frame on, moved to the right by `shift` pixels."""
    pictures = [art for art, _kind in art_pictures(plan, 1, style_of(plan))]
    inputs, steps, under = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", LOUD], [], "0:v"
    for number, art in enumerate(pictures):
        file = path.with_name(f"{path.stem}-{number}.png")
        file.write_bytes(art.png())
        inputs += ["-i", str(file)]
        steps.append(f"[{under}][{number + 2}:v]overlay={art.x + shift}:{art.y}[v{number}]")
        under = f"v{number}"
    graph = ";".join([*steps, f"[{under}]scale=out_color_matrix=bt709:out_range=limited,format=yuv420p,{TAGS}[out]"])
    argv = [ffmpeg.exe(), "-v", "error", "-y", *inputs, "-filter_complex", graph, "-map", "[out]", "-map", "1:a"]
    argv += ["-t", str(seconds), "-c:v", "libx264", "-preset", "ultrafast", "-threads", "2", "-c:a", "aac"]
    argv += ["-video_track_timescale", "15360", "-movflags", "+faststart", str(path)]
    subprocess.run(argv, check=True)
    return path


def labelled(**fields: object) -> Plan:
    plan = plan_of(**{"title": ("심장이 뛰는", "순간")} | fields)
    words_on = {"label": "다시 봐도 놀라운 장면", "credit": "@alice · 12만 회"}
    return dataclasses.replace(plan, clips=tuple(dataclasses.replace(clip, **words_on) for clip in plan.clips))
