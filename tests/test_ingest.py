"""What becomes of a file on its way into the studio."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ranking.ffmpeg import run as ffmpeg
from ranking.models import Video
from scraping import guard, hashing
from scraping.decode import silent
from scraping.ingest import accept, attach, complete, discard, ingest_file, is_complete
from scraping.probe import probe
from tests.clips import make_clip, run

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def clips(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("clips")
    made = {"plain": make_clip(folder / "plain.mp4")}
    made["silent"] = make_clip(folder / "silent.mp4", audio=False, size="320x240", fps=12.5)
    made["webm"] = make_clip(
        folder / "odd.webm", seconds=1, size="162x122", extra=("-c:v", "libvpx", "-c:a", "libopus")
    )
    made["wide"] = folder / "wide.mp4"
    run("-i", made["plain"], "-c", "copy", "-aspect", "1:1", made["wide"])
    made["turned"] = folder / "turned.mp4"
    run("-display_rotation", "90", "-i", made["plain"], "-c", "copy", made["turned"])
    return made


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_probing_tells_the_true_facts_of_a_plain_clip(clips):
    facts = probe(clips["plain"])

    assert (facts.width, facts.height, facts.fps, facts.frames) == (320, 568, 30.0, 60)
    assert facts.duration == pytest.approx(2.0, abs=0.001)
    assert (facts.video_codec, facts.pix_fmt, facts.container) == ("h264", "yuv420p", "mp4")
    assert (facts.has_audio, facts.audio_codec, facts.audio_rate) == (True, "aac", 48000)


def test_size_is_as_shown_after_rotation_and_pixel_aspect(clips):
    turned, wide = probe(clips["turned"]), probe(clips["wide"])

    assert (turned.width, turned.height, turned.coded_width, turned.coded_height) == (568, 320, 320, 568)
    assert turned.rotation in (90, 270)
    assert (wide.width, wide.height, wide.coded_width) == (568, 568, 320)


def test_every_recorded_clip_is_probed_as_its_table_says(testdata):
    for line in (testdata / "SOURCES.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if not cells[1:2] or not (testdata / "clips" / cells[1]).is_file() or cells[6] == "-":
            continue
        facts = probe(testdata / "clips" / cells[1])
        assert f"{facts.coded_width}x{facts.coded_height}" == cells[7], cells[1]
        assert facts.fps == pytest.approx(float(cells[8]), abs=0.01), cells[1]
        assert facts.duration == pytest.approx(float(cells[9]), abs=0.06), cells[1]
        assert facts.has_audio == (cells[10] != "none"), cells[1]


def test_the_guard_lets_every_recorded_clip_through_ffmpeg(testdata):
    for path in sorted((testdata / "clips").iterdir()):
        ffmpeg([*guard.input_args(path), "-t", "0.2", "-f", "null", "-"])


def test_an_accepted_file_lies_under_its_hash_and_never_under_the_users_name(clips, alice, settings):
    name = "../../evil \u202e name\0.mp4"
    video = accept(clips["plain"], owner=alice, original_name=name)

    digest = hashlib.sha256(clips["plain"].read_bytes()).hexdigest()
    assert files(settings.MEDIA_ROOT) == [f"videos/{digest}.mp4"]
    assert (video.sha256, video.file.name, video.owner) == (digest, f"videos/{digest}.mp4", alice)
    assert video.external_id == f"{alice.pk}-{digest[:40]}"
    assert video.caption == "evil  name"
    assert clips["plain"].exists()
    assert files(settings.TEMP_DIR) == []


def test_the_same_file_again_is_the_same_video_but_another_owner_has_their_own(clips, alice, bob, settings):
    first = accept(clips["plain"], owner=alice)
    again = accept(clips["plain"], owner=alice, original_name="other name.mp4")
    bobs = accept(clips["plain"], owner=bob)

    assert first.pk == again.pk != bobs.pk
    assert Video.objects.count() == 2
    assert len(files(settings.MEDIA_ROOT)) == 1


def test_a_moved_file_leaves_its_old_place(clips, alice, tmp_path):
    copy = tmp_path / "arrived.mp4"
    copy.write_bytes(clips["plain"].read_bytes())

    video = accept(copy, owner=alice, move=True)

    assert not copy.exists()
    assert Path(video.file.path).read_bytes() == clips["plain"].read_bytes()


def test_completing_makes_cover_filmstrip_waveform_and_hashes_in_one_go(clips, alice, settings):
    percents = []
    video = ingest_file(clips["plain"], owner=alice, report=percents.append)

    with Image.open(video.cover.path) as cover:
        assert cover.size == (320, 568) and cover.format == "WEBP"
    with Image.open(video.filmstrip.path) as strip:
        assert (strip.height, strip.width) == (160, 90 * 12)
        first, last = strip.crop((0, 0, 90, 160)), strip.crop((990, 0, 1080, 160))
        assert first.tobytes() != last.tobytes()
    assert len(video.waveform) == 200
    assert 0.05 < min(video.waveform) <= max(video.waveform) <= 1
    assert len(video.hashes) >= 4
    assert all(len(value) == hashing.DIGITS and int(value, 16) >= 0 for value in video.hashes)
    assert not video.proxy
    assert percents
    assert files(settings.TEMP_DIR) == []


def test_a_silent_clip_has_no_waveform(clips, alice):
    assert ingest_file(clips["silent"], owner=alice).waveform == []


def test_a_clip_that_not_every_browser_plays_gets_a_proxy_that_does(clips, alice):
    video = ingest_file(clips["webm"], owner=alice)
    facts = probe(video.proxy.path)

    assert facts.plays_in_browsers
    assert (facts.width, facts.height, facts.pix_fmt) == (162, 122, "yuv420p")
    assert facts.duration == pytest.approx(probe(clips["webm"]).duration, abs=0.1)
    head = Path(video.proxy.path).read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")


def test_the_cover_of_a_turned_clip_is_upright_and_that_of_wide_pixels_is_wide(clips, alice):
    for name, size in (("turned", (568, 320)), ("wide", (568, 568))):
        with Image.open(ingest_file(clips[name], owner=alice).cover.path) as cover:
            assert cover.size == size


def test_the_cover_is_not_the_black_that_a_clip_begins_with(alice, tmp_path):
    clip = make_clip(tmp_path / "fade.mp4", extra=("-vf", "fade=in:st=0:d=1.4"))

    with Image.open(ingest_file(clip, owner=alice).cover.path) as cover:
        grey = list(cover.convert("L").resize((16, 16)).tobytes())
    assert sum(grey) / len(grey) > 60


def test_hdr_gets_the_contrast_of_a_usual_picture(testdata, alice):
    video = ingest_file(testdata / "clips" / "window-vertical-av1-hdr10.mp4", owner=alice)

    assert video.facts["color_transfer"] == "smpte2084"
    proxy = probe(video.proxy.path)
    assert proxy.color_transfer in ("", "bt709") and proxy.pix_fmt == "yuv420p"
    with Image.open(video.filmstrip.path) as strip:
        last = np.asarray(strip.convert("RGB").crop((990, 0, 1080, 160)), dtype=float)
    assert last.std() > 50  # without tone mapping this frame is grey all over: 40


def test_what_one_owner_has_is_not_made_a_second_time_for_another(clips, alice, bob):
    made = ingest_file(clips["plain"], owner=alice)
    before = Path(made.filmstrip.path).stat().st_mtime_ns
    bobs = ingest_file(clips["plain"], owner=bob)

    assert (bobs.cover.name, bobs.hashes, bobs.waveform) == (made.cover.name, made.hashes, made.waveform)
    assert Path(made.filmstrip.path).stat().st_mtime_ns == before


def test_a_video_shared_by_two_owners_keeps_its_files_until_both_are_gone(clips, alice, bob, settings):
    alices, bobs = ingest_file(clips["plain"], owner=alice), ingest_file(clips["plain"], owner=bob)

    assert discard(alices)
    assert is_complete(Video.objects.get(pk=bobs.pk))
    assert discard(bobs)
    assert files(settings.MEDIA_ROOT) == []


def test_stopping_in_the_middle_leaves_neither_row_nor_file(clips, alice, settings):
    class Stop(Exception):
        pass

    def stop(percent: float) -> None:
        raise Stop

    with pytest.raises(Stop):
        ingest_file(clips["webm"], owner=alice, report=stop)
    assert Video.objects.count() == 0
    assert files(settings.MEDIA_ROOT) == files(settings.TEMP_DIR) == []


@pytest.mark.django_db(transaction=True)
def test_a_post_whose_file_is_fetched_again_forgets_what_was_made_of_the_old_one(clips, settings):
    post = Video.objects.create(source="tiktok", external_id="1", cover="covers/chosen.jpg")
    attach(post, clips["plain"], move=False)
    complete(post, silent)
    old = post.filmstrip.path
    attach(post, clips["silent"], move=False)

    assert not post.filmstrip and not Path(old).exists()
    complete(post, silent)
    assert post.cover.name == "covers/chosen.jpg"
    assert Path(post.filmstrip.path).exists() and len(files(settings.MEDIA_ROOT / "videos")) == 1
