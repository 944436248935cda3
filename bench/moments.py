"""Is the best moment found, and what does looking cost: `python -m bench.moments [--all]`.

A hit: the chosen window covers at least half of a moment that was known beforehand. Beside ours, the same is asked
of the middle of the clip and of the loudest of six even windows (of a silent clip: the middle). Every other
clip was there for tuning; the rest are what counts. Some are drawn by bench/scenes.py; the real ones were marked by
eye on their frames (MARKED), or their moment follows from how they were put together.
"""

import argparse
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="bench-"))
os.environ.setdefault("DATA_DIR", str(FOLDER))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ranking.settings")

import django

django.setup()

import numpy as np

from bench.costs import measured
from bench.material import clips_folder
from bench.scenes import KINDS, VARIANTS, make_scene
from ranking import ffmpeg
from scraping import decode
from scraping.curves import SOUND_RATE, read_curves
from scraping.decode import silent
from scraping.facts import Facts
from scraping.guard import input_args
from scraping.looking import source_of
from scraping.moments import Curves, best_start
from scraping.probe import probe

SECONDS = 4.0  # of the window, but never more than a third of a real clip
MOST_CPU = 0.15  # seconds for a second of clip
# Seconds in which something happens in the clips of testdata, from looking at two frames a second of each. Clips in
# which nothing stands out, or all is alike, have no entry. Where something happens twice, either counts.
MARKED: dict[str, list[tuple[float, float]]] = {
    "bee-macro.mp4": [(2.0, 2.9)],  # the bee takes off
    "car-park-12.5fps.mp4": [(15.0, 17.6), (4.4, 7.6), (25.4, 27.6)],  # cars go through an empty picture
    "dog-walk.mp4": [(0.9, 1.9), (6.0, 7.1)],  # the dog leaps
    "football-juggle-24fps-silent.mp4": [(8.0, 9.4)],  # the kick behind the leg
    "foreman-hevc-silent.mp4": [(6.2, 7.6)],  # the camera swings over to the building site
    "pour-coffee.mp4": [(0.4, 2.4)],  # the pot is lifted and begins to pour
    "squats-vertical-5fps-silent.mp4": [(0.4, 3.4), (5.0, 8.2), (9.9, 13.0)],  # a squat, down and up
    "toy-frog-720x480.mp4": [(6.0, 8.2)],  # the frog comes close
}
# Real footage put together: a part in which something happens, with calm ones before and after it.
EVENTS = (
    *(("bee-macro.mp4", 1.6, 3.2), ("dog-walk.mp4", 5.8, 7.6), ("phone-rotated270.mp4", 1.0, 3.5)),
    *(
        ("motorway-60fps-cut12s.mp4", 5.8, 8.2),
        ("foreman-hevc-silent.mp4", 6.0, 8.0),
        ("car-park-12.5fps.mp4", 15, 17.5),
    ),
    *(
        ("rooftops-4x3-60fps.mp4", 0.5, 2.5),
        ("squats-vertical-5fps-silent.mp4", 5.0, 7.0),
        ("toy-frog-720x480.mp4", 6, 8),
    ),
    *(("pour-coffee.mp4", 0.4, 2.4), ("football-juggle-24fps-silent.mp4", 7.8, 9.6)),
)
CALM = (
    *(("flower-vp8.webm", 0.0, 5.0), ("friday-4x3-bw.mp4", 2.0, 6.0), ("window-vertical-av1-hdr10.mp4", 2.5, 4.2)),
    *(("city-run-silent.mp4", 0.0, 5.0), ("car-park-12.5fps.mp4", 9.0, 14.0), ("foreman-hevc-silent.mp4", 8.4, 10.2)),
)
MIXES = 16
Part = tuple[str, float, float]


@dataclass(frozen=True)
class Known:
    """A clip whose moments are known; `kind` is a row of the table."""

    kind: str
    path: Path
    moments: tuple[tuple[float, float], ...]
    facts: Facts
    tuning: bool = False

    @property
    def seconds(self) -> float:
        return SECONDS if self.kind not in ("marked", "mixed") else min(SECONDS, self.facts.duration / 3)


def drawn(folder: Path) -> Iterator[Known]:
    for kind in KINDS:
        for number in range(VARIANTS):
            path = folder / f"{kind.__name__}-{number}.mp4"
            moment = make_scene(kind, number, path)
            yield Known(kind.__name__, path, (moment,), probe(path), tuning=number % 2 == 0)


def real(folder: Path, clips: Path) -> Iterator[Known]:
    for number, (name, moments) in enumerate(MARKED.items()):
        yield Known("marked", clips / name, tuple(moments), probe(clips / name), tuning=number % 2 == 0)
    for number in range(MIXES):
        rng = np.random.default_rng(number)
        event, calm = EVENTS[number % len(EVENTS)], [CALM[at] for at in rng.permutation(len(CALM))]
        calm = [part for part in calm if part[0] != event[0]][: int(rng.integers(2, 5))]
        place = int(rng.integers(0, len(calm) + 1))
        begin = sum(last - first for _, first, last in calm[:place])
        path = folder / f"mixed-{number}.mkv"
        mix(path, [(clips / name, first, last) for name, first, last in [*calm[:place], event, *calm[place:]]])
        moment = (begin, begin + event[2] - event[1])
        yield Known("mixed", path, (moment,), probe(path), tuning=number % 2 == 0)


