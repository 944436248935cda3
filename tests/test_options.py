"""A film's finishing touches: what lies between clips, the opening, the end card, the sounds."""

import hashlib
import json

import pytest
from django.urls import reverse

from ranking.models import Project, Track
from rendering.generate import plan_project
from rendering.plan import PlanError
from tests.test_film import lavfi, make

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
BASE = {"target": "shorts", "style": "classic", "order": "countdown", "seconds": "8"}


@pytest.fixture
def project(alice) -> Project:
    return Project.objects.create(owner=alice, title="TOP 2")


def save(client, project: Project, **fields: str):
    return client.post(reverse("project-settings", args=[project.pk]), BASE | fields, headers=HTMX)


def test_options_are_saved_and_shown(client, project):
    save(client, project, transition="whip", hook="on", card="더 보고 싶다면 | 팔로우!", effects="on")
    project.refresh_from_db()
    assert (project.transition, project.hook, project.effects) == ("whip", True, True)
    page = client.get(project.get_absolute_url()).content.decode()
    assert 'value="더 보고 싶다면 | 팔로우!"' in page and '<option value="whip" selected>' in page
    assert '<details class="options fold" open>' in page


def test_a_box_that_is_off_turns_it_off_but_a_form_without_options_keeps_them(client, project):
    save(client, project, transition="crossfade", hook="on", card="끝", effects="on")
    save(client, project)
    project.refresh_from_db()
    assert (project.transition, project.hook, project.card, project.effects) == ("crossfade", True, "끝", True)
    save(client, project, transition="cut", card="")
    project.refresh_from_db()
    assert (project.transition, project.hook, project.card, project.effects) == ("cut", False, "", False)


@pytest.mark.parametrize("wrong", [{"transition": "spin"}, {"transition": "cut", "card": "길" * 201}])
def test_an_option_that_is_none_is_refused_and_nothing_is_stored(client, project, wrong):
    answer = save(client, project, **wrong)
    project.refresh_from_db()
    assert answer.status_code == 422 and b'role="alert"' in answer.content
    assert (project.transition, project.card, project.seconds) == ("cut", "", None)


def test_a_quiet_page_shows_the_options_closed(client, project):
    assert '<details class="options fold">' in client.get(project.get_absolute_url()).content.decode()


def test_the_api_takes_and_tells_the_options(client, project):
    options = {"transition": "blackout", "hook": True, "card": "끝", "effects": True}
    answer = client.post("/api/v1/projects", json.dumps({"videos": []} | options), content_type="application/json")
    assert answer.status_code == 201 and options.items() <= answer.json().items()
    wrong = client.post("/api/v1/projects", '{"videos": [], "transition": "spin"}', content_type="application/json")
    assert wrong.status_code == 422


@pytest.mark.long
def test_the_command_films_all_of_it_and_its_plan_says_so(tmp_path):
    clips = [lavfi(tmp_path / f"{rate}.mp4", f"testsrc2=s=180x320:r={rate}", seconds=2) for rate in (24, 30)]
    made = make(*clips, seconds=5, transition="blackout", hook=True, card="끝\\n안녕", effects=True)
    plan = plan_project(Project.objects.get(pk=made["project"]))
    assert (plan.transition, plan.hook, plan.card, plan.effects) == ("blackout", True, ("끝", "안녕"), True)
    assert made["seconds"] == plan.seconds == 5
    assert made["segments"] == {"rendered": 2, "reused": 0}


def test_what_does_not_fit_the_length_is_told_before_anything_is_filmed(tmp_path):
    clips = [lavfi(tmp_path / f"{rate}.mp4", f"testsrc2=s=180x320:r={rate}", seconds=1) for rate in (25, 30)]
    project = Project.objects.get(pk=make(*clips, seconds=3)["project"])
    project.hook, project.card, project.transition = True, "끝", "crossfade"
    with pytest.raises(PlanError, match=r"With its opening or end card, a film of 2 clips lasts 4\.7 to 180 seconds"):
        plan_project(project)


def test_the_command_lays_music_under_the_film_and_leaves_the_file_as_it_was(tmp_path):
    clip = lavfi(tmp_path / "clip.mp4", "testsrc2=s=180x320:r=30", sound="", seconds=3)
    music = lavfi(tmp_path / "music.m4a", "color=black:s=64x64:r=1", "-vn", seconds=4)
    music.chmod(0o400)
    made = make(clip, seconds=3, music=music)
    plan = plan_project(Project.objects.get(pk=made["project"]))
    assert plan.bed.track == hashlib.sha256(music.read_bytes()).hexdigest()
    assert (music.stat().st_mode & 0o777, music.stat().st_nlink) == (0o400, 1)
    heard = {line["code"]: line["ok"] for line in made["report"]["checks"] if line["name"] in ("audio", "lufs")}
    assert heard == {"soundless": True, "lufs": True}  # the clip gives none of its own, which is no fault


@pytest.mark.parametrize("content", [None, b"", b"no music at all"])
def test_music_that_is_none_ends_the_command_with_a_sentence_and_no_film(tmp_path, content):
    clip, music = lavfi(tmp_path / "clip.mp4", "testsrc2=s=180x320:r=30", seconds=1), tmp_path / "music.mp3"
    if content is not None:
        music.write_bytes(content)
    with pytest.raises(SystemExit) as ended:
        make(clip, seconds=3, music=music)
    assert ended.value.code == 2
    assert not Project.objects.exists() and not Track.objects.exists()
