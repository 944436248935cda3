"""Music and voices on the project page: added, heard, told about, and gone with what they belong to."""

import io
import shutil
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ranking.history import changing
from ranking.models import Entry, Project, Track, Video
from rendering import levels, recording, voice, voiceover
from rendering.decoding import Part, decode
from rendering.generate import plan_project
from rendering.levels import RATE
from rendering.mix import mix
from rendering.plan import Clip, Plan
from scraping.facts import Facts
from scraping.music import music_of
from scraping.posts import store
from scraping.probe import BadFile
from scraping.providers.base import Post
from tests.clips import run
from tests.test_sound import noise, rms, speech, tone, write

pytestmark = pytest.mark.django_db
FACTS = {name: 0 for name in Facts.__dataclass_fields__} | {
    "duration": 9.0,
    "has_audio": True,
    "width": 9,
    "height": 16,
}
FACTS |= {"pix_fmt": "yuv420p", "color_range": "", "color_space": "", "color_transfer": "", "fps": 30.0}


def sent(path: Path, name: str = "") -> SimpleUploadedFile:
    return SimpleUploadedFile(name or path.name, path.read_bytes())


@pytest.fixture
def entry(alice) -> Entry:
    """Alice's one entry: its video has a file of which only the facts are asked."""
    project = Project.objects.create(owner=alice, title="TOP", seconds=6)
    video = Video.objects.create(
        source="tiktok", external_id="1", file="videos/a.mp4", sha256="a" * 64, facts=FACTS, duration=9.0
    )
    return project.add(video, label="첫째")


@pytest.fixture
def said(tmp_path) -> Path:
    """A recording as a browser sends it: two seconds of speech, a second of room before and after it, softly."""
    hush = noise(1.0, 0.0002)
    path = write(tmp_path / "said.wav", np.concatenate([hush, speech(2) * 0.05, hush]))
    run("-i", path, "-c:a", "libopus", tmp_path / "said.webm")
    return tmp_path / "said.webm"


# --- A recorded voice -------------------------------------------------------------------------------------------------
def test_a_recording_is_trimmed_and_levelled_and_can_be_heard(client, entry, said, tmp_path):
    answer = client.post(f"/entries/{entry.pk}/voice/record/", {"voice": sent(said)}, headers={"hx-request": "true"})
    assert answer.status_code == 200 and "<audio" in answer.content.decode()
    entry.refresh_from_db()
    path = voiceover.find_voice(entry.voice_sha256)
    assert entry.voice.name == f"voices/{entry.voice_sha256}.flac"
    (heard,) = decode([Part(path, 0, 60)], tmp_path)
    assert 1.9 < len(heard) / RATE < 2.2, "the second of silence at both ends is gone"
    assert voiceover.voice_seconds(path) == pytest.approx(len(heard) / RATE)
    found = levels.measure(["-i", str(path)])
    assert found.lufs == pytest.approx(recording.VOICE_LUFS, abs=1.0) and found.peak <= -2.5
    served = client.get(f"/entries/{entry.pk}/voice/")
    assert served["Content-Type"] == "audio/flac" and served.getvalue()[:4] == b"fLaC"
    assert plan_project(entry.project).clips[0].voice == entry.voice_sha256


def test_what_is_no_recording_is_told_in_a_sentence_and_changes_nothing(client, entry, said, tmp_path):
    silent = write(tmp_path / "silent.wav", np.zeros((RATE, 2), np.float32))
    long = write(tmp_path / "long.wav", np.tile(tone(300, 1), (61, 1)))
    text = tmp_path / "notes.txt"
    text.write_text("no sound at all")
    cut = tmp_path / "cut.webm"
    cut.write_bytes(said.read_bytes()[:400])
    client.post(f"/entries/{entry.pk}/voice/record/", {"voice": sent(said)})
    entry.refresh_from_db()
    kept = entry.voice_sha256
    sentences = {silent: "Nothing is heard", long: "at most 60 seconds", text: "text file", cut: "damaged or cut off"}
    for path, words in sentences.items():
        url = f"/entries/{entry.pk}/voice/record/"
        answer = client.post(url, {"voice": sent(path)}, headers={"hx-request": "true"})
        assert answer.status_code == 422 and words in answer.content.decode(), path
    assert client.post(f"/entries/{entry.pk}/voice/record/", headers={"hx-request": "true"}).status_code == 422
    entry.refresh_from_db()
    assert entry.voice_sha256 == kept and kept


