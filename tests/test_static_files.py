"""Style sheets, scripts and icons come whole, in parts and unchanged, under ASGI and without a warning."""

import gzip
import re
import warnings
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.test import RequestFactory

from ranking.static_files import StaticFilesMiddleware, version
from ranking.templatetags.studio import FONT_PARTS

pytestmark = pytest.mark.django_db  # a request looks after the connections of its thread

ICON = settings.BASE_DIR / "static" / "img" / "logo.svg"
ADDRESS = "/static/img/logo.svg"


def asked(path: str, method: str = "GET", query: str = "", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body as the real ASGI application gives them; a warning of it is an error."""
    from ranking.asgi import application

    named = [
        (b"host", b"testserver"),
        *((name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()),
    ]
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": named,
        "http_version": "1.1",
    }

    async def talk() -> tuple[int, dict[str, str], bytes]:
        browser = ApplicationCommunicator(application, scope)
        await browser.send_input({"type": "http.request", "body": b""})
        start, body, more = await browser.receive_output(10), b"", True
        while more:
            part = await browser.receive_output(10)
            body, more = body + part.get("body", b""), part.get("more_body", False)
        return start["status"], {name.decode().lower(): text.decode() for name, text in start["headers"]}, body

    with warnings.catch_warnings():
        warnings.filterwarnings("error", "StreamingHttpResponse must consume")
        return async_to_sync(talk)()


def test_a_file_comes_whole_without_a_warning():
    status, headers, body = asked(ADDRESS)
    assert (status, body) == (200, ICON.read_bytes())
    assert headers["content-type"].startswith("image/svg+xml")
    assert headers["content-length"] == str(len(body))


def test_a_part_of_it_a_head_and_what_the_browser_has_already():
    assert asked(ADDRESS, range="bytes=5-14")[::2] == (206, ICON.read_bytes()[5:15])
    assert asked(ADDRESS, "HEAD")[::2] == (200, b"")
    etag = asked(ADDRESS)[1]["etag"]
    assert asked(ADDRESS, if_none_match=etag)[::2] == (304, b"")
    assert asked(ADDRESS, "POST")[0] == 405


def test_a_file_that_was_edited_while_the_studio_runs_comes_whole(tmp_path, settings):
    (tmp_path / "style.css").write_text("body {}")
    settings.STATICFILES_DIRS = [tmp_path]
    middleware = StaticFilesMiddleware(lambda request: None)
    (tmp_path / "style.css").write_text("body { color: red }")
    answer = middleware(RequestFactory().get("/static/style.css"))
    assert (answer.content, answer["Content-Length"]) == (b"body { color: red }", "19")


def test_what_is_asked_for_by_its_version_is_kept_for_good_and_comes_packed():
    path, _, query = static("studio.css").partition("?")
    plain = (settings.BASE_DIR / "static" / "studio.css").read_bytes()
    status, headers, body = asked(path, query=query, accept_encoding="gzip, br")
    assert (status, gzip.decompress(body)) == (200, plain) and len(body) < len(plain) / 2
    assert (headers["content-encoding"], headers["vary"]) == ("gzip", "Accept-Encoding")
    assert int(headers["content-length"]) == len(body)
    assert "immutable" in headers["cache-control"]
    status, headers, body = asked(path, query="v=an-older-one")
    assert (status, body) == (200, plain) and "content-encoding" not in headers
    assert "immutable" not in headers["cache-control"]


def test_the_version_changes_with_the_file_and_fonts_have_none(tmp_path):
    (tmp_path / "style.css").write_text("body {}")
    before = version(tmp_path / "style.css")
    (tmp_path / "style.css").write_text("body { color: red }")
    assert version(tmp_path / "style.css") != before
    assert "?" not in static("vendor/pretendard/woff2-dynamic-subset/PretendardVariable.subset.91.woff2")


@pytest.mark.django_db
def test_the_icon_is_found_under_its_old_name_by_everyone(stranger):
    answer = stranger.get("/favicon.ico")
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, ADDRESS)


@pytest.mark.parametrize("language", FONT_PARTS)
def test_a_page_asks_at_once_for_the_parts_of_the_font_that_its_words_need_most(client, language):
    page = client.get("/", headers={"accept-language": language}).content.decode()
    head, _style = page.split('<link rel="stylesheet"', 1)
    asked_for = re.findall(r'rel="preload" href="/static/([^"]+)" as="font"', head)
    assert len(asked_for) == len(FONT_PARTS[language]) and all(finders.find(name) for name in asked_for)
    sheet = Path(finders.find("vendor/pretendard/pretendardvariable-dynamic-subset.css")).read_text()
    assert all(name.rpartition("/")[2] in sheet for name in asked_for)
