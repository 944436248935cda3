"""Whoever must come back to a page comes back to one: after a change of the language, after logging in, from a form."""

import re

import pytest
from django.test import Client
from django.urls import resolve, reverse

from ranking.models import Project, User
from ranking.visits import takes_visits
from tests.test_strangers import addresses, clip, filled, hers, logged_in  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db
NEXT = re.compile(r'name="next" value="([^"]*)"')


@pytest.fixture
def chief(alice) -> User:
    alice.is_staff = alice.is_superuser = True
    alice.save()
    return alice


def pages(hers) -> list[str]:  # noqa: F811
    left_out = ("api/", "password/<", "join/")  # of programs, and what a secret in the address opens
    return [filled(route, hers) for route, _name in addresses() if not route.startswith(left_out)]


def test_what_takes_no_visit_is_known_without_trying(chief, hers):  # noqa: F811
    client = logged_in(chief)
    tried = {path: client.get(path).status_code != 405 for path in pages(hers)}
    known = {path: takes_visits(resolve(path).func) for path in tried}
    assert known == tried
    assert sum(not visited for visited in tried.values()) > 40


def test_the_language_can_be_changed_on_whatever_a_form_is_answered_with(chief, hers):  # noqa: F811
    """Each answer that is a page, whatever was sent, names a page to come back to; also when it is sent from there."""
    client, seen, wrong = logged_in(chief), set(), []
    for path in pages(hers):
        if path in ("/logout/", "/i18n/setlang/"):
            continue
        for referer in ("", f"http://testserver{path}", "https://evil.example/account/"):
            answer = client.post(path, {"name": "x", "email": "no address"}, headers={"Referer": referer})
            client.force_login(chief)
            if answer.streaming or not (found := NEXT.search(answer.content.decode(errors="replace"))):
                continue
            seen.add(path)
            switched = client.post("/i18n/setlang/", {"language": "en", "next": found[1]}, follow=True)
            if switched.status_code != 200 or "<nav" not in switched.content.decode():
                wrong.append((path, referer, found[1], switched.status_code))
    assert wrong == []
    assert seen >= {"/account/tokens/", "/account/email/", "/account/password/", "/people/invite/"}


def test_the_way_back_is_the_page_of_the_form_or_the_nearest_above(client):
    page = client.post(reverse("account-email"), {"email": "no"}, headers={"Referer": "http://testserver/account/?a=1"})
    assert page.status_code == 422 and NEXT.search(page.content.decode())[1] == "/account/?a=1"
    page = client.post(
        reverse("account-email"), {"email": "no"}, headers={"Referer": "http://testserver/account/email/"}
    )
    assert NEXT.search(page.content.decode())[1] == "/account/"


def test_who_visits_what_takes_no_visit_is_told_so_in_both_languages_with_a_way_on(client):
    answer = client.get(reverse("token-add"))
    page = answer.content.decode()
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "열어 볼 수 없어요" in page and "cannot be opened" in page and 'href="/"' in page
    assert b"<html" not in client.get("/api/v1/downloads").content  # programs get no page


def test_who_logs_in_again_comes_to_a_page_also_from_a_form(hers):  # noqa: F811
    came = "http://testserver/projects/1/"
    sent = Client().post(f"/entries/{hers['entries/']}/edit/", {"label": "x"}, headers={"Referer": came})
    assert sent.url == "/login/?next=/projects/1/"
    assert Client().post("/account/email/").url == Client().get("/account/email/").url == "/login/?next=/account/"
    assert Client().get("/library/?q=a").url == "/login/?next=/library/%3Fq%3Da"


def test_what_htmx_asks_for_without_a_session_is_refused_and_not_sent_on(hers):  # noqa: F811
    stranger, wrong = Client(), []
    for address in addresses():
        if address.is_open or address.route.startswith("api/"):
            continue
        for method in ("get", "post"):
            answer = getattr(stranger, method)(filled(address.route, hers), headers={"HX-Request": "true"})
            if answer.status_code != 401 or answer.content:
                wrong.append((method, address.route, answer.status_code))
    assert wrong == []


def test_a_film_that_cannot_be_made_is_refused_on_a_whole_page_without_htmx(client, alice):
    project = Project.objects.create(owner=alice, title="TOP 3")
    address = reverse("render-start", args=[project.pk])
    answer = client.post(address)
    page = answer.content.decode()
    assert answer.status_code == 422 and "<nav" in page and project.get_absolute_url() in page
    part = client.post(address, headers={"HX-Request": "true"})
    assert part.status_code == 422 and "<nav" not in part.content.decode()
