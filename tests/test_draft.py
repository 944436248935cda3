"""A draft is the whole film at half the size: to look at in place, not to publish."""

from pathlib import Path

import pytest
from django.urls import reverse

from rendering import tasks
from rendering.generate import start_render
from rendering.models import Render
from tests.films import look, sound_faults
from tests.test_renders import clips, drain, project  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db


def draft_of(project) -> Render:  # noqa: F811
    return drain(start_render(project, draft=True))


def test_a_draft_has_every_piece_and_the_sound_at_half_the_size(project, valkey):  # noqa: F811
    render = draft_of(project)
    assert (render.status, render.error, render.rendered) == ("done", "", 3)
    picture = look(Path(render.film.path))
    assert (picture.size, picture.frames, picture.steps) == ((540, 960), 90, {picture.ticks // 30})
    assert sound_faults(Path(render.film.path), 3, silent=False) == []
    assert "checks" not in render.facts


@pytest.mark.long
def test_the_film_after_a_draft_has_pieces_of_its_own_and_the_same_sound(project, valkey, settings):  # noqa: F811
    draft_of(project)
    sounds = list((settings.SEGMENTS_DIR / "sound").glob("*.m4a"))
    film = drain(start_render(project))
    assert (film.status, film.rendered, film.facts["width"]) == ("done", 3, 1080)
    assert list((settings.SEGMENTS_DIR / "sound").glob("*.m4a")) == sounds and len(sounds) == 1


def test_a_draft_beside_a_film_of_the_same_ranking_is_a_film_of_its_own(project, valkey):  # noqa: F811
    film = start_render(project)
    assert start_render(project, draft=True).pk not in (film.pk, None)
    assert start_render(project, draft=True).pk == start_render(project, draft=True).pk


def test_a_draft_is_marked_and_cannot_be_downloaded(project, client, valkey):  # noqa: F811
    answer = client.post(reverse("render-draft", args=[project.pk]), headers={"HX-Request": "true"})
    render = Render.objects.get()
    assert render.draft and f"job-{render.pk}" in answer.content.decode()
    drain(render)
    page = client.get(project.get_absolute_url()).content.decode()
    address = reverse("render-film", args=[render.pk])
    assert "This is a draft" in page and f'src="{address}"' in page and "download=1" not in page
    assert client.get(address).status_code == 200
    assert client.get(address, {"download": 1}).status_code == 404


@pytest.mark.long
def test_from_a_draft_one_comes_back_to_the_finished_film(project, client, valkey):  # noqa: F811
    film = drain(start_render(project))
    draft = draft_of(project)
    assert draft.finished_film == film
    page = client.get(project.get_absolute_url()).content.decode()
    assert film.get_absolute_url() in page


def test_a_failed_draft_is_tried_again_as_a_draft(project, client, valkey):  # noqa: F811
    draft = start_render(project, draft=True)
    draft.cancel()
    client.post(reverse("render-retry", args=[draft.pk]))
    assert Render.objects.active().get().draft


def test_only_the_owner_drafts(project, bobs_client):  # noqa: F811
    assert bobs_client.post(reverse("render-draft", args=[project.pk])).status_code == 404
    assert not tasks.Render.objects.exists()
