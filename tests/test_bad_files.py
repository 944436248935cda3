"""Files that are no video, or no sound one: a clear sentence each, and nothing of them is kept."""

import io
import json
import os
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from PIL import Image

from ranking.models import Project, Video
from scraping.ingest import ingest_file
from scraping.models import Ingest
from scraping.probe import BadFile, probe
from tests.clips import make_clip, run

pytestmark = pytest.mark.django_db

SENTENCES = {
    "text.mp4": ("not_media", "This is a text file, not a video."),
    "korean.mp4": ("not_media", "This is a text file, not a video."),
    "zero.mp4": ("empty_file", "The file is empty."),
    "sound.mp4": ("no_video", "There is only sound in this file, no video."),
    "sound.mp3": ("no_video", "There is only sound in this file, no video."),
    "album.mp4": ("no_video", "There is only sound in this file, no video."),
    "ffconcat.mp4": ("not_media", "This is a playlist that names other files, not a video."),
    "hls.mp4": ("not_media", "This is a playlist that names other files, not a video."),
    "dash.mp4": ("not_media", "This is a playlist that names other files, not a video."),
    "picture.mp4": ("not_media", "This is a picture, not a video."),
    "drawing.mp4": ("not_media", "This is a picture, not a video."),
    "moving.mp4": ("not_media", "This is a picture, not a video."),
    "noise.mp4": ("not_media", "This is not a video file."),
    "cut-at-start.mp4": ("corrupt", "The video is damaged or cut off."),
    "cut-at-end.mp4": ("corrupt", "The video is damaged or cut off."),
    "cut.mkv": ("corrupt", "The video is damaged or cut off."),
    "header-only.mp4": ("corrupt", "The video is damaged or cut off."),
    "rubbish-inside.mp4": ("corrupt", "The video is damaged or cut off."),
    "tiny.mp4": ("too_small", "The picture is too small (8x8)."),
    "huge.mp4": ("too_large", "The picture is larger than 4K (4352x2448)."),
    "instant.mp4": ("too_short", "The video is shorter than a tenth of a second."),
    "many.mkv": ("too_many_streams", "There are too many tracks in this file."),
    "rare.avi": (
        "unsupported",
        "This kind of video (flv) cannot be used. Save it as MP4 and try again.",
    ),
}


@pytest.fixture(scope="module")
def bad(tmp_path_factory) -> Path:
    """A folder with a bad file of each kind, beside a good one that some of them name."""
    folder = tmp_path_factory.mktemp("bad")
    good = make_clip(folder / "good.mp4", seconds=2)
    _texts(folder)
    _pictures(folder)
    _cuts(folder, good)
    run("-f", "lavfi", "-i", "sine=d=1", folder / "sound.mp4")
    run("-f", "lavfi", "-i", "sine=d=1", folder / "sound.mp3")
    Image.new("RGB", (64, 64), "red").save(folder / "front.jpg")
    cover = ("-map", "0:a", "-map", "1:v", "-c:v", "mjpeg", "-disposition:v", "attached_pic")
    run("-f", "lavfi", "-i", "sine=d=1", "-i", folder / "front.jpg", *cover, folder / "album.mp4")
    make_clip(folder / "tiny.mp4", size="8x8", audio=False, seconds=0.5)
    make_clip(folder / "huge.mp4", size="4352x2448", audio=False, seconds=0.2, fps=10)
    make_clip(folder / "instant.mp4", audio=False, seconds=0.03)
    run("-i", good, *["-map", "0:v"] * 20, "-c", "copy", folder / "many.mkv")
    run("-i", good, "-an", "-c:v", "flv", folder / "rare.avi")
    return folder


def _texts(folder: Path) -> None:
    (folder / "text.mp4").write_text("Not a video at all.\n")
    (folder / "korean.mp4").write_text("이건 영상이 아니에요.\n" * 400)
    (folder / "zero.mp4").write_bytes(b"")
    (folder / "ffconcat.mp4").write_text("ffconcat version 1.0\nfile good.mp4\n")
    (folder / "hls.mp4").write_text("#EXTM3U\n#EXTINF:2,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n")
    (folder / "dash.mp4").write_text('<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>')
    (folder / "drawing.mp4").write_text('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>')
    (folder / "noise.mp4").write_bytes(bytes((value * 197 + 13) % 251 for value in range(5000)) + b"\0")


def _pictures(folder: Path) -> None:
    Image.new("RGB", (64, 64), "red").save(folder / "picture.mp4", "PNG")
    frames = [Image.new("P", (64, 64), index) for index in range(3)]
    frames[0].save(folder / "moving.mp4", "GIF", save_all=True, append_images=frames[1:])


