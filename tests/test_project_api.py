"""The REST API of a ranking in the making: what the page can change of it, a program can change too."""

import json
import shutil
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ranking.models import Project, Video
from rendering.generate import plan_project
from tests.clips import make_clip, run
from tests.examined import video_of

MASK = {"x": 0.1, "y": 0.2, "width": 0.3, "height": 0.1, "start": 0.5, "end": None}


@pytest.fixture(scope="module")
def clips(tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("clips")
    return [make_clip(folder / f"{color}.mp4", 2, color=color) for color in ("red", "blue")]


@pytest.fixture
def project(alice, clips) -> Project:
    """Two ranked videos of two seconds, each with a tone."""
    made = Project.objects.create(owner=alice, title="TOP 2", seconds=4)
    for clip in clips:
        made.add(video_of(clip, alice))
    return made


@pytest.fixture
def tone(tmp_path) -> SimpleUploadedFile:
    """Three seconds of a tone, as a browser sends them."""
    path = tmp_path / "tone.wav"
    run("-f", "lavfi", "-i", "sine=f=330:d=3", path)
    return SimpleUploadedFile("우리 음악.wav", path.read_bytes(), "audio/wav")


def send(client, method: str, path: str, data: object = None):
    return getattr(client, method)(f"/api/v1{path}", json.dumps(data), content_type="application/json")


def refused(answer, status: int = 422) -> str:
    """Return the sentence with which a request was refused."""
    assert answer.status_code == status, answer.content
    said = answer.json()["error"]["message"]
    assert said and "\n" not in said
    return said


def test_what_is_sent_of_a_project_is_changed_and_all_else_stays(client, project):
    change = {"title": "둘째\n줄", "transition": "whip", "hook": True, "card": "끝", "effects": True, "order": "listed"}
    answer = send(client, "patch", f"/projects/{project.pk}", change)
    assert answer.status_code == 200, answer.content
    assert change.items() <= answer.json().items() and answer.json()["seconds"] == 4
    for only, value in (("title", "이름만"), ("hook", False), ("seconds", None)):
        before = client.get(f"/api/v1/projects/{project.pk}").json()
        assert send(client, "patch", f"/projects/{project.pk}", {only: value}).json() == before | {only: value}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": "새 제목", "transition": "spin"}, "transition"),
        ({"title": "새 제목", "style": "none"}, "none"),
        ({"title": "새 제목", "seconds": 1}, "3 seconds"),
        ({"title": "새 제목", "music": {"track": 99}}, "not yours"),
        ({"title": "새 제목", "music": {"volume": 3}}, "volume"),
        ({"title": "새 제목", "hook": None}, "hook"),
    ],
)
def test_a_wrong_change_of_a_project_stores_nothing_of_it(client, project, change, said):
    assert said in refused(send(client, "patch", f"/projects/{project.pk}", change))
    project.refresh_from_db()
    assert (project.title, project.transition, project.style, project.seconds) == ("TOP 2", "cut", "classic", 4)


def test_what_is_sent_of_an_entry_is_changed_and_filmed(client, project):
    change = {"label": "점프", "reason": "가장 높아서", "fit": "contain", "volume": 0.0, "masks": [MASK], "start": 0.5}
    answer = send(client, "patch", f"/projects/{project.pk}/entries/2", change)
    assert answer.status_code == 200, answer.content
    assert change.items() <= answer.json().items()
    clip = plan_project(project).clip_of(2)
    assert (clip.label, clip.fit, clip.volume, clip.start) == ("점프", "contain", 0.0, 0.5)
    assert [mask.width for mask in clip.masks] == [0.3]
    again = send(client, "patch", f"/projects/{project.pk}/entries/2", {"volume": 1.5, "start": None})
    assert again.json() == answer.json() | {"volume": 1.5, "start": None}
    assert send(client, "patch", f"/projects/{project.pk}/entries/2", {"masks": []}).json()["masks"] == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"fit": "stretch"}, "fit"),
        ({"volume": 2.1}, "volume"),
        ({"volume": None}, "volume"),
        ({"start": 1.5, "end": 1.0}, "after the start"),
        ({"masks": [MASK | {"x": 0.9}]}, "within the picture"),
        ({"masks": [MASK | {"width": float("nan")}]}, ""),
        ({"masks": [MASK] * 5}, "masks"),
        ({"masks": [{"x": 0.1}]}, "masks"),
        ({"reason": "가" * 301}, "reason"),
    ],
)
def test_a_wrong_change_of_an_entry_stores_nothing_of_it(client, project, change, said):
    assert said in refused(send(client, "patch", f"/projects/{project.pk}/entries/1", {"label": "새 라벨"} | change))
    entry = project.ranked().get(rank=1)
    assert (entry.label, entry.fit, entry.volume, entry.masks, entry.reason) == ("", "cover", 1.0, [], "")


