"""The demo clips: real frames, real sounds, and one of each kind of file made by moviepy and read back."""

from dataclasses import replace
from importlib import import_module

import av
import numpy as np
import pytest

from rendering import demo
from rendering.demo import canvas, sound

BY_SLUG = {clip.slug: clip for clip in demo.CLIPS}
SLUGS = list(BY_SLUG)


def scene(slug):
    return import_module(f"rendering.demo.{slug}")


def read(path):
    """All pictures of the file as RGB, its sound (samples, 2), and its two streams' facts."""
    with av.open(str(path)) as film:
        video, audio = film.streams.video[0], film.streams.audio[0]
        facts = {
            "size": (video.width, video.height),
            "rate": video.average_rate,
            "pixels": video.codec_context.pix_fmt,
            "codecs": (video.codec_context.name, audio.codec_context.name),
            "sound": (audio.rate, audio.codec_context.channels),
        }
        pictures = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    with av.open(str(path)) as film:
        parts = [frame.to_ndarray() for frame in film.decode(audio=0)]
    return pictures, np.concatenate(parts, axis=1).T, facts


def test_a_clip_is_a_publishable_file_with_moving_pictures_and_clean_sound(tmp_path):
    clip = replace(BY_SLUG["marbles"], seconds=1.0)
    path = demo.make_clip(clip, tmp_path / "new folder" / "marbles.mp4")

    pictures, samples, facts = read(path)
    assert facts == {
        "size": (720, 1280),
        "rate": 30,
        "pixels": "yuv420p",
        "codecs": ("h264", "aac"),
        "sound": (48_000, 2),
    }
    assert len(pictures) == 30
    assert np.abs(pictures[0].astype(int) - pictures[15]).mean() > 1
    assert len(samples) / 48_000 == pytest.approx(1.0, abs=0.05)
    assert 0.02 < np.sqrt((samples**2).mean()) < 0.3
    assert 0.1 < np.abs(samples).max() < 0.95
    assert list(path.parent.iterdir()) == [path], "a draft was left behind"


def test_what_is_filmed_has_the_colours_that_were_drawn(tmp_path):
    path = demo.make_clip(replace(BY_SLUG["pond"], seconds=0.2), tmp_path / "pond.mp4")
    with av.open(str(path)) as film:
        frame = next(film.decode(video=0))
        assert (frame.colorspace, frame.color_range) == (1, 1), "not tagged as bt709, limited range"
        filmed = frame.reformat(format="rgb24", src_colorspace="ITU709", dst_colorspace="ITU709").to_ndarray()
    drawn = scene("pond").paint()(0.0)
    assert np.abs(filmed.astype(int).mean(axis=(0, 1)) - drawn.mean(axis=(0, 1))).max() < 2.5


@pytest.mark.parametrize("slug", SLUGS)
def test_a_moment_looks_the_same_whichever_moment_was_drawn_before(slug):
    one, other = scene(slug).paint(), scene(slug).paint()
    later = one(1.5)
    early = one(0.4)
    assert np.array_equal(other(0.4), early)
    assert np.array_equal(other(1.5), later)
    assert early.shape == (1280, 720, 3) and early.dtype == np.uint8
    assert np.abs(early.astype(int) - later).mean() > 0.3, "nothing moves"


@pytest.mark.parametrize("slug", SLUGS)
def test_a_clip_ends_where_it_begins(slug):
    paint, seconds = scene(slug).paint(), BY_SLUG[slug].seconds
    first, second = paint(0.0).astype(int), paint(1 / canvas.RATE)
    assert np.abs(paint(seconds) - first).mean() <= np.abs(second - first).mean() + 0.1


@pytest.mark.parametrize("slug", SLUGS)
def test_each_frame_says_demo_inside_the_part_that_a_film_keeps(slug):
    mark = canvas._mark()
    high, wide = mark.shape[:2]
    ink = mark[..., 0] > 0.85 * 255
    assert ink.sum() > 40
    frame = scene(slug).paint()(0.7)
    place = frame[canvas.MARK_BOTTOM - high : canvas.MARK_BOTTOM, canvas.MARK_RIGHT - wide : canvas.MARK_RIGHT]
    assert place[ink].min() > 200
    assert place[mark[..., 0] == 0].mean() < 190, "the mark does not stand out from what is behind it"
    kept = 720 * 4 / 3
    assert 640 + kept / 2 > canvas.MARK_BOTTOM


@pytest.mark.parametrize("slug", SLUGS)
def test_a_sound_is_level_never_clipped_and_quiet_at_both_ends(slug):
    clip = BY_SLUG[slug]
    loop = scene(slug).listen()
    assert loop.shape == (int(clip.seconds * sound.RATE), 2)
    assert np.array_equal(loop, scene(slug).listen()), "the same sound each time"

    samples = sound.finish(loop, clip.seconds)
    assert np.abs(samples).max() <= sound.PEAK
    assert np.sqrt((samples**2).mean()) == pytest.approx(sound.LOUDNESS, rel=0.15)
    assert np.abs(samples[[0, -1]]).max() < 0.001
    assert np.abs(np.diff(samples, axis=0)).max() < 0.35, "a click"


def test_silence_is_refused_as_a_sound():
    with pytest.raises(ValueError, match="silent"):
        sound.finish(np.zeros((4800, 2), dtype=np.float32), 0.1)


@pytest.mark.long
def test_only_the_clips_that_are_missing_are_made(tmp_path):
    paths = [tmp_path / clip.file_name for clip in demo.CLIPS]
    for path in paths[:-1]:
        path.write_bytes(b"made before")
    told = []

    assert demo.make_clips(tmp_path, lambda percent, message: told.append((percent, message))) == paths
    assert told == [(100, demo.CLIPS[-1].label_en)]
    assert [path.read_bytes() for path in paths[:-1]] == [b"made before"] * (len(paths) - 1)
    assert len(read(paths[-1])[0]) == round(demo.CLIPS[-1].seconds * 30)

    made = paths[-1].stat().st_mtime_ns
    demo.make_clips(tmp_path, lambda percent, message: told.append((percent, message)))
    assert paths[-1].stat().st_mtime_ns == made and len(told) == 1


def test_the_words_of_the_demo_are_whole():
    assert len(demo.CLIPS) == len(BY_SLUG) == 5
    for title in (demo.TITLE_KO, demo.TITLE_EN):
        assert len(title.split(" | ")) == 2 and "TOP 5" in title
    for clip in demo.CLIPS:
        assert clip.author == "demo" and 9 <= clip.seconds <= 11
        assert clip.seconds == scene(clip.slug).SECONDS
        assert all((clip.caption_ko, clip.caption_en, clip.label_ko, clip.label_en))
