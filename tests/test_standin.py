"""The stand-in behaves as the sites are known to: guests, pages, cookies, ranges; and what it shows says what it is."""

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from ranking.ffmpeg import exe
from scraping.standin import modes
from scraping.standin.catalogue import MIRRORED, PHOTO, REUPLOADS
from scraping.standin.clips import Clips, cover
from scraping.standin.items import CDN
from tests.standin import StandIn

ROOT = Path(__file__).resolve().parent.parent
SEARCH = "https://www.tiktok.com/api/search/item/full/"
ASKED = {"keyword": "춤", "device_id": "7" * 19, "offset": "0"}


@pytest.fixture
def browse(site):
    """A client that goes through the stand-in as its proxy."""
    with httpx.Client(proxy=site.url, verify=False, trust_env=False) as client:
        yield client


@pytest.fixture
def logged_in(browse):
    browse.cookies.set("sessionid", "x", domain=".tiktok.com")
    return browse


def test_a_guest_is_answered_with_nothing_at_all(browse):
    answer = browse.get(SEARCH, params=ASKED)
    assert (answer.status_code, answer.content, answer.headers["tt_orcas_res"]) == (200, b"", "1")


def test_without_a_device_of_19_digits_every_answer_is_empty(logged_in):
    assert logged_in.get(SEARCH, params=ASKED | {"device_id": "1"}).content == b""


def test_pages_follow_each_other_by_search_id_with_some_posts_twice(logged_in):
    ids, search_id = [], ""
    for offset in ("0", "12", "24", "36"):
        page = logged_in.get(SEARCH, params=ASKED | {"offset": offset, "search_id": search_id}).json()
        search_id = page["log_pb"]["impr_id"]
        ids += [row["id"] for row in page["item_list"] if not row["isAd"]]
    assert (len(ids), len(set(ids)), page["has_more"]) == (46, 40, 0)
    lost = logged_in.get(SEARCH, params=ASKED | {"offset": "12"}).json()
    assert [row["id"] for row in lost["item_list"]][:12] == ids[:12]


def test_a_file_is_only_for_who_saw_its_page_and_comes_in_ranges(site, browse):
    site.video = bytes(range(256)) * 100
    facts = site.find("춤")[0]
    url = f"https://{CDN}/video/{facts.id}/h264/"
    page = f"https://www.tiktok.com/@{facts.handle}/video/{facts.id}"
    assert browse.get(url, headers={"Referer": page}).status_code == 403
    assert facts.id in browse.get(page).text
    assert browse.get(url).status_code == 403
    part = browse.get(url, headers={"Referer": page, "Range": "bytes=10-19"})
    assert (part.status_code, part.headers["content-range"]) == (206, "bytes 10-19/25600")
    assert part.content == bytes(range(10, 20))


def test_tikwm_takes_one_request_a_second(browse):
    first, second = (browse.get("https://www.tikwm.com/api/feed/search?keywords=a&count=5").json() for _ in range(2))
    assert (first["code"], len(first["data"]["videos"])) == (0, 5)
    assert (second["code"], second["msg"]) == (-1, "Free Api Limit: 1 request/second.")


def test_tikwms_covers_count_as_its_requests_too(site, browse):
    facts = site.find("춤")[0]
    browse.get("https://www.tikwm.com/api/feed/search?keywords=a&count=5")
    early = browse.get(f"https://www.tikwm.com/video/media/cover/{facts.id}.webp")
    site.tikwm_asked -= 1.0
    due = browse.get(f"https://www.tikwm.com/video/media/cover/{facts.id}.webp")
    assert early.json()["code"] == -1 and due.headers["content-type"] == "image/jpeg"


def test_the_posts_are_the_same_each_time_and_some_are_shown_twice(site):
    posts, again = site.find("춤"), StandIn().find("춤")
    assert posts == again
    assert all(posts[copy].clip % 30 == posts[of].clip for copy, of in REUPLOADS.items())
    assert all(posts[place].clip >= 30 for place in MIRRORED)
    assert [place for place, facts in enumerate(posts) if facts.photo] == [PHOTO]
    assert len({facts.id for facts in posts}) == len(posts)


def red_share(picture):
    """How much of the band in the middle is the mark's red, 0 to 1."""
    band = np.asarray(picture.convert("RGB").resize((540, 960)), int)[512:576, 80:460]
    red = (band[..., 0] > 130) & (band[..., 1] < 60) & (band[..., 2] < 90)
    return red.mean()


def test_what_it_shows_carries_the_mark(tmp_path):
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(Clips(tmp_path).read(12))
    still = tmp_path / "still.png"
    subprocess.run([exe(), "-v", "error", "-ss", "3", "-i", clip, "-frames:v", "1", still], check=True)
    with Image.open(still) as frame, Image.open(io.BytesIO(cover(12))) as picture:
        assert (frame.size, picture.size) == ((544, 960), (544, 960))
        assert red_share(frame) > 0.4 and red_share(picture) > 0.4
    assert red_share(Image.new("RGB", (540, 960), "navy")) == 0


def test_what_was_found_is_still_there_after_a_restart(tmp_path):
    found = StandIn(folder=tmp_path).find("!private 춤")[3]
    again = StandIn(folder=tmp_path)
    assert again.known[found.id] == found
    assert found.id in again.items


def test_every_fault_has_a_name_of_its_own():
    kinds = (modes.SEARCH, modes.BENT, modes.CODES, modes.PAGES, modes.WAF, modes.MEDIA, modes.HALF, modes.TIKWM)
    each = [name for kind in (*kinds, modes.YOUTUBE, modes.ITEMS) for name in kind]
    assert [name for name in each if each.count(name) > 1] == [] and sorted(each) == modes.names()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_says_what_to_set_and_ends_when_it_is_told_to(tmp_path, number):
    argv = [sys.executable, "manage.py", "standin", "--port", "0", "--cookies", tmp_path / "cookies.txt"]
    environment = os.environ | {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "ranking.settings"}
    with subprocess.Popen(argv, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as command:
        said = ""
        while "Ctrl-C" not in said:
            line = command.stdout.readline()
            assert line, "it ended by itself"
            said += line
        command.send_signal(number)
        assert command.wait(10) == 0
    assert "TIKTOK_PROXY=http://127.0.0.1:" in said and "TIKTOK_INSECURE_TLS=1" in said
    assert "sessionid" in (tmp_path / "cookies.txt").read_text()


@pytest.mark.long
def test_a_fault_that_does_not_exist_is_told(tmp_path):
    argv = [sys.executable, "manage.py", "standin", "--mode", "nonsense"]
    environment = os.environ | {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "ranking.settings"}
    ran = subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 2
    assert "There is no such mode" in ran.stderr and "tikwm-limit" in ran.stderr
