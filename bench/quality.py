"""The curve of CPU against quality that the encoder was chosen on: `python -m bench.quality [--frames N]`.

A short part of every real clip is composed as the studio films it and kept raw. Each setting encodes these very
frames; told are CPU seconds, bytes, SSIM to what was composed, and the 5th percentile of VMAF after a platform-like
recompress to 540x960. All settings stand beside the first, which is what a careful person would type.
"""

import argparse
import json
import os
import re
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="bench-"))
os.environ["DATA_DIR"] = str(FOLDER)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ranking.settings")

import django

django.setup()

import numpy as np

from bench.costs import measured
from bench.material import TITLE, clip_of, clips_folder
from ranking import ffmpeg
from rendering import board
from rendering.plan import FPS, Plan
from rendering.segments import ENCODER, prepare
from scraping.ingest import sha256
from scraping.probe import probe

RAW = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "1080x1920", "-r", str(FPS)]
RECOMPRESS = ["-vf", "scale=540:960:flags=bicubic", "-c:v", "libx264", "-preset", "veryfast", "-crf", "30"]
PLAIN = "open-gop=0:mbtree=1:weightp=0"
LEAN = "open-gop=0:mbtree=1:weightp=1"
SETTINGS = {
    "veryfast 20": ("veryfast", 20, ""),
    "studio": None,
    "superfast 20": ("superfast", 20, ""),
    "superfast 22": ("superfast", 22, ""),
    "superfast 25": ("superfast", 25, ""),
    "superfast 21 la20": ("superfast", 21, f"{LEAN}:rc-lookahead=20"),
    "superfast 21 la10": ("superfast", 21, f"{LEAN}:rc-lookahead=10"),
    "superfast 22 la10 b2": ("superfast", 22, f"{LEAN}:rc-lookahead=10:bframes=2:b-adapt=0"),
    "superfast 22 la10 b1": ("superfast", 22, f"{LEAN}:rc-lookahead=10:bframes=1:b-adapt=0"),
    "superfast 21 la10 b0": ("superfast", 21, f"{LEAN}:rc-lookahead=10:bframes=0"),
    "superfast 22 la10 b1 weightp0": ("superfast", 22, f"{PLAIN}:rc-lookahead=10:bframes=1"),
    "superfast 22 la10 b2 weightp0": ("superfast", 22, f"{PLAIN}:rc-lookahead=10:bframes=2"),
    "superfast 22 la10 b2 weightp0 no8x8": ("superfast", 22, f"{PLAIN}:rc-lookahead=10:bframes=2:8x8dct=0"),
    "superfast 23 la10 b0 no8x8": ("superfast", 23, f"{LEAN}:rc-lookahead=10:bframes=0:8x8dct=0"),
    "superfast 22 la5 b0 no8x8": ("superfast", 22, f"{LEAN}:rc-lookahead=5:bframes=0:8x8dct=0"),
    "ultrafast 19": ("ultrafast", 19, ""),
    "ultrafast 21 mbtree": (
        "ultrafast",
        21,
        f"{LEAN}:rc-lookahead=10:cabac=1:no-deblock=0:aq-mode=1:bframes=0",
    ),
    "ultrafast 21 mbtree b2": (
        "ultrafast",
        21,
        f"{LEAN}:rc-lookahead=10:cabac=1:no-deblock=0:aq-mode=1:bframes=2",
    ),
}


@dataclass
class Sum:
    """What a setting cost and gave over all clips."""

    cpu: float = 0.0
    size: int = 0
    ssim: list[float] = field(default_factory=list)
    vmaf: list[float] = field(default_factory=list)


def encoder(name: str) -> list[str]:
    """Return the encoder's arguments of a setting."""
    if SETTINGS[name] is None:
        return ENCODER
    preset, crf, params = SETTINGS[name]
    more = ["-x264-params", params] if params else []
    return ["-c:v", "libx264", "-preset", preset, "-crf", str(crf), "-pix_fmt", "yuv420p", *more]


def composed(path: Path, frames: int) -> Path:
    """Return the middle of a clip as the studio composes it, raw."""
    facts, digest = probe(path), sha256(path)
    start = round(max(facts.duration / 2 - frames / FPS / 2, 0), 3)
    clip = clip_of(1, digest, facts, "심장이 뛰는 순간 🔥", start, frames)
    plan = Plan(board.title_lines(TITLE), "classic", "shorts", (1,), (clip,))
    prepared = prepare(plan, 0, {digest: path}.__getitem__)
    plain = prepared.args[: prepared.args.index(ENCODER[0])]
    raw = FOLDER / "composed.yuv"
    ffmpeg.run([*plain, "-frames:v", str(frames), "-f", "rawvideo", "-pix_fmt", "yuv420p", str(raw)])
    return raw


def try_setting(name: str, raw: Path, found: Sum) -> None:
    """Encode the raw frames and look at what came of it."""
    made, small, log = FOLDER / "made.mp4", FOLDER / "small.mp4", FOLDER / "vmaf.json"
    with measured(name) as cost:
        ffmpeg.run([*RAW, "-i", str(raw), *encoder(name), "-threads", "1", str(made)])
    found.cpu += cost.cpu
    found.size += made.stat().st_size
    both = [*RAW, "-i", str(raw), "-i", str(made)]
    told = ffmpeg.run([*both, "-lavfi", "[1:v][0:v]ssim", "-f", "null", "-"])
    found.ssim.append(float(re.search(r"SSIM .*All:([\d.]+)", told)[1]))
    ffmpeg.run(["-i", str(made), *RECOMPRESS, "-threads", "1", str(small)])
    seen = f"[0:v]scale=540:960:flags=bicubic[r];[1:v][r]libvmaf=log_fmt=json:log_path={log.name}:n_threads=1"
    here = os.getcwd()
    os.chdir(FOLDER)  # a path with a colon would end the filter's option
    try:
        ffmpeg.run([*RAW, "-i", str(raw), "-i", str(small), "-lavfi", seen, "-f", "null", "-"])
    finally:
        os.chdir(here)
    found.vmaf += [frame["metrics"]["vmaf"] for frame in json.loads(log.read_text())["frames"]]


def show(sums: dict[str, Sum]) -> None:
    first = next(iter(sums.values()))
    print(f"{'setting':<36} {'CPU s':>7} {'times':>6} {'bytes':>6} {'SSIM':>8} {'less':>8} {'VMAF 5%':>8}")
    for name, found in sums.items():
        ssim, usual = np.mean(found.ssim), np.mean(first.ssim)
        print(
            f"{name:<36} {found.cpu:7.2f} {found.cpu / first.cpu:6.2f} {found.size / first.size:6.2f} {ssim:8.5f} "
            f"{usual - ssim:8.5f} {np.percentile(found.vmaf, 5):8.2f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=60, help="of each clip")
    parser.add_argument("--every", type=int, default=1, help="of so many clips only one")
    parser.add_argument("--only", nargs="*", default=list(SETTINGS), help="settings to try, the first is the measure")
    options = parser.parse_args()
    clips = sorted(path for path in clips_folder().iterdir() if path.suffix in (".mp4", ".webm"))
    clips = clips[:: options.every]
    sums = {name: Sum() for name in options.only}
    try:
        for number, path in enumerate(clips, 1):
            raw = composed(path, options.frames)
            for name, found in sums.items():
                try_setting(name, raw, found)
            print(f"after {number} of {len(clips)} clips, {path.name} the last:", flush=True)
            show(sums)
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)


if __name__ == "__main__":
    main()