def mix(path: Path, parts: list[tuple[Path, float, float]]) -> None:
    """Join parts of real clips by hard cuts, as they look in a frame of 360x640; what has no sound is silent."""
    argv, graph, joined = [], "", ""
    shape = "fps=30,scale=360:640:force_original_aspect_ratio=increase,crop=360:640,setsar=1"
    for number, (source, first, last) in enumerate(parts):
        argv += input_args(source, "-ss", f"{first}", "-t", f"{last - first}")
        shown = f"{shape},tpad=stop_mode=clone:stop=-1,trim=end={last - first},setpts=PTS-STARTPTS"
        graph += f"[{number}:v:0]{shown}[v{number}];"
        heard = f"[{number}:a:0]" if probe(source).has_audio else "anullsrc=r=48000,"
        graph += f"{heard}aresample=48000,apad,atrim=end={last - first},aformat=channel_layouts=mono[a{number}];"
        joined += f"[v{number}][a{number}]"
    graph += f"{joined}concat=n={len(parts)}:v=1:a=1[v][a]"
    code = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-c:a", "flac", "-threads", "1"]
    ffmpeg.run([*argv, "-filter_complex", graph, "-map", "[v]", "-map", "[a]", *code, f"file:{path}"])


def curves(known: Known) -> Curves:
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        return read_curves(known.path, known.facts, Path(folder), silent)


def ours(known: Known) -> float:
    return best_start(curves(known), known.seconds)


def middle(known: Known) -> float:
    return max(known.facts.duration - known.seconds, 0) / 2


def loudest_of_six(known: Known) -> float:
    """Return where the loudest of six even windows begins, by its mean power."""
    if not known.facts.has_audio:
        return middle(known)
    raw = FOLDER / "loudest.raw"
    sound = ["-map", f"0:{known.facts.audio_index}", "-ac", "1", "-ar", str(SOUND_RATE), "-f", "s16le"]
    ffmpeg.run([*input_args(known.path), *sound, f"file:{raw}"])
    power = (np.fromfile(raw, "<i2") / 32768.0) ** 2
    starts = np.linspace(0, max(known.facts.duration - known.seconds, 0), 6)
    means = [power[int(s * SOUND_RATE) : int((s + known.seconds) * SOUND_RATE)].sum() for s in starts]
    return float(starts[int(np.argmax(means))]) if max(means) > 0 else middle(known)


WAYS: dict[str, Callable[[Known], float]] = {"ours": ours, "middle": middle, "loudest of six": loudest_of_six}


def hits(known: Known, start: float) -> bool:
    """Return whether the window covers at least half of a moment, or is wholly within one that is longer than it."""
    for first, last in known.moments:
        covered = min(start + known.seconds, last) - max(start, first)
        if covered >= 0.5 * min(last - first, known.seconds):
            return True
    return False


def table(clips: list[Known], found: dict[str, dict[Path, float]]) -> None:
    print(f"  {'':<22}{'clips':>6}" + "".join(f"{way:>16}" for way in WAYS))
    kinds = list(dict.fromkeys(known.kind for known in clips))
    for name, group in [*((kind, [k for k in clips if k.kind == kind]) for kind in kinds), ("all", clips)]:
        counts = [sum(hits(known, found[way][known.path]) for known in group) for way in WAYS]
        print(f"  {name:<22}{len(group):>6}" + "".join(f"{count:>9} {count / len(group):>5.0%} " for count in counts))


def cost(clips: Path) -> None:
    """Print what looking at each real clip costs, in CPU seconds for a second of clip (ffmpeg and numpy).

    As the studio does, it looks at the proxy of a clip that browsers do not play; making that is not counted.
    """
    print(f"\nWhat looking costs, CPU seconds for a second of clip (at most {MOST_CPU})")
    worst = 0.0
    for path in sorted(clips.iterdir()):
        if path.suffix in (".mp3", ".ogg"):
            continue
        with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
            facts = probe(path)
            proxy = decode.read(path, facts, Path(folder))
            source, read = source_of(path, proxy, facts)
            with measured(path.name) as spent:
                curves(Known("cost", source, (), read))
        worst = max(worst, spent.cpu / facts.duration)
        how = "from its proxy" if proxy else ""
        print(f"  {path.name:<36}{facts.duration:6.1f} s  {spent.cpu / facts.duration:.3f}  {how}")
    print(f"  most: {worst:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--all", action="store_true", help="show the clips for tuning too, and which of them are missed"
    )
    options = parser.parse_args()
    try:
        clips = [*drawn(FOLDER), *real(FOLDER, clips_folder())]
        found = {way: {known.path: choose(known) for known in clips} for way, choose in WAYS.items()}
        print(f"Windows of {SECONDS:g} s that cover at least half of the known moment")
        table([known for known in clips if not known.tuning], found)
        if options.all:
            print("\nThe clips for tuning")
            table([known for known in clips if known.tuning], found)
            for known in clips:
                if known.tuning and not hits(known, found["ours"][known.path]):
                    print(f"  missed {known.path.name}: {known.moments}, chosen {found['ours'][known.path]:.2f}")
        cost(clips_folder())
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)


if __name__ == "__main__":
    main()
