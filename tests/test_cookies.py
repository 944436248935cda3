"""A person lends the studio a TikTok session: what is taken of the file, how it is kept, and who ever sees it."""

import io
import logging
import time

import pytest
from django.core import serializers
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import RequestFactory
from django.urls import reverse
from django.views.debug import ExceptionReporter

from scraping import cookie_file, cookie_views, cookies, posts
from scraping.models import CookieJar
from scraping.providers.base import ProviderError
from tests.standin import StandIn

HEADER = "# Netscape HTTP Cookie File\n"
LOGIN = ".tiktok.com\tTRUE\t/\tTRUE\t0\tsessionid\tvery-secret\n"
VISITOR = ".tiktok.com\tTRUE\t/\tFALSE\t2524608000\tttwid\tvisitor-secret\n"
BANK = "bank.example\tFALSE\t/\tTRUE\t0\tpin\tbank-secret\n"


def rows(given):
    return cookie_file.read(given).text.splitlines()[1:]


def test_only_the_rows_of_tiktok_are_kept_and_all_for_https_only():
    near = "eviltiktok.com\tFALSE\t/\tTRUE\t0\ta\tb\ntiktok.com.evil.example\tFALSE\t/\tTRUE\t0\tc\td\n"
    own = "www.tiktok.com\tFALSE\t/\tFALSE\t2524608000\tmsToken\tx==\n"
    assert rows(HEADER + BANK + near + LOGIN + own) == [
        ".tiktok.com\tTRUE\t/\tTRUE\t0\tsessionid\tvery-secret",
        "www.tiktok.com\tFALSE\t/\tTRUE\t2524608000\tmsToken\tx==",
    ]


@pytest.mark.parametrize(
    "given",
    [
        HEADER + "#HttpOnly_" + LOGIN,
        (HEADER + LOGIN).replace("\n", "\r\n"),
        b"\xef\xbb\xbf" + (HEADER + LOGIN).encode(),
        LOGIN,  # pasted without its first line
        LOGIN.replace("\t", "   "),  # pasted from where tabs became spaces
        LOGIN.replace("very", "ve\x00ry\x1b"),
        LOGIN.replace("\t0\t", "\t-1\t"),
        LOGIN.replace(".tiktok.com\tTRUE", ".TikTok.com\tFALSE"),  # http.cookiejar would refuse the whole file
        LOGIN + LOGIN.replace("very-secret", ""),  # an empty row, which stands for no session
        LOGIN + LOGIN.replace("very-secret", "  "),
    ],
)
def test_the_ways_in_which_exporters_write_come_to_the_same(given):
    found = cookie_file.read(given)
    assert found.text == HEADER + LOGIN
    assert (found.names, found.is_login, found.expires_at) == (("sessionid",), True, None)


def test_the_same_cookie_twice_is_the_later_one_and_expired_ones_go():
    old = LOGIN.replace("\t0\t", "\t1000000000\t").replace("sessionid", "sid_tt")
    assert rows(LOGIN.replace("very", "old") + old + LOGIN) == [LOGIN.strip()]


def test_what_would_begin_another_cookie_or_header_is_left_out():
    assert rows(LOGIN + LOGIN.replace("sessionid", "a;b") + VISITOR.replace("visitor", "x; pin=1;")) == [LOGIN.strip()]


def test_a_fractional_expiry_is_read_and_the_login_says_how_long():
    until = int(time.time()) + 86400
    found = cookie_file.read(VISITOR + LOGIN.replace("\t0\t", f"\t{until}.75\t"))
    assert found.expires_at.timestamp() == until