def _cuts(folder: Path, good: Path) -> None:
    whole = good.read_bytes()
    (folder / "cut-at-end.mp4").write_bytes(whole[: len(whole) * 2 // 3])  # its index stood at the end
    run("-i", good, "-c", "copy", "-movflags", "+faststart", folder / "fast.mp4")
    fast = (folder / "fast.mp4").read_bytes()
    (folder / "cut-at-start.mp4").write_bytes(fast[: len(fast) * 2 // 3])  # its index is whole
    (folder / "header-only.mp4").write_bytes(fast[:40])
    start = fast.index(b"mdat") + 4
    (folder / "rubbish-inside.mp4").write_bytes(fast[:start] + bytes(len(fast) - start))
    run("-i", good, "-c", "copy", folder / "whole.mkv")
    matroska = (folder / "whole.mkv").read_bytes()
    (folder / "cut.mkv").write_bytes(matroska[: len(matroska) // 2])


def everything(settings) -> list[Path]:
    return [path for top in (settings.MEDIA_ROOT, settings.TEMP_DIR) for path in top.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", SENTENCES)
def test_each_bad_file_is_refused_with_its_own_sentence(name, bad):
    with pytest.raises(BadFile) as refused:
        probe(bad / name)

    assert (refused.value.code, refused.value.message) == SENTENCES[name]


def test_the_good_file_beside_them_is_taken(bad):
    assert probe(bad / "good.mp4").frames == 60


def test_a_video_with_a_cover_picture_is_a_video(bad, tmp_path):
    path = tmp_path / "covered.mp4"
    arguments = ("-map", "0", "-map", "1", "-c", "copy", "-c:v:1", "mjpeg", "-disposition:v:1", "attached_pic")
    run("-i", bad / "good.mp4", "-i", bad / "front.jpg", *arguments, path)

    facts = probe(path)
    assert (facts.video_codec, facts.width, facts.frames) == ("h264", 320, 60)


def test_a_file_larger_than_the_studio_takes_is_refused_unread(bad, settings):
    settings.MAX_UPLOAD_BYTES = 1024 * 1024
    with (bad / "big.mp4").open("wb") as file:
        file.truncate(2 * 1024 * 1024)

    with pytest.raises(BadFile, match=r"larger than 1 MB") as refused:
        probe(bad / "big.mp4")
    assert refused.value.code == "too_large"


def test_a_folder_and_a_missing_file_are_refused(tmp_path):
    with pytest.raises(BadFile, match=r"^There is no such file\.$"):
        probe(tmp_path / "missing.mp4")
    with pytest.raises(BadFile, match="cannot be read"):
        probe(tmp_path)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(BadFile, match="cannot be read"):
        probe(tmp_path / "pipe.mp4")


def test_the_command_says_each_sentence_and_ends_with_2(bad, settings, capsys):
    with pytest.raises(SystemExit) as end:
        call_command("import_videos", *[str(bad / name) for name in SENTENCES], "--json")

    told, words = capsys.readouterr()
    told = json.loads(told)
    assert end.value.code == 2
    assert (told["found"], told["new"]) == (0, 0)
    assert [(Path(item["what"]).name, item["reason"]) for item in told["skipped"]] == [
        (name, sentence) for name, (_code, sentence) in SENTENCES.items()
    ]
    assert all(sentence in words for _code, sentence in SENTENCES.values())
    assert Video.objects.count() == 0
    assert everything(settings) == []


def test_the_page_says_each_sentence_and_keeps_nothing(bad, client, settings):
    files = [SimpleUploadedFile(name, (bad / name).read_bytes()) for name in SENTENCES if name != "zero.mp4"]
    answer = client.post(reverse("upload"), {"files": files}, headers={"HX-Request": "true"})

    page = answer.content.decode()
    assert answer.status_code == 422
    for name, (_code, sentence) in SENTENCES.items():
        assert name == "zero.mp4" or (name in page and sentence in page)
    assert (Video.objects.count(), Ingest.objects.count(), Project.objects.count()) == (0, 0, 0)
    assert everything(settings) == []


@pytest.mark.parametrize("name", ["text.mp4", "sound.mp4", "ffconcat.mp4", "cut-at-end.mp4", "tiny.mp4"])
def test_the_api_gives_code_and_sentence_and_keeps_nothing(name, bad, client, settings):
    file = SimpleUploadedFile(name, (bad / name).read_bytes())
    answer = client.post("/api/v1/videos", {"file": file})

    code, sentence = SENTENCES[name]
    assert answer.status_code == 422
    assert answer.json() == {"error": {"code": code, "message": sentence}}
    assert not Video.objects.exists() and everything(settings) == []


def test_the_api_takes_a_good_file(bad, client, alice):
    answer = client.post("/api/v1/videos", {"file": SimpleUploadedFile("good.mp4", (bad / "good.mp4").read_bytes())})

    video = Video.objects.get(owner=alice)
    told = answer.json()
    assert answer.status_code == 201
    assert (told["id"], told["is_ready"], told["play_count"]) == (video.pk, True, None)


def test_an_empty_upload_gets_its_sentence_too(client):
    answer = client.post(reverse("upload"), {"files": io.BytesIO(b"")}, headers={"HX-Request": "true"})

    assert answer.status_code == 422
    assert "The file is empty." in answer.content.decode() or "Choose one or more" in answer.content.decode()
    assert Video.objects.count() == 0


def test_a_file_that_only_ffmpeg_cannot_decode_leaves_nothing(bad, alice, settings, monkeypatch):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/bin/false")

    with pytest.raises(BadFile) as refused:
        ingest_file(bad / "good.mp4", owner=alice)
    assert refused.value.code == "corrupt"
    assert Video.objects.count() == 0
    assert everything(settings) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("text.mp4", "This is a text file, not a sound file."),
        ("hls.mp4", "This is a playlist that names other files, not a sound file."),
        ("picture.mp4", "This is a picture, not a sound file."),
        ("noise.mp4", "This is not a sound file."),
    ],
)
@pytest.mark.parametrize("place", ["music", "voice"])
def test_of_music_and_of_a_voice_it_is_said_that_it_is_no_sound(bad, client, alice, name, said, place):
    project = Project.objects.create(owner=alice)
    entry = project.add(Video.objects.create(source="upload", external_id="1", owner=alice))
    address = reverse("music-add", args=[project.pk]) if place == "music" else reverse("voice-record", args=[entry.pk])
    sent = {place: SimpleUploadedFile("mine.mp3", (bad / name).read_bytes())}
    page = client.post(address, sent, headers={"HX-Request": "true"}).content.decode()
    assert said in page and "video." not in page
