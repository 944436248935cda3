"""A film read back: what was filmed is what is wanted, whatever the clips were."""

import io
import json
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command

from ranking import ffmpeg
from rendering.models import Render
from rendering.segments import kept
from tests.films import faults, frame_hashes, pixel

pytestmark = pytest.mark.django_db


def lavfi(path: Path, picture: str, *options: str, sound: str = "sine=f=440", seconds: float = 2.5) -> Path:
    """Make a clip of ffmpeg's own sources; no sound where that is an empty text."""
    inputs = ["-f", "lavfi", "-i", picture]
    inputs += ["-f", "lavfi", "-i", f"{sound}:r=48000" if sound.startswith("sine") else sound] if sound else []
    quick = [] if path.suffix == ".webm" else ["-preset", "ultrafast"]
    argv = [ffmpeg.exe(), "-v", "error", "-y", *inputs, "-t", str(seconds), "-pix_fmt", "yuv420p", *quick, *options]
    argv.append(str(path))
    subprocess.run(argv, check=True)
    return path


@pytest.fixture(scope="module")
def odd_clips(tmp_path_factory) -> list[Path]:
    """Clips as the world has them: odd sizes, rates and codecs, rotated, silent, variable."""
    folder = tmp_path_factory.mktemp("clips")
    noise = ",noise=alls=12:allf=t"
    turned = lavfi(folder / "upright.mp4", f"testsrc2=s=640x360:r=25{noise}")
    rotated = folder / "rotated.mp4"
    argv = [ffmpeg.exe(), "-v", "error", "-display_rotation", "90", "-i", str(turned), "-c", "copy", str(rotated)]
    subprocess.run(argv, check=True)
    return [
        rotated,
        lavfi(folder / "odd.webm", f"testsrc2=s=322x242:r=60{noise}", "-c:v", "libvpx-vp9", "-speed", "8"),
        lavfi(folder / "slow.mp4", "testsrc2=s=360x640:r=5", sound=""),
        lavfi(folder / "wide.mp4", f"testsrc2=s=720x304:r=24000/1001{noise}", "-vf", "setsar=4/3"),
        lavfi(folder / "variable.mkv", f"testsrc2=s=480x480:r=30{noise},select='mod(n\\,3)'", "-fps_mode", "vfr"),
    ]


def make(*clips: object, **options: object) -> dict:
    out = io.StringIO()
    words = [f"--clip={clip}" for clip in clips]
    call_command("make_ranking", *words, "--json", stdout=out, stderr=io.StringIO(), **options)
    return json.loads(out.getvalue())


@pytest.mark.long
def test_a_film_of_odd_clips_is_fit_to_publish(odd_clips):
    made = make(*odd_clips, seconds=10, title="이상한 클립 | TOP 5 🔥")
    assert faults(Path(made["path"]), seconds=10) == []
    assert made["segments"] == {"rendered": 5, "reused": 0}


def test_the_reader_of_films_finds_every_fault(odd_clips, tmp_path):
    """The helper that proves films right must fail on a wrong one."""
    wrong = lavfi(tmp_path / "wrong.mp4", "color=black:s=720x1280:r=25", sound="sine=f=440:b=1", seconds=3)
    found = " ".join(faults(wrong, seconds=4))
    for word in ("size (720, 1280)", "colours", "not 30 frames", "not 4 s", "index", "sound lasts", "LUFS", "black"):
        assert word in found
    still = lavfi(tmp_path / "still.mp4", "testsrc=s=1080x1920:r=30,trim=end_frame=1,loop=90:1", sound="", seconds=2)
    assert "freeze_start" in " ".join(faults(still, seconds=2))
    assert "no sound" in faults(still, seconds=2)


@pytest.mark.long
def test_the_same_film_again_reuses_every_segment_and_swapping_the_first_two_reuses_the_others(odd_clips):
    make(*odd_clips, seconds=6)
    assert make(*odd_clips, seconds=6)["segments"] == {"rendered": 0, "reused": 5}
    first, second, *others = odd_clips
    assert make(second, first, *others, seconds=6)["segments"] == {"rendered": 2, "reused": 3}


