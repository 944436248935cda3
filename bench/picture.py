"""Does the editor show what is filmed: `python -m bench.picture`, its stage in Chromium beside the film's own frames.

Three clips of one colour each are ranked, filmed piece by piece as every film is, and shown in the editor; at some
moments the stage, 1080 pixels wide, is compared with the frame of that moment. A flat clip on plain surroundings makes
every difference one of the art. "filmed" is the encoded film, "composed" the same frame before it was encoded, in the
film's 4:2:0. Differences are of the largest of red, green and blue, 0 to 255; "grey" is in brightness alone, which
4:2:0 keeps whole.
"""

import io
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

PICTURES = Path(tempfile.mkdtemp(prefix="bench-picture-"))
FOLDER = PICTURES / "data"
FOLDER.mkdir()
os.environ["DATA_DIR"] = str(FOLDER)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ranking.settings")

import django

django.setup()

import numpy as np
from django.core.management import call_command
from numpy.typing import NDArray
from PIL import Image

from bench.browser import chromium
from bench.filled import ALONE
from ranking import ffmpeg
from ranking.models import Project, User
from rendering.generate import find_clip, plan_project
from rendering.plan import FPS
from rendering.preview import preview_frame, preview_plan
from rendering.segments import ENCODER, Prepared, film_segment, prepare
from rendering.targets import HEIGHT, WIDTH
from scraping.ingest import accept
from tests.clips import make_clip
from tests.studio import Studio

COLOURS = ("0x305070", "0x703050", "0x507030")
LABELS = ("첫 번째 순간 🔥", "두 번째 🍌", "세 번째 순간 😭🙏")
MOMENTS = ((3, 0.7), (3, 2.4), (2, 0.6), (1, 0.8), (1, 2.6))  # rank, seconds of its clip
MOST_MEAN = 1.0  # of all pixels outside of the clip's box, against the composed frame
LARGE = """.stage { position: fixed !important; inset: 0 auto auto 0 !important; width: 1080px !important;
  height: 1920px !important; border-radius: 0 !important; box-shadow: none !important; z-index: 99; }
  .stage-column { position: static !important; overflow: visible !important; }
  .top { backdrop-filter: none !important; }"""
SHOWN = """(at) => new Promise((done) => {
  seekTo(at);
  const look = () => {
    const layers = [...document.querySelectorAll('#art img')];
    const there = layers.length > 2 && layers.every((layer) => layer.complete && layer.naturalWidth);
    if (there && !clip().seeking && clip().readyState > 1) requestAnimationFrame(() => requestAnimationFrame(done));
    else setTimeout(look, 20);
  };
  setTimeout(look, 300);
})"""


def ranked() -> Project:
    """Return a ranking of three flat clips with all that stands on a board."""
    call_command("migrate", verbosity=0)
    owner = User.objects.local_owner()
    project = Project.objects.create(owner=owner, title="그림이 같은가 | TOP 3", seconds=10)
    for rank, (colour, label) in enumerate(zip(COLOURS, LABELS, strict=True), 1):
        video = accept(make_clip(FOLDER / f"{rank}.mp4", 6, "360x640", color=colour), owner=owner)
        video.author = f"maker_{rank}"
        video.save(update_fields=["author"])
        project.add(video, label=label, fit="bars", reason="이 장면이 압권이라서" if rank != 2 else "")
    return project


def rgb(arguments: list[str], frame: int) -> NDArray:
    """Return a frame of what these input arguments read, in red, green and blue."""
    out = FOLDER / "frame.png"
    pick = f"select=eq(n\\,{frame}),scale=in_color_matrix=bt709:in_range=tv:out_range=pc:flags=bicubic+accurate_rnd"
    ffmpeg.run([*arguments, "-vf", pick, "-frames:v", "1", "-pix_fmt", "rgb24", str(out)])
    return np.asarray(Image.open(out).convert("RGB"), np.int16)


