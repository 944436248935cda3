"""The cover of a film is a moment that its maker chooses; it is taken away with the film's text or without."""

import io
from pathlib import Path

import numpy as np
import pytest
from django.urls import reverse
from PIL import Image

from rendering import cover
from rendering.generate import plan_project, start_render
from rendering.models import Render
from rendering.plan import Plan
from tests.test_renders import clips, drain, project  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db


@pytest.fixture
def film(project, valkey) -> Render:  # noqa: F811
    return drain(start_render(project))


@pytest.fixture
def row(project) -> Render:  # noqa: F811
    """A finished film of which only the row is needed."""
    plan = plan_project(project).to_json()
    fields = {"status": Render.Status.DONE, "film": "films/some.mp4", "cover": "films/some.jpg", "seconds": 3.0}
    return Render.objects.create(project=project, owner=project.owner, plan=plan, **fields)


def picture(client, film: Render, kind: str) -> np.ndarray:
    """Return an export as light, of shape (1920, 1080)."""
    answer = client.get(reverse("cover-export", args=[film.pk, kind]))
    assert answer["Content-Type"] == "image/jpeg" and "attachment" in answer["Content-Disposition"]
    image = Image.open(io.BytesIO(answer.getvalue()))
    assert image.size == (1080, 1920)
    return np.asarray(image.convert("L")).astype(float)


def shown(film: Render) -> np.ndarray:
    """Return the small cover that the pages show, as large as an export."""
    return np.asarray(Image.open(film.cover.path).convert("L").resize((1080, 1920))).astype(float)


def choose(client, film: Render, at: object) -> object:
    return client.post(reverse("cover-choose", args=[film.pk]), {"at": at}, headers={"HX-Request": "true"})


def test_the_cover_shows_the_chosen_moment_and_so_do_the_exports(film, client):
    before, old = shown(film), film.cover.path
    assert choose(client, film, "2.5").status_code == 200
    film.refresh_from_db()
    assert film.cover_at == 2.5
    assert not Path(old).exists() and np.abs(shown(film) - before).mean() > 5
    assert np.abs(shown(film) - picture(client, film, "cover")).mean() < 3
    later = drain(start_render(film.project))
    assert later.cover_at == 2.5 and np.abs(shown(later) - shown(film)).mean() < 1, "later films keep it"
    small, whole = shown(film), picture(client, film, "cover")
    assert choose(client, later, "0.5").status_code == 200
    film.refresh_from_db()
    assert film.cover_at == 2.5 and np.abs(shown(film) - small).max() == 0, "each film has its own"
    assert np.abs(picture(client, film, "cover") - whole).max() == 0
    assert np.abs(picture(client, later, "cover") - whole).mean() > 5


@pytest.mark.long
def test_without_text_it_is_the_same_moment_of_the_clip(film, client):
    choose(client, film, "2.6")
    text, plain = picture(client, film, "cover"), picture(client, film, "cover-plain")
    differs = np.abs(text - plain) > 40
    assert differs[160:500].mean() > 0.03, "the title stands in one of them only"
    assert np.median(np.abs(text - plain)) < 4, "beside the text they are alike"


def test_every_moment_has_a_clip(row):
    plan = Plan.from_json(row.plan)
    assert [cover.clip_at(plan, second) for second in (0, 0.99, 1.0, 2.99, 99)] == [
        (3, 0), (3, 29), (2, 0), (1, 29), (1, 29),
    ]  # fmt: skip
    for second in (0, 2.99):
        assert cover.clip_frame(plan, second)


@pytest.mark.parametrize("at", ["", "soon", "-1", "99", "nan", "inf"])
def test_a_moment_that_is_none_changes_nothing(row, client, at):
    answer = choose(client, row, at)
    assert answer.status_code == 422 and "The film has no such moment." in answer.content.decode()
    row.project.refresh_from_db()
    assert row.project.cover_at is None


def test_a_film_whose_file_is_gone_is_told_in_a_sentence_and_keeps_its_cover(row, client):
    answer = choose(client, row, "1")
    assert answer.status_code == 422 and "gone or damaged" in answer.content.decode()
    row.refresh_from_db()
    assert (row.cover_at, row.project.cover_at, row.cover.name) == (None, None, "films/some.jpg")
    answer = client.get(reverse("cover-export", args=[row.pk, "cover"]), follow=True)
    assert "The film&#x27;s file is gone or damaged" in answer.content.decode()


def test_only_finished_films_of_ones_own_have_a_cover_to_choose(row, client, bobs_client, project):  # noqa: F811
    Render.objects.filter(pk=row.pk).update(draft=True)
    assert choose(client, row, "1").status_code == 404
    Render.objects.filter(pk=row.pk).update(draft=False)
    assert choose(bobs_client, row, "1").status_code == 404
    assert bobs_client.get(reverse("cover-export", args=[row.pk, "cover"])).status_code == 404
    assert client.get(reverse("cover-export", args=[row.pk, "other"])).status_code == 404


def test_a_cover_whose_clip_is_gone_is_told_in_a_sentence(row, client, project):  # noqa: F811
    for entry in project.ranked():
        Path(entry.video.file.path).unlink()
    answer = client.get(reverse("cover-export", args=[row.pk, "cover-plain"]), follow=True)
    assert "The file of a video is gone" in answer.content.decode()