def test_a_voice_goes_when_neither_a_rank_nor_a_step_to_undo_names_it(
    client, entry, said, tmp_path, settings, django_capture_on_commit_callbacks
):
    folder = settings.MEDIA_ROOT / "voices"
    other = write(tmp_path / "other.wav", speech(1))
    for path in (said, other):
        with django_capture_on_commit_callbacks(execute=True):
            client.post(f"/entries/{entry.pk}/voice/record/", {"voice": sent(path)})
    assert len(list(folder.iterdir())) == 2  # the first one may be wanted back
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/entries/{entry.pk}/voice/remove/")
        entry.project.changes.all().delete()
    entry.refresh_from_db()
    assert not entry.voice and not entry.voice_sha256 and not list(folder.iterdir())
    client.post(f"/entries/{entry.pk}/voice/record/", {"voice": sent(said)})
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/projects/{entry.project_id}/delete/")
    assert not Entry.objects.exists() and not list(folder.iterdir())


def test_bob_hears_and_changes_nothing_of_alices(bobs_client, entry, said, alice, tmp_path):
    track = Track.objects.create(owner=alice, name="n", file="tracks/x.wav", seconds=9, sha256="b" * 64)
    recording.record(entry, sent(said))
    project = entry.project_id
    for name in ("mute", "replace-sound", "voice/record", "voice/say", "voice/remove"):
        assert bobs_client.post(f"/entries/{entry.pk}/{name}/").status_code == 404, name
    for name in ("music", "music/add", f"music/{track.pk}/remove", f"music/{track.pk}/credit"):
        assert bobs_client.post(f"/projects/{project}/{name}/").status_code == 404, name
    assert bobs_client.get(f"/entries/{entry.pk}/voice/").status_code == 404
    assert bobs_client.get(f"/music/{track.pk}/").status_code == 404


# --- A voice that speaks ----------------------------------------------------------------------------------------------
@pytest.fixture
def espeak() -> None:
    if not shutil.which("espeak-ng"):
        warnings.warn("LEFT OUT: the tests of spoken text; install espeak-ng", stacklevel=1)
        pytest.skip("no espeak-ng here")


@pytest.mark.parametrize(
    "text", ["세 번째는 고양이가 미끄러지는 순간입니다.", "Number three: he never saw it coming.", "三位です。ねこ"]
)
def test_typed_text_is_spoken(client, entry, espeak, text):
    answer = client.post(f"/entries/{entry.pk}/voice/say/", {"text": text}, headers={"hx-request": "true"})
    assert answer.status_code == 200, answer.content.decode()
    entry.refresh_from_db()
    assert entry.voice_text == text
    assert 0.5 < voiceover.voice_seconds(voiceover.find_voice(entry.voice_sha256)) < 6


def test_a_text_is_only_ever_words_to_a_voice(espeak, tmp_path):
    """Neither an option, nor a file, nor phonemes, nor markup."""
    for text in ("--help", "-w /tmp/x hello", "[[hE'lou]] there", "<audio src='x'/> hello", "@/etc/passwd; rm -rf ."):
        spoken = voice.spoken(text)
        assert not set(spoken) & set("[]<>") and not spoken.startswith("-")
        voice.VOICES[0].speak(text, tmp_path / "out.wav")
        assert (tmp_path / "out.wav").stat().st_size > 1000
    for text in ("", "   ", "🔥🔥", "..."):
        with pytest.raises(voice.VoiceError, match="nothing to say"):
            voice.VOICES[0].speak(text, tmp_path / "none.wav")


def test_the_language_is_told_by_the_letters():
    texts = {"ko": "고양이 TOP 3", "ja": "猫がとぶ", "zh": "猫跳了", "en": "The cat jumps", "ru": "Кот прыгает"}
    assert {language: voice.language_of(text) for language, text in texts.items()} == {name: name for name in texts}