def test_yt_dlp_reads_what_is_written():
    from yt_dlp.cookies import YoutubeDLCookieJar

    jar = YoutubeDLCookieJar(io.StringIO(cookie_file.read("#HttpOnly_" + LOGIN + VISITOR).text))
    jar.load()
    assert {(c.name, c.value, c.secure) for c in jar} == {
        ("sessionid", "very-secret", True),
        ("ttwid", "visitor-secret", True),
    }


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ('[{"name": "sessionid"}]', cookie_file.IS_JSON),
        (b'\n {"cookies": []}', cookie_file.IS_JSON),
        ("sessionid=1; ttwid=2", cookie_file.NOT_NETSCAPE),
        ("", cookie_file.NOT_NETSCAPE),
        (HEADER + BANK, cookie_file.NOT_TIKTOKS),
        (LOGIN.replace("\t0\t", "\t1000000000\t"), cookie_file.ALL_EXPIRED),
        (b"\x89PNG\r\n\x1a\n\xff", cookie_file.NOT_TEXT),
        (LOGIN * 30_000, cookie_file.TOO_LARGE),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence_that_says_how(given, sentence):
    with pytest.raises(ProviderError) as refused:
        cookie_file.read(given)
    assert (refused.value.kind, refused.value.message) == ("credentials", sentence)


@pytest.mark.django_db
class TestKeeping:
    def test_the_database_holds_no_value_and_the_owner_only_gets_them(self, alice, bob):
        jar = cookies.keep(alice, HEADER + LOGIN + VISITOR + BANK)
        jar.refresh_from_db()
        assert b"secret" not in bytes(jar.sealed)
        assert jar.names == ["sessionid", "ttwid"]
        assert cookies.jar_of(alice) == HEADER + LOGIN + VISITOR.replace("FALSE", "TRUE")
        assert (cookies.jar_of(bob), cookies.jar_of(None)) == ("", "")
        assert "secret" not in repr(posts.fetch_options(alice))
        assert "sessionid" in posts.fetch_options(alice).cookies_text

    def test_another_key_opens_nothing_and_the_page_says_what_to_do(self, alice, client, settings, caplog):
        cookies.keep(alice, LOGIN)
        settings.COOKIES_KEY = "another"
        with caplog.at_level(logging.DEBUG):
            assert cookies.jar_of(alice) == ""
        assert "sealed with another COOKIES_KEY" in caplog.text and "secret" not in caplog.text
        page = client.get(reverse("cookies"))
        assert page.status_code == 200 and b"cannot be opened" in page.content
        tried = client.post(reverse("cookies-test"))
        assert tried.status_code == 422 and b"cannot be opened" in tried.content

    def test_a_dump_of_the_data_holds_no_cookie(self, alice):
        cookies.keep(alice, LOGIN)
        out = io.StringIO()
        call_command("dumpdata", "scraping", stdout=out)
        assert "sessionid" in out.getvalue() and "sealed" not in out.getvalue()
        assert "sealed" not in serializers.serialize("json", CookieJar.objects.all())

    def test_cookies_that_expired_since_are_not_used(self, alice, monkeypatch):
        cookies.keep(alice, LOGIN.replace("\t0\t", f"\t{int(time.time()) + 2}\t"))
        time.sleep(2.1)
        assert cookies.jar_of(alice) == ""


