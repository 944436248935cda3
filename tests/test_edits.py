"""After an edit: what is said of the older film, what fields say of themselves, and that nothing typed is lost."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from ranking.jobs import Waiting
from ranking.models import Project
from rendering.behind import is_behind
from rendering.generate import generate, start_render
from rendering.models import Render
from tests.test_journey import clips, upload, visitor  # noqa: F401 (fixtures)
from tests.test_publish import POST, ranking
from tests.test_renders import clips as small_clips  # noqa: F401 (fixture)
from tests.test_renders import project as real_project  # noqa: F401 (fixture)
from tests.ways import PHONE


@pytest.fixture
def project(alice) -> Project:
    return ranking(alice, POST, {}, {})


CHANGES = [
    {"label": "다른 라벨"},
    {"reason": "표정이 압권이에요"},
    {"volume": 0.5},
    {"start": 2.0, "end": 6.0},
    {"fit": "contain"},
    {"masks": [{"x": 0.1, "y": 0.1, "width": 0.2, "height": 0.2, "start": 0.0, "end": None}]},
]


@pytest.mark.parametrize("change", CHANGES, ids=[next(iter(change)) for change in CHANGES])
def test_a_film_from_before_the_last_change_is_told_so(client, project, valkey, change):
    render = start_render(project)
    address = reverse("render-behind", args=[render.pk])
    assert not is_behind(render) and "Made before" not in client.get(address).content.decode()
    project.entries.filter(rank=2).update(**change)
    told = client.get(address).content.decode()
    assert "Made before your last change" in told
    again = reverse("render-retry", args=[render.pk])
    assert f'hx-post="{again}"' in told
    answer = client.post(again, headers={"HX-Request": "true"})
    assert answer["HX-Retarget"] == f"#job-{render.pk}" and project.renders.count() == 2


def test_new_numbers_of_a_source_make_no_film_old_but_a_video_taken_out_does(project, valkey):
    render = start_render(project)
    video = project.entries.get(rank=1).video
    video.play_count = 99_000_000
    video.save()
    assert not is_behind(Render.objects.get(pk=render.pk))
    project.entries.get(rank=3).remove()
    assert is_behind(Render.objects.get(pk=render.pk))


def test_bob_is_not_told_about_alices_film(bobs_client, project, valkey):
    assert bobs_client.get(reverse("render-behind", args=[start_render(project).pk])).status_code == 404


@pytest.mark.parametrize(("field", "most"), [("title", 200), ("label", 200), ("reason", 300), ("card", 200)])
def test_what_is_too_long_is_refused_with_its_count_and_never_cut(client, project, field, most):
    entry = project.entries.get(rank=1)
    addresses = {"title": reverse("project-title", args=[project.pk])}
    addresses["card"] = reverse("project-settings", args=[project.pk])
    address = addresses.get(field, reverse("entry-edit", args=[entry.pk]))
    others = {"target": "shorts", "order": "countdown", "transition": "cut"} if field == "card" else {}
    answer = client.post(address, {field: "가" * (most + 13), **others}, headers={"HX-Request": "true"})
    words = answer.content.decode()
    assert answer.status_code == 422 and f"At most {most} letters fit here: these are {most + 13}." in words
    page = client.get(project.get_absolute_url()).content.decode()
    assert "가" * 50 not in page and f'data-most="{most}"' in page and 'name="title" rows="2" maxlength' not in page


def test_a_volume_is_told_in_percent(client, project):
    project.entries.filter(rank=1).update(volume=0.35)
    page = client.get(project.get_absolute_url()).content.decode()
    assert "<output>35%</output>" in page and page.count("<output>100%</output>") == 2


@pytest.mark.long
@pytest.mark.film
def test_a_draft_shows_a_percent_while_its_art_is_drawn(real_project, valkey):  # noqa: F811
    render = start_render(real_project, draft=True)
    with render.running() as claimed:
        assert claimed
        with pytest.raises(Waiting):
            generate(render)
        render.refresh_from_db()
        assert render.percent >= 1 and render.stage == Render.Stage.SEGMENTS
        raise Waiting


@pytest.mark.long
@pytest.mark.browser
def test_a_label_typed_just_before_the_page_is_left_is_there_again(visitor, clips):  # noqa: F811
    page = visitor("ko-KR", PHONE)
    upload(page, clips[:3])
    field = page.locator("[data-entry] input[name=label]").first
    field.fill("떠나기 직전에 쓴 라벨")
    page.reload()
    expect(page.locator("[data-entry] input[name=label]").first).to_have_value("떠나기 직전에 쓴 라벨")
    page.wait_for_timeout(1500)
    page.reload()
    expect(page.locator("[data-entry] input[name=label]").first).to_have_value("떠나기 직전에 쓴 라벨")


@pytest.mark.long
@pytest.mark.browser
def test_fields_count_their_letters_and_say_how_loud_they_stand(visitor, clips):  # noqa: F811
    page = visitor("ko-KR", PHONE)
    upload(page, clips[:3])
    page.locator("#title").fill("가" * 213)
    expect(page.locator(".title-form .count.over")).to_have_text("213 / 200")
    page.locator("#title").fill("짧은 제목")
    expect(page.locator(".title-form .count")).to_be_hidden()
    page.locator("[id^=cut-] > summary").first.click()
    slider = page.locator(".cut-form input[name=volume]").first
    slider.evaluate("field => { field.value = 0.5; field.dispatchEvent(new Event('input', { bubbles: true })) }")
    expect(page.locator(".cut-form .measured output").first).to_have_text(re.compile("50%"))
