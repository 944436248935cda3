"""A clip on the frame, read back from pixels: each fit, every shape of picture, and what lies around it."""

import dataclasses
import subprocess
from pathlib import Path

import numpy as np
import pytest

from ranking import ffmpeg
from rendering.picture import fitted, picture_steps, plain_colour
from rendering.plan import Clip
from rendering.recipes import part_input
from rendering.style import Style, style
from rendering.targets import HEIGHT, WIDTH
from scraping.facts import Facts
from scraping.probe import probe

THIRDS = "color=red:s=120x{h}:r=30[a];color=lime:s=120x{h}:r=30[b];color=blue:s=120x{h}:r=30[c];[a][b][c]hstack=3"
RED, GREEN, BLUE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (0, 0, 0)


def clip_file(path: Path, picture: str, *options: str, seconds: float = 0.5) -> Path:
    argv = [ffmpeg.exe(), "-v", "error", "-y", "-f", "lavfi", "-i", picture, "-t", str(seconds), *options, str(path)]
    subprocess.run(argv, check=True)
    return path


def clip_of(path: Path, **fields: object) -> Clip:
    facts = probe(path)
    width, height = facts.upright_size
    known = {"width": width, "height": height, "sar": facts.upright_sar, "interlaced": facts.interlaced}
    known |= {"alpha": facts.has_alpha, "decoder": facts.alpha_decoder, "matrix": "smpte170m"}
    return Clip(1, "0" * 64, 0, 10, **known | fields)


def frame_of(path: Path, clip: Clip, look: Style, number: int = 3, since: int = 0) -> np.ndarray:
    """Return one frame as it is filmed, shape (HEIGHT, WIDTH, 3)."""
    graph = ";".join([*picture_steps(clip, look, since=since), f"[x0]trim=start_frame={number}[one]"])
    graph += ";[one]scale=in_color_matrix=bt709:in_range=limited,format=rgb24[v]"
    argv = [ffmpeg.exe(), "-v", "error", "-nostdin", "-filter_complex_threads", "1", "-threads", "1"]
    argv += [*part_input(path, clip, 0, 15), "-filter_complex", graph, "-map", "[v]", "-frames:v", "1"]
    raw = subprocess.run([*argv, "-f", "rawvideo", "-"], capture_output=True, check=True).stdout
    assert len(raw) == HEIGHT * WIDTH * 3
    return np.frombuffer(raw, np.uint8).reshape(HEIGHT, WIDTH, 3)


def is_near(pixel: np.ndarray, colour: tuple[int, int, int]) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() <= 12)


@pytest.fixture(scope="module")
def classic() -> Style:
    return style("classic")


@pytest.fixture(scope="module")
def full(classic) -> Style:
    return dataclasses.replace(classic, frame=dataclasses.replace(classic.frame, box=(0, 0, WIDTH, HEIGHT)))


@pytest.fixture(scope="module")
def thirds(tmp_path_factory) -> Path:
    """A wide clip of three colours side by side, 360x200."""
    return clip_file(tmp_path_factory.mktemp("clips") / "thirds.mp4", THIRDS.format(h=200), "-pix_fmt", "yuv420p")


def test_cover_shows_the_middle_and_a_camera_shows_where_it_looks(thirds, classic):
    y = 900
    assert is_near(frame_of(thirds, clip_of(thirds), classic)[y, 540], GREEN)
    for place, colour in ((0.0, RED), (1.0, BLUE)):
        shown = frame_of(thirds, clip_of(thirds, fit="smart", camera=((0.0, place),)), classic)
        assert is_near(shown[y, 200 if colour == RED else 880], colour)
    assert np.array_equal(
        frame_of(thirds, clip_of(thirds, fit="smart"), classic), frame_of(thirds, clip_of(thirds), classic)
    )


def test_a_moving_camera_is_where_its_keys_say_also_when_a_piece_begins_later(thirds, classic):
    clip = clip_of(thirds, fit="smart", camera=((0.0, 0.0), (0.2, 0.0), (0.2, 1.0), (1.0, 1.0)))
    assert is_near(frame_of(thirds, clip, classic, 3)[900, 200], RED)
    assert is_near(frame_of(thirds, clip, classic, 8)[900, 880], BLUE)
    assert is_near(frame_of(thirds, clip, classic, 0, since=8)[900, 880], BLUE)
    slow = clip_of(thirds, fit="smart", camera=((0.0, 0.0), (0.2, 1.0)))
    edges = [int(np.argmax(frame_of(thirds, slow, classic, n)[900, 70:1010, 1] > 128)) for n in (1, 2, 3)]
    steps = np.diff(edges)
    room = 1240 * 360 / 200 - 940
    assert np.abs(steps + room / 6).max() <= 6, edges  # a sixth of the free room a frame, to the left