def test_a_changed_label_films_only_the_segments_that_show_it(odd_clips):
    make(*odd_clips[:3], seconds=4)
    changed = make(f"{odd_clips[0]}=새 라벨", *odd_clips[1:3], seconds=4)
    assert changed["segments"] == {"rendered": 1, "reused": 2}


def test_a_join_leaves_every_frame_as_its_segment_has_it(odd_clips):
    made = make(*odd_clips[:3], seconds=4)
    render = Render.objects.get(pk=made["render"])
    parts = [frame_hashes(kept(segment.key)) for segment in render.segments.all()]
    assert frame_hashes(Path(made["path"])) == [checksum for part in parts for checksum in part]


def test_silent_clips_make_a_silent_film_with_a_sound_track(odd_clips):
    made = make(odd_clips[2], seconds=3)
    assert faults(Path(made["path"]), seconds=made["seconds"], silent=True) == []


@pytest.mark.long
def test_a_clip_that_is_too_short_shortens_the_film_and_never_freezes(odd_clips):
    made = make(odd_clips[0], odd_clips[3], seconds=20)
    assert 4.7 <= made["seconds"] <= 5
    assert faults(Path(made["path"]), seconds=made["seconds"]) == []


def test_a_turned_phone_clip_stands_upright(tmp_path):
    """Left half red, right half blue, stored lying on its side with a note that says so."""
    halves = "color=red:s=180x640:r=30[a];color=blue:s=180x640:r=30[b];[a][b]hstack,transpose=clock"
    lying = tmp_path / "lying.mp4"
    argv = [ffmpeg.exe(), "-v", "error", "-f", "lavfi", "-i", halves, "-t", "1", "-pix_fmt", "yuv420p", str(lying)]
    subprocess.run(argv, check=True)
    turned = tmp_path / "turned.mp4"
    argv = [ffmpeg.exe(), "-v", "error", "-display_rotation", "90", "-i", str(lying), "-c", "copy", str(turned)]
    subprocess.run(argv, check=True)
    film = Path(make(turned, seconds=3)["path"])
    left, right = pixel(film, 0.9, 250, 1450), pixel(film, 0.9, 850, 1450)
    assert left[0] > 200 and left[2] < 60, left
    assert right[2] > 200 and right[0] < 60, right


@pytest.mark.parametrize(
    ("matrix", "flags"),
    [
        ("smpte170m", ["-colorspace", "smpte170m", "-color_range", "tv"]),
        ("bt709", ["-colorspace", "bt709", "-color_range", "tv"]),
        ("smpte170m", ["-colorspace", "smpte170m", "-color_range", "pc"]),
    ],
)
def test_colours_are_converted_and_not_only_tagged(tmp_path, matrix, flags):
    out_range = "full" if "pc" in flags else "limited"
    vf = f"scale=out_color_matrix={matrix}:out_range={out_range},format=yuv420p,setparams=colorspace={matrix}"
    clip = lavfi(tmp_path / "clip.mp4", "color=0x20B060:s=720x1280:r=30,format=rgb24", "-vf", vf, *flags, seconds=1)
    shown = pixel(Path(make(clip, seconds=3)["path"]), 0.9, 700, 1450)
    assert all(abs(a - b) <= 6 for a, b in zip(shown, (0x20, 0xB0, 0x60), strict=True)), shown


@pytest.mark.parametrize("first", [0, *(pytest.param(n, marks=pytest.mark.long) for n in (5, 10, 11))])
def test_real_clips_make_films_that_are_fit_to_publish(testdata, first):
    """All videos of the test data, five a film, short: the long ones are in the benchmark."""
    videos = sorted(path for path in (testdata / "clips").iterdir() if path.suffix in {".mp4", ".webm"})
    assert len(videos) == 16
    made = make(*videos[first : first + 5], seconds=5, title="심장이 뛰는 순간 TOP 5 🔥")
    # A tripod's view may truly stand still for half a second, so frozen stretches are not counted here.
    assert faults(Path(made["path"]), seconds=5, frozen=False) == []
