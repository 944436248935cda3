"""Films and clips reach the browser in parts, without filling the memory of the server."""

import os
import subprocess
import sys

import pytest
from django.http import Http404
from django.test import RequestFactory

from ranking import media
from ranking.media import serve

DATA = bytes(range(256)) * 4


@pytest.fixture(params=[media.CHUNK, 100], ids=["at once", "in chunks"])
def clip(tmp_path, monkeypatch, request):
    monkeypatch.setattr(media, "CHUNK", request.param)
    path = tmp_path / "clip.mp4"
    path.write_bytes(DATA)
    return path


def ask(path, method="get", name="", **headers):
    headers = {key.replace("_", "-"): value for key, value in headers.items()}
    request = getattr(RequestFactory(), method)("/", headers=headers)
    return serve(request, path, "video/mp4", name)


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_without_a_range_the_whole_file_comes(clip):
    answer = ask(clip)
    assert answer.streaming == (len(DATA) > media.CHUNK)
    assert (answer.status_code, body(answer)) == (200, DATA)
    assert answer["Content-Length"] == "1024"
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["Content-Type"] == "video/mp4"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("0-0", 0, 1), ("10-19", 10, 20), ("1000-", 1000, 1024), ("1000-9999", 1000, 1024), ("-24", 1000, 1024)],
)
def test_a_range_comes_as_206_with_its_place(clip, asked, start, end):
    answer = ask(clip, Range=f"bytes={asked}")
    assert (answer.status_code, body(answer)) == (206, DATA[start:end])
    assert answer["Content-Range"] == f"bytes {start}-{end - 1}/1024"
    assert answer["Content-Length"] == str(end - start)


def test_a_suffix_longer_than_the_file_is_the_whole_file_as_206(clip):
    answer = ask(clip, Range="bytes=-5000")
    assert (answer.status_code, body(answer)) == (206, DATA)


@pytest.mark.parametrize("asked", ["1024-", "5000-6000", "-0"])
def test_a_range_outside_of_the_file_is_416_and_tells_the_size(clip, asked):
    answer = ask(clip, Range=f"bytes={asked}")
    assert (answer.status_code, body(answer)) == (416, b"")
    assert answer["Content-Range"] == "bytes */1024"


@pytest.mark.parametrize("asked", ["bytes=5-2", "bytes=-", "bytes=0-1,5-6", "chunks=1-2", "bytes=a-b", "bytes 1-2"])
def test_what_is_no_single_range_gets_the_whole_file(clip, asked):
    answer = ask(clip, Range=asked)
    assert (answer.status_code, body(answer)) == (200, DATA)


def test_if_range_of_another_version_gets_the_whole_file(clip):
    tag, changed = ask(clip)["ETag"], ask(clip)["Last-Modified"]
    assert ask(clip, Range="bytes=0-1", If_Range=tag).status_code == 206
    assert ask(clip, Range="bytes=0-1", If_Range=changed).status_code == 206
    assert ask(clip, Range="bytes=0-1", If_Range='"older"').status_code == 200


def test_an_unchanged_file_is_304_and_a_changed_one_is_not(clip):
    tag = ask(clip)["ETag"]
    assert ask(clip, If_None_Match=tag).status_code == 304
    clip.write_bytes(b"another")
    assert ask(clip, If_None_Match=tag).status_code == 200


def test_head_tells_the_size_and_sends_nothing(clip):
    answer = ask(clip, "head")
    assert (answer.status_code, answer["Content-Length"], answer.content) == (200, "1024", b"")


def test_a_download_keeps_its_korean_name_and_no_header_can_be_broken_out_of(clip):
    answer = ask(clip, name='심장 TOP 5 🔥/"x"\r\nSet-Cookie: a=b.mp4')
    header = answer["Content-Disposition"]
    assert header.startswith("attachment; ")
    assert "%EC%8B%AC%EC%9E%A5%20TOP%205%20%F0%9F%94%A5" in header
    assert "\r" not in header and "\n" not in header and "/" not in header.split("filename*")[0]


def test_what_a_user_uploaded_is_never_run(clip):
    answer = ask(clip)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"] == "inline"


def test_a_file_that_is_not_there_is_404(tmp_path):
    with pytest.raises(Http404):
        ask(tmp_path / "gone.mp4")
    with pytest.raises(Http404):
        ask(tmp_path)


@pytest.mark.django_db  # closing an answer looks at the connections that earlier tests opened
@pytest.mark.parametrize("clip", [100], indirect=True)
def test_the_file_is_closed_when_the_reader_leaves_early(clip):
    if not os.path.exists("/proc/self/fd"):
        pytest.skip("open files are listed in /proc")
    answer = ask(clip)
    next(iter(answer.streaming_content))
    assert is_open(clip)
    answer.close()
    assert not is_open(clip)


def is_open(path) -> bool:
    numbers = os.listdir("/proc/self/fd")
    links = [f"/proc/self/fd/{number}" for number in numbers]
    return str(path) in {os.readlink(link) for link in links if os.path.lexists(link)}


# Runs in a process of its own, so that its peak is that of serving and nothing else.
ASGI = """
import asyncio, resource, sys
import django
from django.conf import settings
from django.http import HttpRequest
settings.configure(ROOT_URLCONF="__main__", ALLOWED_HOSTS=["*"], SECRET_KEY="x")
django.setup()
from django.core.asgi import get_asgi_application
from django.urls import path
from ranking import media
from ranking.media import serve

PATH, START = sys.argv[1], sys.argv[2]
urlpatterns = [path("film", lambda request: serve(request, PATH, "video/mp4"))]
application = get_asgi_application()

async def main():
    scope = {"type": "http", "http_version": "1.1", "method": "GET", "path": "/film", "raw_path": b"/film",
             "query_string": b"", "root_path": "", "scheme": "http", "server": ("x", 80), "client": ("x", 1),
             "headers": [(b"host", b"x"), (b"range", b"bytes=%s-" % START.encode())]}
    seen = {"bytes": 0, "status": 0}
    first = True
    async def receive():
        nonlocal first
        if first:
            first = False
            return {"type": "http.request", "body": b"", "more_body": False}
        await asyncio.sleep(3600)
    async def send(message):
        seen["status"] = message.get("status", seen["status"])
        seen["bytes"] += len(message.get("body", b""))
    await application(scope, receive, send)
    return seen

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
seen = asyncio.run(main())
print(seen["status"], seen["bytes"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_300_mb_pass_through_asgi_in_flat_memory(tmp_path):
    film, size = tmp_path / "film.mp4", 300 * 1024 * 1024
    with film.open("wb") as file:
        file.truncate(size)
    answer = subprocess.run(
        [sys.executable, "-c", ASGI, str(film), "100"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert answer.returncode == 0, answer.stderr
    status, count, grown = map(int, answer.stdout.split())
    grown_mb = grown / 1024 / (1024 if sys.platform == "darwin" else 1)
    assert (status, count) == (206, size - 100)
    assert grown_mb < 30, f"memory grew by {grown_mb:.0f} MB"