@pytest.mark.parametrize("fit", ["contain", "bars"])
def test_all_of_a_clip_is_shown_in_the_middle_of_its_frame(thirds, classic, fit):
    shown = frame_of(thirds, clip_of(thirds, fit=fit), classic)
    x, y, width, height = fitted(360 / 200, (70, 294, 940, 1240))
    assert (width, height) == (940, 522)
    for n, colour in enumerate((RED, GREEN, BLUE)):
        assert is_near(shown[y + 4 : y + height - 4, x + width * (2 * n + 1) // 6].mean(axis=0), colour)
    around = shown[[y - 12, y + height + 12], 540]
    assert all(is_near(pixel, BLACK) for pixel in around) == (fit == "bars")
    assert is_near(shown[20, 20], BLACK) == (fit == "bars")


def test_a_full_frame_and_bars_do_no_blurring(thirds, classic, full):
    def blurs(fit: str, look: Style) -> bool:
        return "gblur" in ";".join(picture_steps(clip_of(thirds, fit=fit), look))

    assert [blurs(fit, full) for fit in ("cover", "smart", "bars", "contain")] == [False, False, False, True]
    assert [blurs(fit, classic) for fit in ("cover", "smart", "bars", "contain")] == [True, True, False, True]
    upright = Clip(1, "0", 0, 10, fit="contain", width=1080, height=1920)
    assert "gblur" not in ";".join(picture_steps(upright, full))


def test_the_plain_colour_is_dark_in_every_look(classic):
    light = dataclasses.replace(classic, outline=type(classic.outline)((250, 250, 250)))
    assert (plain_colour(classic), plain_colour(light)) == ("0x000000", "0x000000")
    violet = dataclasses.replace(classic, outline=type(classic.outline)((60, 0, 100)))
    assert plain_colour(violet) == "0x2A0046"


@pytest.mark.parametrize("aspect", [0.1, 0.5625, 0.7581, 1.0, 1.7778, 9.0])
def test_sizes_are_even_and_within_the_box(aspect):
    box = (70, 294, 940, 1240)
    x, y, width, height = fitted(aspect, box)
    assert not any(value % 2 for value in (x, y, width, height))
    assert x >= 70 and y >= 294 and x + width <= 1010 and y + height <= 1534
    assert width == 940 or height == 1240


def test_pixels_that_are_not_square_are_shown_as_wide_as_they_are_meant(tmp_path, classic):
    """A circle stored half as wide stays a circle, also one that is turned."""
    circle = "color=black:s=200x400:r=30,format=gray,geq=lum='255*lt(hypot((X-100)*2,Y-200),150)'"
    lying = clip_file(tmp_path / "narrow.mp4", f"{circle},setsar=2/1", "-pix_fmt", "yuv420p")
    turned = tmp_path / "turned.mp4"
    argv = [ffmpeg.exe(), "-v", "error", "-display_rotation", "90", "-i", str(lying), "-c", "copy", str(turned)]
    subprocess.run(argv, check=True)
    for path in (lying, turned):
        for fit in ("cover", "contain", "bars"):
            x, y, width, height = (70, 294, 940, 1240) if fit == "cover" else fitted(1.0, (70, 294, 940, 1240))
            shown = frame_of(path, clip_of(path, fit=fit), classic)[y : y + height, x : x + width, 0] > 150
            wide, tall = shown.any(axis=0).sum(), shown.any(axis=1).sum()
            assert abs(wide / tall - 1) < 0.03, (path.name, fit, wide, tall)


@pytest.mark.parametrize("codec", ["libvpx", "libvpx-vp9"])
def test_what_is_transparent_is_black_and_never_what_the_encoder_left_there(tmp_path, classic, codec):
    half = "color=red:s=160x160:r=30,format=yuva420p,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='255*lt(X,80)'"
    options = ["-c:v", codec, "-pix_fmt", "yuva420p", "-auto-alt-ref", "0", "-b:v", "1M", "-speed", "8"]
    path = clip_file(tmp_path / "half.webm", half, *options, seconds=0.4)
    facts = probe(path)
    assert (facts.has_alpha, facts.alpha_decoder) == (True, codec)
    for fit in ("cover", "contain", "bars"):
        shown = frame_of(path, clip_of(path, fit=fit), classic)
        assert is_near(shown[900, 300], (253, 0, 0)) and is_near(shown[900, 800], BLACK), fit


def test_fields_are_woven_into_whole_frames_only_where_a_file_has_fields(tmp_path, classic):
    """A bar that moves between two fields is torn into a comb; in the film its edge is whole again."""
    bar = "color=black:s=720x576:r=50,format=yuv420p,geq=lum='16+219*between(X-12*N,0,150)':cb=128:cr=128"
    torn = f"{bar},tinterlace=interleave_top,setfield=tff"
    x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-pix_fmt", "yuv420p"]
    fields = clip_file(tmp_path / "fields.mp4", torn, *x264, "-flags", "+ildct+ilme")
    whole = clip_file(tmp_path / "whole.mp4", bar, *x264)
    assert (probe(fields).interlaced, probe(whole).interlaced) == (True, False)

    def comb(path: Path, **fields: object) -> float:
        shown = frame_of(path, clip_of(path, fit="contain", **fields), classic, 6).astype(int)[:, 70:1010, 0]
        _x, y, _width, height = fitted(720 / 576, (70, 294, 940, 1240))
        rows = shown[y + 20 : y + height - 20]
        return float(np.abs(2 * rows[2:-2] - rows[:-4] - rows[4:]).mean())

    assert comb(fields) < 0.35 * comb(fields, interlaced=False)
    assert "bwdif" not in ";".join(picture_steps(clip_of(whole), classic))


def test_facts_of_an_earlier_version_are_read_as_they_were(thirds):
    told = probe(thirds).as_dict()
    del told["interlaced"], told["has_alpha"]
    facts = Facts.of(told)
    assert (facts.interlaced, facts.has_alpha, facts.alpha_decoder) == (False, False, "")
    turned = Facts.of(told | {"coded_width": 720, "coded_height": 480, "sar": 0.9, "rotation": 90})
    assert turned.upright_size == (480, 720)
    assert turned.upright_sar == pytest.approx(1 / 0.9)
