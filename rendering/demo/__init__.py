"""The demo: five "oddly satisfying" clips, drawn and played by numpy, filmed by moviepy, marked as demo in each frame.

No clip has counts: nobody has watched them.
"""

import importlib
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from ranking.child import die_with_parent

VERSION = 1  # in the file names: a change of what is drawn or played makes the clips anew

TITLE_KO = "넋 놓고 보게 되는 | 힐링 영상 TOP 5 ✨"
TITLE_EN = "Oddly satisfying | TOP 5 to unwind ✨"


# Converted to bt709 limited range and tagged so, as players expect of a picture of this size.
FFMPEG_PARAMS = [
    *("-crf", "20"),
    "-vf",
    "scale=out_color_matrix=bt709:out_range=tv,setparams=color_primaries=bt709:color_trc=bt709,format=yuv420p",
    *("-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
    *("-movflags", "+faststart"),
]


FILM = {
    "fps": 30,
    "codec": "libx264",
    "preset": "superfast",
    "audio_fps": 48_000,
    "audio_codec": "aac",
    "audio_bitrate": "160k",
    "ffmpeg_params": FFMPEG_PARAMS,
    "logger": None,
}


@dataclass(frozen=True)
class DemoClip:
    """One clip: its slug is the module that draws it; it loops without a seam after its full length."""

    slug: str
    author: str
    caption_ko: str
    caption_en: str
    label_ko: str
    label_en: str
    seconds: float

    @property
    def file_name(self) -> str:
        """The name of its file: a new version is a new name."""
        return f"demo-{self.slug}-v{VERSION}.mp4"


CLIPS: tuple[DemoClip, ...] = (  # best first: the first is rank 1
    DemoClip(
        "pendulum",
        "demo",
        "흩어졌다가 다시 하나가 되는 열두 개의 진자 #힐링 #진자",
        "Twelve pendulums fall out of step and find back together #satisfying #pendulum",
        "소름 돋는 진자 춤 🔮",
        "Pendulum dance 🔮",
        10.0,
    ),
    DemoClip(
        "marbles",
        "demo",
        "구슬이 통통, 나무 건반이 딩동 #구슬 #마림바",
        "Marbles hopping down a marimba #marbles #marimba",
        "통통 구슬 마림바 🎵",
        "Marble marimba 🎵",
        9.0,
    ),
    DemoClip(
        "spirograph",
        "demo",
        "톱니바퀴가 빛으로 그리는 꽃 #스피로그래프 #만다라",
        "A little wheel draws a flower of light #spirograph #mandala",
        "빛으로 피는 꽃 🌸",
        "Flower of light 🌸",
        10.0,
    ),
    DemoClip(
        "pond",
        "demo",
        "달빛 연못에 떨어지는 빗방울 #빗소리 #연못",
        "Raindrops on a moonlit pond #rain #pond",
        "달빛 연못 빗방울 🌙",
        "Moonlit raindrops 🌙",
        10.0,
    ),
    DemoClip(
        "pins",
        "demo",
        "수백 개의 핀이 숨 쉬듯 일렁이는 물결 #물결 #멍때리기",
        "Hundreds of pins breathing in waves #waves #calm",
        "숨 쉬는 핀 물결 🌊",
        "Breathing pins 🌊",
        10.0,
    ),
)


def make_clip(clip: DemoClip, path: Path) -> Path:
    """Film the clip (720x1280, 30 fps, AAC stereo 48 kHz) and return its path; the file is there whole or not at all.

    Raises OSError where ffmpeg cannot write it.
    """
    # moviepy takes a second to import: only who films pays for it.
    from moviepy import VideoClip
    from moviepy.audio.AudioClip import AudioArrayClip

    from rendering.demo import sound

    scene = importlib.import_module(f"rendering.demo.{clip.slug}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".demo-", dir=path.parent) as folder:
        draft = Path(folder) / "draft.mp4"
        song = AudioArrayClip(sound.finish(scene.listen(), clip.seconds), fps=sound.RATE)
        paint = scene.paint()
        # moviepy counts in numpy's float64, which would widen all that is reckoned in float32.
        film = VideoClip(lambda moment: paint(float(moment)), duration=clip.seconds).with_audio(song)
        film.write_videofile(str(draft), temp_audiofile=str(Path(folder) / "draft.m4a"), **FILM)
        os.replace(draft, path)
    return path


def _work_alone() -> None:
    """Keep numpy, not imported yet in this process, to one thread, and end when the parent does.

    The other cores have processes of their own.
    """
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    die_with_parent()


def make_clips(
    folder: Path, report: Callable[[float, str], None] = lambda percent, message: None, processes: int = 2
) -> list[Path]:
    """The paths of all clips in this folder, best first; those that are not there yet are made, several at a time.

    `report` hears the percent done and what was made. Raises OSError where a clip cannot be written.
    """
    paths = [folder / clip.file_name for clip in CLIPS]
    missing = [(clip, path) for clip, path in zip(CLIPS, paths, strict=True) if not path.exists()]
    if missing:
        # Spawned, not forked: the caller may have threads, and a fork would copy their locks.
        count = max(1, min(processes, len(missing)))
        with ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_work_alone) as pool:
            jobs = {pool.submit(make_clip, clip, path): clip for clip, path in missing}
            for done, job in enumerate(as_completed(jobs), 1):
                job.result()
                report(100 * done / len(missing), jobs[job].label_en)
    return paths
