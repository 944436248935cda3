"""The page of all rankings: none is out of reach, however many there are."""

import pytest
from django.urls import reverse

from ranking.models import Project, User
from rendering.models import Render

pytestmark = pytest.mark.django_db


def begun(owner: User, count: int) -> list[Project]:
    return [Project.objects.create(owner=owner, title=f"Ranking {n:02}.") for n in range(count)]


def shown(client, **said: object) -> list[str]:
    page = client.get(reverse("rankings"), said)
    assert page.status_code == 200
    return [project.title for project in page.context["page"]]


def test_every_ranking_is_reached_the_last_edited_first(client, alice):
    begun(alice, 50)
    pages = [shown(client, page=number) for number in (1, 2, 3)]
    assert [len(titles) for titles in pages] == [24, 24, 2]
    assert [title for titles in pages for title in titles] == [f"Ranking {n:02}." for n in reversed(range(50))]
    assert f'href="{reverse("rankings")}"' in client.get(reverse("home")).content.decode()
    assert shown(client, page="no number") == pages[0]


def test_rankings_are_found_by_their_titles_and_by_their_films(client, alice):
    first, second, third = begun(alice, 3)
    film = {"owner": alice, "status": "done", "film": "films/1.mp4", "seconds": 9}
    Render.objects.create(project=first, **film)
    Render.objects.create(project=second, **film | {"draft": True})
    assert shown(client, state="filmed") == [first.title]
    assert shown(client, state="unfilmed") == [third.title, second.title], "a draft is no film"
    assert shown(client, q="RANKING 01") == [second.title] == shown(client, q="01. rank")
    assert shown(client, q="x" * 201) == shown(client, state="x") == [third.title, second.title, first.title]
    assert "No ranking is like that" in client.get(reverse("rankings"), {"q": "cats"}).content.decode()


def test_a_search_goes_on_from_page_to_page(client, alice):
    begun(alice, 30)
    page = client.get(reverse("rankings"), {"q": "Ranking", "state": "unfilmed", "page": 1}).content.decode()
    assert "?q=Ranking&amp;state=unfilmed&amp;page=2" in page and "30 rankings" in page


def test_rankings_are_their_owners(client, bobs_client, alice):
    begun(alice, 2)
    assert shown(bobs_client) == []
    assert "is kept here" in bobs_client.get(reverse("rankings")).content.decode()