def composed(prepared: Prepared, frame: int) -> NDArray:
    """Return a frame of a piece as it is before the encoder."""
    raw = FOLDER / "composed.yuv"
    plain = prepared.args[: prepared.args.index(ENCODER[0])]
    ffmpeg.run([*plain, "-frames:v", str(frame + 1), "-f", "rawvideo", "-pix_fmt", "yuv420p", str(raw)])
    source = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FPS), "-i", str(raw)]
    return rgb(source, frame)


def filmed(project: Project) -> list[tuple[float, NDArray, NDArray]]:
    """Return for each moment its second of the film, and its frame as filmed and as composed."""
    plan, frames = plan_project(project), []
    pieces, starts = plan.pieces(), [0]
    for piece in pieces:
        starts.append(starts[-1] + piece.frames)
    for rank, seconds in MOMENTS:
        place = next(place for place, piece in enumerate(pieces) if piece.rank == rank)
        prepared, frame = prepare(plan, place, find_clip), round(seconds * FPS)
        film = rgb(["-i", str(film_segment(prepared))], frame)
        frames.append(((starts[place] + frame) / FPS, film, composed(prepared, frame)))
    return frames


def staged(project: Project, moments: list[float]) -> list[NDArray]:
    """Return the stage as the editor shows it at these seconds of the film."""
    shots = []
    with Studio(FOLDER, **ALONE) as studio, chromium() as browser:
        page = browser.new_page(viewport={"width": 1600, "height": 2200}, base_url=studio.url)
        page.goto(project.get_absolute_url())
        page.wait_for_function("document.querySelector('[data-film=seek]').max > 1 && film.pieces.length > 2")
        page.add_style_tag(content=LARGE)
        for at in moments:
            page.evaluate(SHOWN, at)
            shot = page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT})
            shots.append(np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"), np.int16))
    return shots


def outside(project: Project) -> NDArray:
    """Return which pixels lie outside of the clip's box."""
    frame, free = preview_frame(preview_plan(project)), np.ones((HEIGHT, WIDTH), bool)
    left, top = round(frame.left * WIDTH / 100), round(frame.top * HEIGHT / 100)
    free[top : top + round(frame.height * HEIGHT / 100), left : left + round(frame.width * WIDTH / 100)] = False
    return free


def told(name: str, shot: NDArray, frame: NDArray, free: NDArray) -> float:
    """Print how far a shot is from a frame; return the mean outside of the clip's box."""
    apart = np.abs(shot - frame).max(axis=2)
    weights = np.array([0.2126, 0.7152, 0.0722])
    grey = np.abs((shot - frame) @ weights)
    around, within = apart[free], apart[~free]
    print(
        f"  {name:<9} around the clip: mean {around.mean():.3f}, largest {around.max():3d}, beyond 16 "
        f"{100 * (around > 16).mean():.3f} %, grey mean {grey[free].mean():.3f} largest {grey[free].max():.0f};"
        f"  over it: mean {within.mean():.3f}, largest {within.max():3d}"
    )
    return float(around.mean())


def main() -> int:
    project, worst = ranked(), 0.0
    frames, free = filmed(project), outside(project)
    shots: list[Any] = staged(project, [at for at, _film, _composed in frames])
    for number, ((rank, seconds), (at, film, plain), shot) in enumerate(zip(MOMENTS, frames, shots, strict=True)):
        print(f"rank {rank}, {seconds} s into its clip ({at:.2f} s of the film)")
        told("filmed", shot, film, free)
        worst = max(worst, told("composed", shot, plain, free))
        side = np.concatenate([shot, film, np.minimum(8 * np.abs(shot - film), 255)], axis=1).astype(np.uint8)
        Image.fromarray(side).resize((WIDTH, HEIGHT // 3)).save(PICTURES / f"{number}.png")
    print(f"stage, film and eight times their difference, side by side: {PICTURES}/*.png")
    print(f"largest mean around the clip: {worst:.3f}, wanted at most {MOST_MEAN:g}")
    return 1 if worst > MOST_MEAN else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
