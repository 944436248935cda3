"""The one local owner needs no password on this machine, and nobody else is ever taken for them."""

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from ranking.models import User
from ranking.owner import is_local

pytestmark = pytest.mark.django_db


@pytest.fixture
def embedded(settings):
    """The settings that `manage.py studio` makes on a loopback address."""
    settings.LOCAL_OWNER = True
    settings.ALLOWED_HOSTS = ["*"]


def visit(host="127.0.0.1:8000", peer="127.0.0.1", **headers):
    """Return who a visitor of the first page is, or None when they are sent to the login page."""
    answer = Client(headers=headers).get(reverse("home"), headers={"host": host}, REMOTE_ADDR=peer)
    if answer.status_code == 302:
        assert answer.url.startswith(reverse("login"))
        return None
    assert answer.status_code == 200
    return answer.wsgi_request.user


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "localhost", "[::1]:8000", "[::1]"])
@pytest.mark.parametrize("peer", ["127.0.0.1", "::1"])
def test_a_browser_on_this_machine_is_the_owner(embedded, host, peer):
    assert visit(host, peer) == User.objects.local_owner()


def test_the_owner_stays_one_and_cannot_log_in_by_password(embedded):
    first, second = visit(), visit()
    assert first == second and User.objects.count() == 1
    assert not first.has_usable_password()
    assert not Client().login(username="owner", password="")


@pytest.mark.parametrize("peer", ["192.168.0.7", "8.8.8.8", "::ffff:192.168.0.7", "fe80::1", "", "unix:"])
def test_another_machine_is_sent_to_the_login_page(embedded, peer):
    assert visit(peer=peer) is None


@pytest.mark.parametrize(
    "host", ["studio.example.com", "192.168.0.2:8000", "127.0.0.1.evil.example", "localhost.evil.example"]
)
def test_another_name_for_this_machine_is_sent_to_the_login_page(embedded, host):
    """A page of the web may point its own name at 127.0.0.1 (DNS rebinding); a proxy keeps the public name."""
    assert visit(host) is None


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Real-IP"])
def test_a_forwarded_request_is_never_local(embedded, header):
    assert visit(**{header: "127.0.0.1"}) is None


def test_without_local_owner_everybody_logs_in(settings):
    settings.LOCAL_OWNER = False
    assert visit() is None
    assert not User.objects.filter(username="owner").exists()


def test_a_user_who_is_logged_in_stays_who_they_are(embedded, client, alice):
    assert client.get(reverse("home"), headers={"host": "localhost"}).wsgi_request.user == alice


def test_login_by_password_works_where_there_is_no_local_owner(alice):
    browser = Client()
    answer = browser.post(reverse("login"), {"username": "alice", "password": "alice's password"})
    assert answer.status_code == 302
    assert browser.get(reverse("home")).wsgi_request.user == alice


def test_a_request_without_a_peer_is_not_local():
    request = RequestFactory().get("/", headers={"host": "localhost"})
    del request.META["REMOTE_ADDR"]
    assert not is_local(request)