def test_without_a_program_the_page_says_how_to_get_one(client, entry, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert voice.ready() == []
    assert "apt install espeak-ng" in client.get(f"/projects/{entry.project_id}/").content.decode()
    answer = client.post(f"/entries/{entry.pk}/voice/say/", {"text": "hello"}, headers={"hx-request": "true"})
    assert answer.status_code == 422 and "apt install espeak-ng" in answer.content.decode()


def test_a_program_that_fails_is_told_and_leaves_nothing(tmp_path):
    fails = voice.Program("broken", "Broken", "false", ("{out}",), {"en": "en"}, "")
    with pytest.raises(voice.VoiceError, match="broken could not speak"):
        fails.speak("hello", tmp_path / "out.wav")


@pytest.mark.long
def test_a_program_that_takes_too_long_is_ended_and_told(tmp_path):
    """A page waits for it, so it has fifteen seconds."""
    slow = voice.Program("slow", "Slow", "sleep", ("60",), {"en": "en"}, "")
    began = time.monotonic()
    with pytest.raises(voice.VoiceError, match="took longer than 15 seconds"):
        slow.speak("hello", tmp_path / "out.wav")
    assert 14 < time.monotonic() - began < 20


# --- Muting -----------------------------------------------------------------------------------------------------------
def test_unmuting_brings_back_the_volume_that_was_there(client, entry):
    def volume_after(*names: str) -> float:
        for name in names:
            client.post(f"/entries/{entry.pk}/{name}/")
        entry.refresh_from_db()
        return entry.volume

    with changing(entry.project):
        Entry.objects.filter(pk=entry.pk).update(volume=0.4)
    assert volume_after("mute") == 0.0
    assert volume_after("mute") == 0.4
    Track.objects.create(owner=entry.project.owner, name="n", file="tracks/x.wav", seconds=9, sha256="b" * 64)
    assert volume_after("replace-sound") == 0.0
    assert volume_after("mute") == 0.4
    entry.project.changes.all().delete()
    assert volume_after("mute") == 0.0
    entry.project.changes.all().delete()
    assert volume_after("mute") == 1.0, "nobody knows any more: as levelled"


# --- Its place in the film --------------------------------------------------------------------------------------------
def voiced(frames: int, **options) -> Plan:
    clips = (Clip(1, "loud", 0, frames, voice="v" * 64), Clip(2, "loud", 0, frames))
    return Plan(("T",), "classic", "shorts", (2, 1), clips, **options)


@pytest.fixture
def loud(tmp_path) -> Path:
    inputs = [
        "-f",
        "lavfi",
        "-i",
        "color=black:s=32x32:r=10",
        "-f",
        "lavfi",
        "-i",
        "aevalsrc='0.2*sin(2*PI*300*t)':s=48000",
    ]
    run(*inputs, "-t", "8", "-preset", "ultrafast", tmp_path / "loud.mp4")
    return tmp_path / "loud.mp4"


def keep_voice(seconds: float, tmp_path: Path) -> None:
    path = voiceover.voice_path("v" * 64)
    path.parent.mkdir(exist_ok=True)
    run("-i", write(tmp_path / "v.wav", noise(seconds, 0.08)), "-ac", "1", path)


def test_a_voice_begins_a_fifth_of_a_second_after_its_clip_and_the_clip_steps_back(loud, tmp_path):
    keep_voice(1.5, tmp_path)
    plan = voiced(120, transition="crossfade")
    mixed = mix(plan, lambda name: loud, tmp_path)
    without = mix(
        Plan(**{**vars(plan), "clips": (Clip(1, "loud", 0, 120), plan.clips[1])}), lambda name: loud, tmp_path
    )
    begin = 120 / 30 + 0.2  # the change ends where the first clip ends
    added = np.abs(mixed - without).max(axis=1)
    assert np.flatnonzero(added > 0.02)[0] / RATE == pytest.approx(begin, abs=0.15), "the clip steps back just before"

    def at(sound: np.ndarray, second: float) -> float:
        part = sound[round(second * RATE) :][:RATE, 0] * np.hanning(RATE)
        return 20 * np.log10(np.abs(np.fft.rfft(part))[300])

    assert at(without, begin + 0.3) - at(mixed, begin + 0.3) == pytest.approx(11, abs=0.5)
    assert at(without, 1.0) == pytest.approx(at(mixed, 1.0), abs=0.01)


@pytest.mark.parametrize(("seconds", "words"), [(2.0, ""), (4.5, "a little faster"), (7.0, "cut off")])
def test_a_voice_never_runs_past_its_clip_and_what_that_takes_is_told(loud, tmp_path, seconds, words):
    keep_voice(seconds, tmp_path)
    plan = voiced(120)  # 4 s, of which 3.8 are the voice's
    ((at, heard),) = voiceover.voices(plan, tmp_path)
    assert at == round((120 + 6) * RATE / 30)
    assert at + len(heard) <= plan.frames * 1600
    assert len(heard) / RATE == pytest.approx(min(max(seconds, 3.8 if seconds > 3.8 else 0), 3.8), abs=0.05)
    if seconds > 3.8 * voiceover.FASTEST:
        assert rms(heard[-480:]) < rms(heard[:RATE]) - 12, "cut with a fade"
    assert words in voiceover.voice_words(plan).get(1, "") and bool(words) == bool(voiceover.voice_words(plan))


# --- Music ------------------------------------------------------------------------------------------------------------
@pytest.fixture
def music(tmp_path) -> Path:
    run("-i", write(tmp_path / "song.wav", tone(440, 5)), "-b:a", "96k", tmp_path / "여름 노래.mp3")
    return tmp_path / "여름 노래.mp3"


def test_music_is_added_chosen_moved_heard_and_deleted(
    client, entry, music, settings, django_capture_on_commit_callbacks
):
    url = f"/projects/{entry.project_id}/music"
    page = client.post(f"{url}/add/", {"music": sent(music)}, headers={"hx-request": "true"}).content.decode()
    assert "여름 노래" in page
    track = Track.objects.get()
    assert track.seconds == pytest.approx(5, abs=0.1) and track.file.name == f"tracks/{track.sha256}.mp3"
    assert client.post(f"{url}/add/", {"music": sent(music)}).status_code == 302
    assert Track.objects.count() == 1, "the same file again is the same music"
    assert client.get(f"/music/{track.pk}/")["Content-Type"] == "audio/mpeg"
    client.post(f"{url}/", {"track": track.pk, "track_start": "2.5", "track_volume": "0.5"})
    bed = plan_project(Project.objects.get()).bed
    assert (bed.track, bed.start, bed.volume) == (track.sha256, 2.5, 0.5)
    for wrong, words in (
        ({"track_start": "99"}, "only 5"),
        ({"track_volume": "3"}, "0 to 2"),
        ({"track": "77"}, "yours"),
    ):
        answer = client.post(f"{url}/", wrong, headers={"hx-request": "true"})
        assert answer.status_code == 422 and words in answer.content.decode()
    answer = client.post(f"{url}/{track.pk}/remove/", headers={"hx-request": "true"})
    assert answer.status_code == 422 and "lies under" in answer.content.decode() and Track.objects.exists()
    client.post(f"{url}/", {"track": ""})
    assert plan_project(Project.objects.get()).bed is None
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{url}/{track.pk}/remove/")
    assert not Track.objects.exists() and not list((settings.MEDIA_ROOT / "tracks").iterdir())


def test_a_file_without_music_is_told_in_a_sentence(client, entry, tmp_path):
    run("-f", "lavfi", "-i", "color=black:s=32x32:r=10", "-t", "1", tmp_path / "dumb.mp4")
    short = write(tmp_path / "short.wav", tone(440, 1))
    broken = tmp_path / "broken.mp3"
    broken.write_bytes(b"ID3" + bytes(5000))
    named = tmp_path / "list.mp3"
    named.write_text("#EXTM3U\n/etc/passwd\n")
    for path, words in (
        (tmp_path / "dumb.mp4", "no sound"),
        (short, "at least 2"),
        (broken, "damaged"),
        (named, "playlist"),
    ):
        url = f"/projects/{entry.project_id}/music/add/"
        answer = client.post(url, {"music": sent(path)}, headers={"hx-request": "true"})
        assert answer.status_code == 422 and words in answer.content.decode(), (path, answer.content.decode())
    assert not Track.objects.exists()


# --- What a clip's own music may cost ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ({"music_title": "original sound - someone", "music_author": "someone"}, "Original sound"),
        ({"music_title": "오리지널 사운드 - 매께라", "music_author": "며기뜌"}, "Original sound"),
        ({"music_title": "The Feels", "music_author": "TWICE"}, "Song: The Feels – TWICE – may be claimed"),
        ({"music_title": "Shut It Down", "music_author": "x", "music_original": "1"}, "Original sound"),
        ({}, "Nobody said what sound this is"),
    ],
)
def test_a_clips_music_is_stored_and_said(client, alice, extra, words):
    (video,) = store([Post("tiktok", "7", "https://www.tiktok.com/@a/video/7", extra=extra)])
    Video.objects.filter(pk=video.pk).update(file="videos/a.mp4", sha256="a" * 64, facts=FACTS)
    store([Post("tiktok", "7", "https://www.tiktok.com/@a/video/7")])  # a source that does not say takes nothing away
    project = Project.objects.create(owner=alice)
    project.add(Video.objects.get(pk=video.pk))
    assert words in client.get(f"/projects/{project.pk}/").content.decode()