@pytest.mark.django_db
class TestPage:
    def add(self, client, text="", file=b"", name="cookies.txt"):
        given = {"file": SimpleUploadedFile(name, file)} if file else {"text": text}
        return client.post(reverse("cookies-add"), given, follow=True)

    def test_a_file_is_kept_and_its_names_are_shown_but_no_value(self, client, alice):
        page = self.add(client, file=(HEADER + LOGIN + VISITOR + BANK).encode()).content.decode()
        assert "The cookies are kept, sealed." in page and "sessionid, ttwid" in page
        assert "secret" not in page and "pin" not in page
        assert "secret" not in client.get(reverse("cookies")).content.decode()

    def test_pasted_text_does_as_well_and_replaces_what_was_there(self, client, alice):
        self.add(client, VISITOR)
        self.add(client, LOGIN)
        assert CookieJar.objects.get().names == ["sessionid"]

    def test_a_visitors_cookies_are_said_to_be_a_visitors(self, client):
        page = self.add(client, VISITOR).content.decode()
        assert "These cookies are a visitor's" in page and "kept, sealed." not in page

    def test_nothing_json_and_a_large_file_are_refused_and_nothing_is_stored(self, client):
        for page, words in (
            (self.add(client), "Choose a cookies.txt"),
            (self.add(client, '[{"name": "sessionid", "value": "json-secret"}]'), "in JSON"),
            (self.add(client, file=b"x" * (1024**2 + 1)), "not larger than 1 MB"),
        ):
            assert page.status_code == 422 and words in page.content.decode()
            assert "json-secret" not in page.content.decode()
        assert not CookieJar.objects.exists()

    def test_they_are_deleted_for_good_and_are_nobody_elses(self, client, bobs_client, alice):
        self.add(client, LOGIN)
        assert b"sessionid" not in bobs_client.get(reverse("cookies")).content
        bobs_client.post(reverse("cookies-delete"))
        assert bobs_client.post(reverse("cookies-test")).status_code == 404
        assert CookieJar.objects.filter(owner=alice).exists()
        client.post(reverse("cookies-delete"))
        assert not CookieJar.objects.exists()

    def test_a_stranger_is_sent_to_the_login(self, stranger):
        for name in ("cookies-add", "cookies-test", "cookies-delete"):
            assert stranger.post(reverse(name)).status_code == 302
        assert stranger.get(reverse("cookies")).url.startswith(reverse("login"))

    def test_the_admin_lists_names_only(self, client, alice, admin_client):
        self.add(client, LOGIN)
        jar = CookieJar.objects.get()
        for address in (
            reverse("admin:scraping_cookiejar_changelist"),
            reverse("admin:scraping_cookiejar_change", args=[jar.pk]),
        ):
            page = admin_client.get(address).content.decode()
            assert "sessionid" in page and "secret" not in page and str(bytes(jar.sealed)[:40]) not in page

    def test_an_error_page_shows_nothing_of_them(self, alice, monkeypatch, settings):
        """The view breaks where the cookies are open in its hands; the report goes to whoever reads error pages."""
        request = RequestFactory().post(reverse("cookies-add"), {"text": LOGIN})
        request.user = alice
        monkeypatch.setattr(CookieJar.objects, "update_or_create", None)
        with pytest.raises(TypeError) as broken:
            cookie_views.cookies_add(request)
        report = ExceptionReporter(request, broken.type, broken.value, broken.tb).get_traceback_text()
        assert "cookies_add" in report and "very-secret" not in report


@pytest.mark.django_db
class TestTryingOut:
    @pytest.fixture
    def site(self, settings):
        with StandIn(b"") as site:
            settings.TIKTOK_PROXY, settings.TIKTOK_INSECURE_TLS = site.url, True
            yield site

    def asked(self, client):
        return client.post(reverse("cookies-test"), follow=True).content.decode()

    def test_a_living_session_is_said_to_live_and_no_more(self, client, alice, site):
        cookies.keep(alice, LOGIN)
        page = self.asked(client)
        assert "TikTok knows this session. That does not prove that a search works" in page
        assert site.seen == [("GET", "www.tiktok.com", "/passport/token/beat/web/")]
        assert site.cookies == [("www.tiktok.com", "sessionid=very-secret")]
        assert CookieJar.objects.get().works is True

    def test_a_dead_session_is_said_to_be_dead(self, client, alice, site):
        cookies.keep(alice, LOGIN.replace("very-secret", "expired"))
        assert "TikTok does not know this session any more" in self.asked(client)
        assert CookieJar.objects.get().works is False

    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            ((200, {}, b"<html>Please wait...</html>"), "did not say whether it knows"),
            ((429, {"Retry-After": "600"}, b""), "asks for a pause"),
        ],
    )
    def test_an_odd_answer_proves_nothing(self, client, alice, site, answer, words):
        cookies.keep(alice, LOGIN)
        site.answers["www.tiktok.com/passport/token/beat/web/"] = answer
        assert words in self.asked(client)
        assert CookieJar.objects.get().works is None
