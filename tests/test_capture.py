"""The one address that takes what a person saw on TikTok: who may post to it, how often, and what comes of it."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ranking.models import Video
from scraping import tokens
from scraping.models import CaptureToken, Search
from tests.test_strangers import addresses

pytestmark = pytest.mark.django_db
TIKTOK = "https://www.tiktok.com"
LOAD = {
    "page": "https://www.tiktok.com/search?q=%EC%B6%A4",
    "title": "TikTok",
    "items": [
        {
            "id": "7513039993741397256",
            "desc": "춤 🔥",
            "createTime": 1749265942,
            "author": {"uniqueId": "seoul.night_1", "nickname": "서울의 밤"},
            "statsV2": {"playCount": "3104552871"},
            "video": {"duration": 18},
        }
    ],
    "cards": [
        {"url": "https://www.tiktok.com/@a/video/7513039993741397299", "id": "7513039993741397299", "views": "1.2M"}
    ],
}


def posted(token: str, body: object = LOAD, origin: str = TIKTOK, **more: object):
    """Post a capture as a browser would: by somebody who is not logged in, with the token alone."""
    content = body if isinstance(body, bytes) else json.dumps(body)
    headers = {"Authorization": f"Bearer {token}"} | ({"Origin": origin} if origin else {})
    options = {"content_type": "application/json", "headers": headers} | more
    return Client(enforce_csrf_checks=True).post(reverse("capture-take"), content, **options)


def test_what_was_seen_becomes_a_search_with_its_numbers(alice):
    answer = posted(tokens.issue(alice))
    told, search = answer.json(), Search.objects.get(owner=alice)

    assert (answer.status_code, told["found"], told["new"], told["skipped"]) == (200, 2, 2, 0)
    assert told["url"].endswith(search.get_absolute_url()) and search.query == "춤"
    exact, rough = search.videos()
    assert (exact.play_count, exact.rounded, exact.author, exact.like_count) == (
        3104552871,
        False,
        "seoul.night_1",
        None,
    )
    assert (rough.play_count, rough.rounded, rough.author) == (1_200_000, True, "a")


def test_a_token_is_good_once_and_brings_the_next(alice):
    token = tokens.issue(alice, tokens.FOR_SCRIPT)
    following = posted(token).json()["next"]

    assert posted(token).status_code == 403
    assert posted(following).status_code == 200
    assert Search.objects.count() == 2
    left = CaptureToken.objects.get(used_at=None)
    assert tokens.lifetime(left) > timedelta(days=29), "the script's next token lives as long as its first"


def test_a_token_is_kept_as_its_digest_and_ends(alice):
    token = tokens.issue(alice)
    row = CaptureToken.objects.get()
    assert token not in f"{row.digest} {row}" and len(row.digest) == 64

    CaptureToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert posted(token).json()["error"].startswith("This permission was used already or is too old.")
    tokens.issue(alice)
    assert not CaptureToken.objects.filter(pk=row.pk).exists(), "old ones are thrown away"


def test_a_user_has_only_so_many_tokens(alice, bob):
    others = tokens.issue(bob)
    first = tokens.issue(alice)
    for _ in range(tokens.MOST):
        last = tokens.issue(alice)

    assert posted(first).status_code == 403
    assert posted(last).status_code == posted(others).status_code == 200


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "https://www.tiktok.com.evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"content_type": "text/plain"}, 415),
        ({"content_type": "application/x-www-form-urlencoded"}, 415),
        ({"body": b"[" + b" " * 5_000_000 + b"]"}, 413),
    ],
)
def test_what_is_not_even_read_uses_no_token_up(alice, more, status):
    token = tokens.issue(alice)

    assert posted(token, **more).status_code == status
    assert posted(token).status_code == 200


@pytest.mark.parametrize("body", [b" ", b"{", {"items": [], "cards": []}, {"items": "x", "cards": 3}, [], 7, "춤"])
def test_a_capture_without_a_video_says_so_and_the_script_goes_on(alice, body):
    answer = posted(tokens.issue(alice), body)

    assert answer.status_code == 422 and answer.json()["error"].endswith((".", "here."))
    assert not Search.objects.exists() and not Video.objects.exists()
    assert posted(answer.json()["next"]).status_code == 200


def test_letters_that_no_database_takes_do_not_end_a_capture(alice):
    odd = "a\u0000b\ud800\u202ec"
    item = {**LOAD["items"][0], "desc": odd, "author": {"uniqueId": odd, "nickname": odd * 100}}
    item["video"] = {"duration": 18, "cover": f"https://p16-sign-va.tiktokcdn.com/{odd}"}
    body = {"page": f"https://www.tiktok.com/search?q={odd}", "items": [item, {**item, "id": odd}], "cards": []}
    answer = posted(tokens.issue(alice), body)

    assert (answer.status_code, answer.json()["found"], answer.json()["skipped"]) == (200, 1, 1)
    assert Search.objects.get().query == Video.objects.get().caption == "ab?c"


def test_only_tiktok_s_pages_are_let_in_by_the_browser(alice):
    def asked(origin: str):
        headers = {"Origin": origin, "Access-Control-Request-Private-Network": "true"}
        return Client().options(reverse("capture-take"), headers=headers)

    good, bad = asked(TIKTOK), asked("https://evil.example")
    assert good.status_code == 204
    assert good["Access-Control-Allow-Origin"] == TIKTOK and good["Access-Control-Allow-Private-Network"] == "true"
    assert "authorization" in good["Access-Control-Allow-Headers"] and "Origin" in good["Vary"]
    assert not any(name.startswith("Access-Control") for name in bad.headers)
    assert "Access-Control-Allow-Credentials" not in good.headers
    assert posted(tokens.issue(alice))["Access-Control-Allow-Origin"] == TIKTOK


@pytest.mark.parametrize("method", ["get", "post", "options"])
def test_no_other_address_is_open_to_tiktok(client, method):
    walked = [address for address in addresses() if address.name != "capture-take"]
    assert len(walked) > 130
    headers = {
        "Origin": TIKTOK,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Private-Network": "true",
    }
    for address in walked:
        path = "/" + re.sub(r"\\?\W*\$$|\^", "", re.sub(r"<[^>]+>|\(\?P<[^>]+>[^)]*\)", "1", address.route))
        answer = getattr(Client(raise_request_exception=False) if method == "post" else client, method)(
            path, headers=headers
        )
        assert not any(header.startswith("Access-Control") for header in answer.headers), path


def test_being_logged_in_is_no_permission(client):
    answer = client.post(
        reverse("capture-take"), json.dumps(LOAD), content_type="application/json", headers={"Origin": TIKTOK}
    )

    assert answer.status_code == 403 and not Search.objects.exists()


def test_the_page_and_what_it_hands_out_are_for_users_only(stranger, client):
    for name in ("capture", "capture-window", "capture-script"):
        assert stranger.get(reverse(name)).status_code == 302, name
    assert not CaptureToken.objects.exists()
    page = client.get(reverse("capture")).content.decode()

    assert page.count("<li><b>") == 3 and 'href="javascript:' in page
    assert not CaptureToken.objects.exists(), "the bookmark holds nothing secret"


def test_the_window_keeps_its_tie_to_the_page_that_opened_it(client):
    answer = client.get(reverse("capture-window"))

    assert answer["Cross-Origin-Opener-Policy"] == "unsafe-none"
    assert client.get(reverse("capture"))["Cross-Origin-Opener-Policy"] == "same-origin"
    assert TIKTOK in answer.content.decode() and "no-store" in answer["Cache-Control"]


def test_the_script_is_made_for_its_user(client, alice):
    text = client.get(reverse("capture-script"), headers={"Host": "localhost:8000"}).content.decode()

    assert "@connect      localhost\n" in text and "http://localhost:8000" in text
    assert "&quot;" not in text and "{{" not in text and "{%" not in text
    token = text.split('const first = "')[1].split('"')[0]
    assert posted(token).status_code == 200 and Search.objects.get().owner == alice
