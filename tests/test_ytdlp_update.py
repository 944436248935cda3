"""One press brings a newer yt-dlp: tried before it is used, used at once, and taken back where it proves worse."""

import json
import time
from importlib.metadata import version as version_of
from threading import Thread

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.urls import reverse

from ranking.models import User
from scraping import fetch, health, smoke, sources, ytdlp
from scraping.models import Update
from scraping.providers.base import ProviderError
from scraping.releases import Releases, age_in_days
from tests import ytdlp_wheels as wheels
from tests.standin import StandIn, item

pytestmark = pytest.mark.django_db
OTHER = "7513039993741397000"
POST = f"https://www.tiktok.com/@seoul.night_1/video/{OTHER}"
HTMX = {"HX-Request": "true"}
INSTALLED = version_of("yt-dlp")


@pytest.fixture
def own(settings, tmp_path) -> Releases:
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    return ytdlp.releases()


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A folder whose wheels are all that pip knows of."""
    folder = tmp_path / "index"
    folder.mkdir()
    with wheels.index(folder) as url:
        for name in ("PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
        monkeypatch.setenv("PIP_NO_INDEX", "1")
        monkeypatch.setenv("PIP_FIND_LINKS", url)
        yield folder


@pytest.fixture
def staff(client, alice) -> User:
    alice.is_staff = True
    alice.save()
    return alice


@pytest.fixture
def site():
    with StandIn(smoke.FILE) as site:
        site.items[OTHER] = item(OTHER)
        yield site


@pytest.fixture
def options(site, own) -> fetch.FetchOptions:
    return fetch.FetchOptions(proxy=site.url, insecure_tls=True, releases=str(own.folder))


def work() -> Update:
    """Do what the worker does with the one update that is under way."""
    update = Update.objects.active().get()
    ytdlp.run_update(update.pk)
    update.refresh_from_db()
    return update


def in_place(own: Releases, version: str, extractor: str = "") -> None:
    """A version that came by an earlier update and passed its trials."""
    wheels.lay(own.folder, version, extractor)
    own.switch_to(version)
    for what in own.state().trials:
        own._passed(version, what)


def test_a_broken_extractor_is_mended_by_one_press_within_a_minute(client, staff, own, shelf, options):
    in_place(own, "2030.1.1", wheels.RAISES)
    with pytest.raises(ProviderError) as refused:
        fetch.metadata(POST, options)
    assert refused.value.kind == "bad_response"
    sources.not_fetched(refused.value)
    assert "A newer version may help" in client.get(reverse("health")).content.decode()
    wheels.ytdlp_wheel(shelf, "2030.1.2")
    started = time.monotonic()
    page = client.post(reverse("ytdlp-update"), headers=HTMX).content.decode()
    assert 'data-status="queued"' in page
    update = work()
    assert (update.status, update.before, update.after, update.error) == ("done", "2030.1.1", "2030.1.2", "")
    assert fetch.metadata(POST, options).author == "seoul.night_1"  # no restart, no new options
    assert time.monotonic() - started < 60
    told = client.get(reverse("health")).content.decode()
    assert "Updated from 2030.1.1 to 2030.1.2" in told and "may help" not in told
    assert "tiktok" not in own.state().trials and "youtube" in own.state().trials


def test_a_version_that_reads_nothing_is_not_used(client, staff, own, shelf, options):
    wheels.ytdlp_wheel(shelf, "2030.1.2", wheels.NOTHING)
    client.post(reverse("ytdlp-update"))
    update = work()
    assert update.status == "failed" and update.error.startswith("Version 2030.1.2 failed its test")
    assert own.version() == INSTALLED and sorted(path.name for path in own.folder.iterdir()) == []
    assert fetch.metadata(POST, options).external_id == OTHER


def test_a_version_that_fails_at_its_first_real_post_is_taken_back_and_the_post_is_had(
    client, staff, own, shelf, options, tmp_path
):
    wheels.ytdlp_wheel(shelf, "2030.1.2", wheels.ONLY_KNOWN)
    client.post(reverse("ytdlp-update"))
    assert work().status == "done" and own.version() == "2030.1.2"
    fetched = fetch.download(POST, tmp_path / "clips", options=options)
    assert fetched.path.read_bytes() == smoke.FILE and fetched.release == INSTALLED
    assert own.version() == INSTALLED and own.state().taken_back == "2030.1.2"
    page = client.get(reverse("health")).content.decode()
    assert "Version 2030.1.2 was taken back: This post is removed" in page
    client.post(reverse("ytdlp-update"))
    assert work().error == "The newest version, 2030.1.2, was taken back already."
    wheels.ytdlp_wheel(shelf, "2030.1.3")
    client.post(reverse("ytdlp-update"))
    assert work().after == "2030.1.3" and "was taken back" not in client.get(reverse("health")).content.decode()


def test_a_version_that_takes_a_new_page_for_a_demand_for_verification_is_taken_back(
    client, staff, own, shelf, options, site
):
    wheels.ytdlp_wheel(shelf, "2030.1.2", wheels.ODD_PAGE)
    client.post(reverse("ytdlp-update"))
    assert work().status == "done" and own.version() == "2030.1.2"
    assert fetch.metadata(POST, options).author == "seoul.night_1"
    assert own.version() == INSTALLED and own.state().taken_back == "2030.1.2"
    assert (
        "Version 2030.1.2 was taken back: TikTok asks for verification"
        in client.get(reverse("health")).content.decode()
    )


def test_where_both_versions_are_asked_for_verification_nothing_is_taken_back_and_not_each_fetch_asks_twice(
    own, options, site, monkeypatch
):
    wheels.lay(own.folder, "2030.1.2")
    own.switch_to("2030.1.2")
    site.pages[OTHER] = (200, {}, b"<html><title>TikTok - Make Your Day</title></html>")

    def asked() -> int:
        before = len(site.seen)
        with pytest.raises(ProviderError) as refused:
            fetch.metadata(POST, options)
        assert refused.value.kind == "verification"
        return len(site.seen) - before

    once = asked() // 2  # by both
    assert once and [asked(), asked()] == [once, once]
    monkeypatch.setattr("scraping.releases.COMPARED", 0.0)  # as if that time had gone by
    assert asked() == 2 * once
    assert own.version() == "2030.1.2" and "tiktok" in own.state().trials and own.state().taken_back == ""


def test_a_post_that_no_version_can_read_takes_nothing_back(own, options):
    wheels.lay(own.folder, "2030.1.2")
    own.switch_to("2030.1.2")
    gone = POST.replace(OTHER, "7513039993741300000")
    with pytest.raises(ProviderError) as refused:
        fetch.metadata(gone, options)
    assert refused.value.kind == "unavailable" and own.version() == "2030.1.2" and "tiktok" in own.state().trials


@pytest.mark.django_db(transaction=True)
def test_an_update_that_is_cancelled_leaves_nothing(client, staff, own, shelf):
    wheels.ytdlp_wheel(shelf, "2030.1.2")
    client.post(reverse("ytdlp-update"))
    update = Update.objects.get()
    unpack = Thread(target=_cancel_when, args=(own.folder, update.pk))
    unpack.start()
    ytdlp.run_update(update.pk)
    unpack.join()
    update.refresh_from_db()
    assert update.status == "cancelled" and own.version() == INSTALLED and list(own.folder.iterdir()) == []


def _cancel_when(folder, pk) -> None:
    """Cancel the update as soon as its wheel is being unpacked."""
    while not any(folder.glob(".new-*")):
        time.sleep(0.02)
    Update.objects.get(pk=pk).cancel()
    connection.close()


def test_two_presses_are_one_update_and_only_staff_may_press(client, bobs_client, alice, own):
    assert client.post(reverse("ytdlp-update")).status_code == 403
    assert client.post(reverse("ytdlp-back")).status_code == 403
    assert "Update yt-dlp" not in client.get(reverse("health")).content.decode()
    alice.is_staff = True
    alice.save()
    for _press in range(2):
        client.post(reverse("ytdlp-update"))
    assert Update.objects.count() == 1
    assert "Update yt-dlp" in client.get(reverse("health")).content.decode()


def test_the_newest_version_is_not_fetched_again(client, staff, own, shelf):
    wheels.ytdlp_wheel(shelf, INSTALLED)
    client.post(reverse("ytdlp-update"))
    update = work()
    assert (update.status, update.after) == ("done", INSTALLED)
    assert f"{INSTALLED} is the newest there is." in client.get(reverse("ytdlp")).content.decode()


def test_without_an_index_it_says_so_and_the_version_in_use_stays(own, shelf, monkeypatch, capsys):
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(CommandError) as refused:
        call_command("update_ytdlp", json=True)
    assert str(refused.value) == "The package index could not be reached. The version in use stays."
    assert refused.value.returncode == 2
    told = json.loads(capsys.readouterr().out)
    assert (told["status"], told["before"], told["after"]) == ("failed", INSTALLED, INSTALLED)


@pytest.mark.long
def test_the_command_goes_to_a_named_version_also_an_older_one_and_keeps_one_beside_it(own, shelf, capsys):
    wheels.ytdlp_wheel(shelf, "2020.1.1")
    wheels.ytdlp_wheel(shelf, "2030.1.1", **wheels.FOREIGN)
    call_command("update_ytdlp")
    found = {path.name for path in (own.folder / "2030.1.1").iterdir()}  # and nothing else of what the wheel held
    assert found == {"yt_dlp", "yt_dlp_ejs", "yt_dlp-2030.1.1.dist-info", "yt_dlp_ejs-0.8.0.dist-info"}
    call_command("update_ytdlp", wanted="2020.1.1")
    assert capsys.readouterr().out.splitlines() == [
        f"Updated from {INSTALLED} to 2030.1.1.",
        "Updated from 2030.1.1 to 2020.1.1.",
    ]
    assert own.version() == "2020.1.1" and (own.folder / "2030.1.1" / "yt_dlp").is_dir()
    with pytest.raises(CommandError, match="no such version of yt-dlp"):
        call_command("update_ytdlp", wanted="1999.1.1")
    assert own.version() == "2020.1.1"
    assert ytdlp.take_back() and own.version() == "2030.1.1"


def test_a_version_that_came_with_the_studio_since_goes_before_an_older_one(own):
    wheels.lay(own.folder, "2026.1.1")
    own.switch_to("2026.1.1")
    assert own.version() == "2026.1.1"
    told = json.loads((own.folder / "current").read_text())
    (own.folder / "current").write_text(json.dumps(told | {"installed": "2025.1.1"}))
    assert own.version() == INSTALLED


def test_damaged_or_lost_files_leave_the_installed_version_in_use(own, options, caplog):
    wheels.lay(own.folder, "2030.1.1")
    own.switch_to("2030.1.1")
    (own.folder / "2030.1.1" / "yt_dlp").rename(own.folder / "elsewhere")
    assert own.version() == INSTALLED
    (own.folder / "current").write_text("{")
    assert fetch.metadata(POST, options).external_id == OTHER
    assert "cannot be read" in caplog.text


def test_the_age_is_told_from_the_number_and_two_months_are_old(own, client, staff):
    from datetime import date

    assert age_in_days("2026.10.26", date(2026, 12, 25)) == 60
    assert age_in_days("2026.10.26.232815", date(2026, 10, 27)) == 1
    assert age_in_days("nightly") is None
    in_place(own, "2020.2.2")
    assert health.ytdlp_now()["old"]
    told = client.get(reverse("health")).content.decode()
    assert "older than two months" in told and "needs an update" in told and "still good" not in told
