"""Are re-uploads known, and nothing else taken for one: `python -m bench.reuploads`.

Of each real clip copies are made as re-uploads are: cut, mirrored, captioned, encoded anew, in bars, faster. Each goes
the way of a new file (frames as ingest takes them), then each original is compared with each copy of each kind, and all
files with all others. Beside the real clips stand drawn scenes that look alike: none is a copy of another.
Covers are compared as they are before a file is here: one picture of the original, the same moment of the copy.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = tempfile.TemporaryDirectory(prefix="bench-reuploads-")
os.environ.setdefault("DATA_DIR", FOLDER.name)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ranking.settings")

import django

django.setup()

import numpy as np
from PIL import Image, ImageDraw

from bench.material import clips_folder
from bench.scenes import KINDS, make_scene
from ranking import ffmpeg
from rendering import ink
from scraping import decode, pictures, reuploads
from scraping.decode import TO_SDR
from scraping.facts import Facts
from scraping.guard import input_args
from scraping.hashing import hashes, numbers
from scraping.probe import probe

SIDE = 480  # pixels of the longer side of a copy
SECONDS = 8.0  # of a clip that are copied
PRECISION, RECALL = 0.98, 0.90
VARIANTS = 2  # of each drawn kind
COVER_AT = 3  # the frame of twelve that stands for the cover
CROP = "crop=iw*{w}:ih*{h}:iw*{x}:ih*{y}"
COPIES = {
    "original": "null",
    "encoded anew": "scale=iw*0.6:-2",
    "cropped, middle": CROP.format(w=0.8, h=0.8, x=0.1, y=0.1),
    "cropped, corner": CROP.format(w=0.85, h=0.85, x=0, y=0),
    "cropped, sides": CROP.format(w=0.8, h=1, x=0.05, y=0),
    "cropped, top": CROP.format(w=1, h=0.8, x=0, y=0.17),
    "cut to the other way": "",
    "mirrored": "hflip",
    "captioned": "captions",
    "black bars": "",
    "blurred bars": "",
    "faster": "setpts=PTS/1.3",
    "slower": "setpts=PTS*1.25",
    "begins later": "trim=start=1.1,setpts=PTS-STARTPTS",
    "graded": "eq=contrast=1.25:brightness=0.06:saturation=1.4",
    "all at once": "captions,hflip,crop=iw*0.9:ih*0.9,eq=contrast=1.1,setpts=PTS/1.15",
}


@dataclass(frozen=True)
class Known:
    """A file, what it is a copy of, and how it was copied."""

    original: str
    kind: str
    frames: np.ndarray
    cover: np.ndarray


def graph(kind: str, facts: Facts, captions: Path) -> str:
    """The filter graph that makes a copy of this kind."""
    scale = min(1.0, SIDE / max(facts.width, facts.height))
    width, height = (round(length * scale / 2) * 2 for length in (facts.width, facts.height))
    base = [f"[0:v]scale={width}:{height}:flags=area,setsar=1", *([TO_SDR] if facts.is_hdr else [])]
    made = ",".join([*base, f"fps={min(facts.fps, 15)}", "format=yuv420p"])
    even = "scale=trunc(iw/2)*2:trunc(ih/2)*2,format=yuv420p[v]"
    wide = width > height
    if kind == "blurred bars":
        room = "270:480" if wide else "480:270"
        blur = f"scale={room}:force_original_aspect_ratio=increase,crop={room},gblur=20"
        fit = f"scale={room}:force_original_aspect_ratio=decrease"
        return f"{made},split[a][b];[a]{blur}[c];[b]{fit}[d];[c][d]overlay=(W-w)/2:(H-h)/2,{even}"
    if kind == "black bars":
        return f"{made},{'pad=iw:iw*16/9:0:(oh-ih)/2' if wide else 'pad=ih*16/9:ih:(ow-iw)/2:0'},{even}"
    if kind == "cut to the other way":
        return f"{made},{'crop=ih*9/16:ih' if wide else 'crop=iw:iw*9/16'},{even}"
    if "captions" not in COPIES[kind]:
        return f"{made},{COPIES[kind]},{even}"
    draw_captions(width, height, captions)
    rest = COPIES[kind].removeprefix("captions").lstrip(",") or "null"
    return f"{made}[a];[a][1:v]overlay,{rest},{even}"


def draw_captions(width: int, height: int, path: Path) -> None:
    """A line above and a line in a dark box below, as re-uploaders put them on."""
    picture = Image.new("RGBA", (width, height))
    draw, font = ImageDraw.Draw(picture), ink.font("Pretendard-Bold", max(12, width // 14))
    words = {"font": font, "anchor": "mm"}
    draw.text(
        (width / 2, height * 0.1), "진짜 레전드 영상 ㅋㅋㅋ", "white", stroke_width=3, stroke_fill="black", **words
    )
    draw.rectangle((width * 0.1, height * 0.85, width * 0.9, height * 0.94), (0, 0, 0, 180))
    draw.text((width / 2, height * 0.895), "follow for part 2!", "yellow", **words)
    picture.save(path)


def copy(clip: Path, kind: str, folder: Path) -> Path:
    """A copy of the clip; as original, a small and good one."""
    path, captions = folder / "copy.mp4", folder / "captions.png"
    made = graph(kind, probe(clip), captions)
    second = ["-i", f"file:{captions}"] if "[1:v]" in made else []
    crf = {"original": 20, "encoded anew": 36}.get(kind, 28)
    code = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", str(crf), "-g", "8", "-threads", "1"]
    argv = ["-y", *input_args(clip, "-t", str(SECONDS)), *second, "-filter_complex", made, "-map", "[v]"]
    ffmpeg.run([*argv, *code, f"file:{path}"])
    return path


def known(path: Path, original: str, kind: str) -> Known:
    """What is known of a file once it is here: its frames are taken as ingest takes them."""
    with tempfile.TemporaryDirectory(dir=FOLDER.name) as folder:
        decode.read(path, probe(path), Path(folder))
        frames = pictures.load(Path(folder))
    cover = frames[min(COVER_AT, len(frames) - 1)]
    return Known(original, kind, numbers(hashes(frames)), numbers(hashes([cover])))


def everything() -> Iterator[Known]:
    with tempfile.TemporaryDirectory(dir=FOLDER.name) as folder:
        for clip in sorted(path for path in clips_folder().iterdir() if path.suffix in (".mp4", ".webm")):
            for kind in COPIES:
                yield known(copy(clip, kind, Path(folder)), clip.name, kind)
        for kind in KINDS:
            for number in range(VARIANTS):
                path = Path(folder) / "scene.mp4"
                make_scene(kind, number, path)
                yield known(path, f"{kind.__name__} {number}", "drawn")


def table(files: list[Known], same: np.ndarray, word: str) -> bool:
    """Print how many copies of each kind are known by their original; whether precision and recall are as wanted."""
    names = np.array([file.original for file in files])
    kinds = np.array([file.kind for file in files])
    originals = np.flatnonzero(kinds == "original")
    related = names[:, None] == names[None, :]
    print(f"\n{word}: {len(files)} files, {len(originals)} real originals, {(kinds == 'drawn').sum()} drawn alike")
    hits, copies = 0, 0
    for kind in list(COPIES)[1:]:
        pairs = [same[one, other] for one in originals for other in np.flatnonzero((kinds == kind) & related[one])]
        hits, copies = hits + sum(pairs), copies + len(pairs)
        print(f"  {kind:<24}{sum(pairs):>3} of {len(pairs)}  {np.mean(pairs):>5.0%}")
    wrong = int(np.triu(same & ~related, 1).sum())
    right = int(np.triu(same & related, 1).sum())
    precision, recall = right / max(right + wrong, 1), hits / copies
    print(
        f"  recall {recall:.3f}; of {int(np.triu(~related, 1).sum())} pairs of different videos {wrong} taken for one"
    )
    print(f"  precision over all pairs {precision:.4f}")
    return precision >= PRECISION and recall >= RECALL


def main() -> int:
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    files = list(everything())
    frames = reuploads.same_frames([file.frames for file in files])
    covers = reuploads.distances([file.cover for file in files]) <= reuploads.COVERS
    kept = table(files, frames, "By frames, once the files are here")
    table(files, covers, "By covers, before")
    return 0 if kept else 1


if __name__ == "__main__":
    with FOLDER:
        raise SystemExit(main())