def test_recorded_answers_tell_original_sounds_from_songs(testdata):
    import json

    told = {}
    for path in sorted((testdata / "tiktok").glob("*.json")):
        for music in found_in(json.loads(path.read_text())):
            title = {"music_title": music.get("title"), "music_author": music.get("authorName") or music.get("author")}
            said = music.get("original", music.get("is_original_sound"))
            if said is not None and title["music_title"]:
                told[title["music_title"]] = (music_of(title)["original"], said)
    # A creator may give an own sound any title; that the source alone knows. The other way round is what may cost.
    assert len(told) > 20 and sum(theirs for ours, theirs in told.values()) > 10
    # One answer of them calls a sound titled "original sound" none.
    assert sum(ours and not theirs for ours, theirs in told.values()) <= 1


def found_in(answer: object) -> list[dict]:
    if isinstance(answer, list):
        return [music for item in answer for music in found_in(item)]
    if not isinstance(answer, dict):
        return []
    own = [value for name, value in answer.items() if name in ("music", "music_info") and isinstance(value, dict)]
    return own + [music for value in answer.values() for music in found_in(value)]


def test_mute_and_replace_are_one_press_each(client, entry, music):
    mute, replace = (f"/entries/{entry.pk}/{name}/" for name in ("mute", "replace-sound"))
    answer = client.post(mute, headers={"hx-request": "true"})
    assert answer["HX-Trigger"] == '{"entries-changed": {}}' and "Sound on" in answer.content.decode()
    assert plan_project(entry.project).clips[0].volume == 0
    client.post(mute)
    entry.refresh_from_db()
    assert entry.volume == 1
    answer = client.post(replace, headers={"hx-request": "true"})
    assert answer.status_code == 422 and "no music yet" in answer.content.decode()
    client.post(f"/projects/{entry.project_id}/music/add/", {"music": sent(music)})
    client.post(f"/projects/{entry.project_id}/music/", {"track": ""})
    assert client.post(replace, headers={"hx-request": "true"}).status_code == 200
    plan = plan_project(Project.objects.get())
    assert plan.clips[0].volume == 0 and plan.bed.track == Track.objects.get().sha256


def test_an_hour_of_sound_is_refused_before_it_is_decoded(entry, monkeypatch):
    monkeypatch.setattr("rendering.recording.LONGEST", 1.0)
    with pytest.raises(BadFile, match="at most 1 seconds"):
        recording.record(entry, SimpleUploadedFile("a.wav", wav(tone(300, 2))))


def wav(samples: np.ndarray) -> bytes:
    import wave

    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return out.getvalue()