def test_a_project_is_made_with_all_of_it_at_once(client, project, alice, tone):
    music = client.post("/api/v1/music", {"file": tone}).json()["id"]
    videos = [{"id": entry.video_id, "fit": "bars", "volume": 0.0, "masks": [MASK]} for entry in project.ranked()]
    data = {"music": {"track": music, "start": 1.5, "volume": 0.5}, "videos": videos}
    answer = send(client, "post", "/projects", data)
    assert answer.status_code == 201, answer.content
    assert answer.json()["music"] == data["music"]
    plan = plan_project(Project.objects.get(pk=answer.json()["id"]))
    assert (plan.bed.start, plan.bed.volume) == (1.5, 0.5)
    assert {(clip.fit, clip.volume, len(clip.masks)) for clip in plan.clips} == {("bars", 0.0, 1)}


def test_music_is_uploaded_once_chosen_and_deleted_when_it_is_free(client, project, tone):
    added = client.post("/api/v1/music", {"file": tone})
    assert added.status_code == 201 and added.json()["name"] == "우리 음악"
    assert added.json()["seconds"] == pytest.approx(3, abs=0.1)
    tone.seek(0)
    assert client.post("/api/v1/music", {"file": tone}).json() == added.json()
    assert client.get("/api/v1/music").json() == [added.json()]
    music, place = added.json()["id"], f"/projects/{project.pk}"
    chosen = send(client, "patch", place, {"music": {"track": music, "start": 1.0}}).json()
    assert chosen["music"] == {"track": music, "start": 1.0, "volume": 1.0}
    assert send(client, "patch", place, {"music": {"volume": 0.5}}).json()["music"]["start"] == 1.0
    assert "only 3.0 seconds" in refused(send(client, "patch", place, {"music": {"start": 9}}))
    named = send(client, "patch", f"/music/{music}", {"credit": "Outfoxing – Kevin (CC BY 4.0)"}).json()
    assert named == added.json() | {"credit": "Outfoxing – Kevin (CC BY 4.0)"}
    refused(send(client, "patch", f"/music/{music}", {"credit": "x" * 301}))
    assert "TOP 2" in refused(client.delete(f"/api/v1/music/{music}"), 409)
    assert send(client, "patch", place, {"music": None}).json()["music"]["track"] is None
    assert client.delete(f"/api/v1/music/{music}").status_code == 204
    assert client.get("/api/v1/music").json() == []


def test_what_holds_no_sound_is_neither_music_nor_a_voice(client, project, tmp_path):
    silent = make_clip(tmp_path / "silent.mp4", 3, audio=False).read_bytes()
    for path in ("/music", f"/projects/{project.pk}/entries/1/voice/recording"):
        for name, data in (("a.mp3", b"not sound at all"), ("b.mp4", silent)):
            refused(client.post(f"/api/v1{path}", {"file": SimpleUploadedFile(name, data)}))
        refused(client.post(f"/api/v1{path}", {}))
    assert client.get("/api/v1/music").json() == []
    assert project.ranked().get(rank=1).voice_sha256 == ""


def test_a_recording_is_said_over_its_rank_until_it_is_taken_away(client, project, tone):
    path = f"/api/v1/projects/{project.pk}/entries/1/voice"
    said = client.post(f"{path}/recording", {"file": tone})
    assert said.status_code == 200 and len(said.json()["voice"]) == 64
    assert plan_project(project).clip_of(1).voice == said.json()["voice"]
    assert client.delete(path).json()["voice"] == ""
    assert plan_project(project).clip_of(1).voice == ""


def test_a_text_is_spoken_over_its_rank(client, project):
    if not shutil.which("espeak-ng"):
        pytest.skip("LEFT OUT: espeak-ng is not here")
    path = f"/projects/{project.pk}/entries/2/voice"
    said = send(client, "post", path, {"text": "이 장면은 정말 놀랍습니다", "voice": "espeak-ng"})
    assert said.status_code == 200, said.content
    assert said.json()["spoken"] == "이 장면은 정말 놀랍습니다" and said.json()["voice"]
    for wrong in ({"text": ""}, {"text": "가" * 301}, {"text": "안녕", "voice": "nobody"}, {}):
        refused(send(client, "post", path, wrong))
    assert project.ranked().get(rank=2).voice_sha256 == said.json()["voice"]


def test_bob_changes_nothing_of_alices_and_does_not_see_her_music(client, bobs_client, project, tone):
    music = client.post("/api/v1/music", {"file": tone}).json()["id"]
    place = f"/projects/{project.pk}"
    for answer in (
        send(bobs_client, "patch", place, {"title": "bob"}),
        send(bobs_client, "patch", f"{place}/entries/1", {"label": "bob"}),
        send(bobs_client, "post", f"{place}/entries/1/voice", {"text": "bob"}),
        bobs_client.delete(f"/api/v1{place}/entries/1/voice"),
        bobs_client.delete(f"/api/v1/music/{music}"),
        send(client, "patch", f"{place}/entries/9", {"label": "nine"}),
    ):
        refused(answer, 404)
    assert bobs_client.get("/api/v1/music").json() == []
    his = Project.objects.create(owner=bobs_client.get("/api/v1/health").wsgi_request.user)
    assert "not yours" in refused(send(bobs_client, "patch", f"/projects/{his.pk}", {"music": {"track": music}}))
    assert Video.objects.count() == 2 and project.ranked().get(rank=1).label == ""
