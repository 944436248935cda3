"""The gallery: a style is chosen by its picture; a user's own is one file, up and down."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from PIL import Image

from ranking.models import Project, Video
from rendering.gallery import shown_plan
from rendering.generate import own_look
from rendering.models import OwnStyle
from rendering.own_styles import keep_own_style
from rendering.plan import Plan
from rendering.preview import preview_frame, preview_plan
from rendering.style import names, style_of
from tests.boards import LABELS, data_of


@pytest.fixture
def project(alice) -> Project:
    made = Project.objects.create(owner=alice, title="심장이 뛰는 | 순간 TOP 3")
    for number in range(3):
        video = Video.objects.create(
            source="upload", external_id=f"{number}", owner=alice, file="v.mp4", sha256=f"{number}" * 64
        )
        made.add(video, label=LABELS[number])
    return made


def test_the_gallery_shows_every_style_as_a_picture_of_this_project(client, project):
    page = client.get(reverse("styles", args=[project.pk]), headers={"HX-Request": "true"}).content.decode()
    for name in names():
        assert f'value="{name}"' in page
    address = page.split('<img src="')[1].split('"')[0]
    answer = client.get(address)
    picture = Image.open(io.BytesIO(b"".join(answer)))
    assert (picture.format, picture.size) == ("WEBP", (270, 480))
    assert "immutable" in answer["Cache-Control"]
    project.title = "다른 제목"
    project.save()
    assert address not in client.get(reverse("styles", args=[project.pk])).content.decode()


def test_choosing_a_style_stores_it_and_the_stage_is_told(client, project):
    answer = client.post(reverse("style-choose", args=[project.pk]), {"style": "split"}, headers={"HX-Request": "true"})
    project.refresh_from_db()
    assert project.style == "split" and "board-changed" in answer["HX-Trigger"]
    assert preview_frame(preview_plan(project)).top > 20 and preview_frame(preview_plan(project)).width == 100
    board = client.get(reverse("board", args=[project.pk])).content.decode()
    assert "--frame-width:100" in board


def test_a_style_that_is_not_there_is_refused_with_a_sentence(client, project):
    answer = client.post(
        reverse("style-choose", args=[project.pk]), {"style": "own-99"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 422 and "own-99" in answer.content.decode()
    project.refresh_from_db()
    assert project.style == "classic"


def test_settings_keep_the_style_that_the_gallery_stored(client, project):
    Project.objects.filter(pk=project.pk).update(style="neon")
    client.post(
        reverse("project-settings", args=[project.pk]), {"target": "reels", "order": "countdown", "seconds": ""}
    )
    project.refresh_from_db()
    assert (project.style, project.target) == ("neon", "reels")


def upload(client, project, data: bytes, name: str = "mine.json"):
    file = io.BytesIO(data)
    file.name = name
    return client.post(reverse("style-upload", args=[project.pk]), {"file": file}, headers={"HX-Request": "true"})


def test_a_downloaded_style_changed_and_uploaded_is_filmed(client, project):
    mine = client.get(reverse("style-json", args=["neon"])).json()
    assert mine == data_of("neon")
    mine |= {"name": "우리 채널"}
    mine["title"]["lines"][0]["fill"] = "#00FF00"
    answer = upload(client, project, json.dumps(mine).encode())
    assert answer.status_code == 200 and "“우리 채널” is added, and this ranking has it" in answer.content.decode()
    project.refresh_from_db()
    own = OwnStyle.objects.get()
    assert project.style == f"own-{own.pk}"
    plan = preview_plan(project)
    assert plan.look == own_look(project) == mine and style_of(plan).title.lines[0].fill == (0, 255, 0)
    assert style_of(Plan.from_json(json.loads(json.dumps(plan.to_json())))) == style_of(plan)
    answer = client.post(reverse("style-delete", args=[project.pk, own.pk]), headers={"HX-Request": "true"})
    assert answer.status_code == 422 and OwnStyle.objects.exists()
    client.post(reverse("style-choose", args=[project.pk]), {"style": "classic"})
    client.post(reverse("style-delete", args=[project.pk, own.pk]))
    assert not OwnStyle.objects.exists()


def test_bob_neither_sees_nor_takes_nor_deletes_what_is_alices(bobs_client, bob, project, alice):
    own = keep_own_style(alice, json.dumps({**data_of(), "name": "alices"}).encode())
    his = Project.objects.create(owner=bob)
    assert "alices" not in bobs_client.get(reverse("styles", args=[his.pk])).content.decode()
    assert bobs_client.get(reverse("styles", args=[project.pk])).status_code == 404
    assert bobs_client.get(reverse("style-json", args=[f"own-{own.pk}"])).status_code == 404
    bobs_client.post(reverse("style-choose", args=[his.pk]), {"style": f"own-{own.pk}"})
    his.refresh_from_db()
    assert his.style == "classic"
    assert bobs_client.post(reverse("style-delete", args=[his.pk, own.pk])).status_code == 404
    assert OwnStyle.objects.filter(pk=own.pk).exists()


def test_the_command_lists_the_styles_and_draws_a_sheet(tmp_path, project):
    out = io.StringIO()
    call_command("styles", stdout=out)
    assert [line.split()[0] for line in out.getvalue().splitlines()] == names()
    file = tmp_path / "sheet.png"
    call_command("styles", sheet=file, project=project.pk, target="reels", stdout=out)
    with Image.open(file) as picture:
        assert picture.width > 270 * len(names()) and picture.height > 480
    with pytest.raises(CommandError, match="no project 99"):
        call_command("styles", sheet=file, project=99)


def test_a_ranking_without_videos_shows_a_sample_of_one_under_its_own_title(alice):
    plan = shown_plan(Project.objects.create(owner=alice, title="심쿵 | 순간"), "classic")
    assert (plan.title, len(plan.clips), plan.order[-1]) == (("심쿵", "순간"), 5, 1)
    assert all(clip.label for clip in plan.clips)
    assert shown_plan(Project.objects.create(owner=alice), "classic").title == ("Your title", "TOP 5")


def test_a_ranking_with_videos_shows_them_and_no_sample(project):
    assert shown_plan(project, "classic") == preview_plan(project, "classic")
