"""What people meet everywhere: hints that go away, pages of errors, numbers and times, no word untranslated."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone, translation
from django.views.defaults import server_error

from ranking.errors import bad_request
from ranking.models import Project, User, Video
from ranking.templatetags.studio import ago, duration, human_count, when

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
# Korean, three words, two of which the first is capital, or a word that ends as a sentence does.
SENTENCE = r"[가-힣]|\b[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}|^[A-Z][a-z]+ [a-z]+|[a-z]{3,}[.!?…]$"
# Bookmark and user script run on TikTok's page, and hold what collects there.
COLLECTOR = settings.BASE_DIR / "templates/scraping/capture-collect.js"
SCRIPTS = [*sorted((settings.BASE_DIR / "static").glob("*.js")), COLLECTOR]


@pytest.fixture
def ranking(alice) -> str:
    project = Project.objects.create(owner=alice, title="TOP 1")
    project.add(Video.objects.create(source="tiktok", external_id="1"))
    return project.get_absolute_url()


def test_a_hint_goes_for_good_once_its_user_puts_it_away(client, alice, bob, bobs_client, ranking):
    assert 'id="hint-moves"' in client.get(ranking).content.decode()
    answer = client.post(reverse("hint-away", args=["moves"]), headers={"HX-Request": "true"})
    assert answer.status_code == 200 and answer.content == b""
    assert 'id="hint-moves"' not in client.get(ranking).content.decode()
    assert 'id="hint-library"' in client.get(reverse("library")).content.decode()  # another one stays
    Project.objects.update(owner=bob)
    assert 'id="hint-moves"' in bobs_client.get(ranking).content.decode()  # and bob never put it away
    again = Client()
    again.force_login(User.objects.get(pk=alice.pk))
    Project.objects.update(owner=alice)
    assert 'id="hint-moves"' not in again.get(ranking).content.decode()


def test_a_hint_goes_without_scripts_too_and_one_that_is_none_is_not_there(client, alice, ranking):
    page = f"http://testserver{ranking}"
    answer = client.post(reverse("hint-away", args=["moves"]), headers={"Referer": page})
    assert (answer.status_code, answer.url) == (302, page)
    elsewhere = client.post(reverse("hint-away", args=["picking"]), headers={"Referer": "https://evil.example/"})
    assert elsewhere.url == "/"
    assert client.post(reverse("hint-away", args=["nothing"])).status_code == 404
    alice.refresh_from_db()
    assert alice.hints_seen == ["moves", "picking"]


@pytest.mark.django_db
def test_a_request_that_is_too_much_says_so_in_both_languages(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = client.post(reverse("project-create"), {"title": "x" * 5000})
    assert answer.status_code == 413
    page = answer.content.decode()
    assert "너무 많아요" in page and "too much at once" in page and 'href="/"' in page


def test_a_request_that_cannot_be_read_says_so_in_both_languages():
    answer = bad_request(RequestFactory().get("/"), ValueError())
    assert answer.status_code == 400 and "이해하지 못했어요" in answer.content.decode()
    assert bad_request(RequestFactory().get("/"), RequestDataTooBig()).status_code == 413


def test_a_fault_of_the_studio_has_a_page_that_needs_no_database():
    page = server_error(RequestFactory().get("/")).content.decode()
    assert "스튜디오에 문제가" in page and "what was saved is still there" in page


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ko", ["450", "9,999", "1.2만", "123만", "4.5억", "—", "0"]),
        ("en", ["450", "9.9K", "12.3K", "1.2M", "450M", "—", "0"]),
    ],
)
def test_counts_are_written_as_people_say_them(language, said):
    with translation.override(language):
        assert [human_count(n) for n in (450, 9_999, 12_345, 1_230_000, 450_000_000, None, 0)] == said


def test_moments_and_lengths_are_written_as_people_say_them():
    now = timezone.now()
    with translation.override("ko"):
        assert [ago(now - timedelta(**since)) for since in ({"seconds": 5}, {"hours": 3}, {"days": 9})] == [
            "방금",
            "3시간 전",
            "1주 전",
        ]
    with translation.override("en"):
        assert ago(now - timedelta(hours=3)).replace("\xa0", " ") == "3 hours ago"
    assert [duration(seconds) for seconds in (15, 75, 3725, None)] == ["0:15", "1:15", "1:02:05", "—"]


def test_who_points_at_how_long_ago_it_was_sees_the_date_and_the_time():
    moment = timezone.now().replace(2026, 3, 5, 3, 7) - timedelta(days=365)
    with translation.override("ko"):
        said = when(moment)
    assert f'datetime="{moment.isoformat()}"' in said and "전</time>" in said
    assert 'title="2025년 3월 5일 12:07 오후"' in said  # in Seoul
    assert when(None) == "—"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_moment_of_a_template_can_be_read_exactly(path):
    """But within an attribute, where there is room for words only."""
    assert [line for line in re.findall(r".*\|ago\b", path.read_text()) if 'aria-label="' not in line] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_word_hides_untranslated_in_an_attribute(path):
    text = re.sub(
        r"\{% blocktrans.*?endblocktrans %\}|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "", path.read_text(), flags=re.S
    )
    said = re.findall(r'\b(?:title|placeholder|aria-label|alt|aria-description)="([^"]*)"', text)
    assert [words for words in said if re.search(r"[A-Za-z가-힣]{2,}", words)] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_says_nothing_of_its_own(path):
    """What it says comes from the page's data attributes, in the page's language."""
    code = re.sub(r"^\s*//.*$|(?<=[;{}]) //.*$", "", path.read_text(), flags=re.M)
    texts = ["".join(found) for found in re.findall(r'"([^"\n]*)"|`([^`]*)`', code)]
    texts = [re.sub(r"\$\{.*?\}", "", text) for text in texts]
    assert [text for text in texts if re.search(SENTENCE, text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_icon_of_a_template_is_in_the_sprite(path):
    sprite = (settings.BASE_DIR / "static/img/icons.svg").read_text()
    known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    assert set(re.findall(r'\{% icon "([^"]+)"', path.read_text())) - known == set()


@pytest.mark.parametrize("kind", ["js", "css"])
def test_own_scripts_and_styles_stay_under_1200_lines(kind):
    files = sorted((settings.BASE_DIR / "static").glob(f"*.{kind}"))
    assert sum(path.read_text().count("\n") for path in files) < 1200
