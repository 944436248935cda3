"""The film before it is made: its pieces in time, and the editor that plays them, cuts them and shows apps' ghosts."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from ranking.models import Project, Track, Video
from rendering.generate import plan_project
from rendering.plan import FPS
from rendering.targets import TARGETS
from rendering.timeline import timeline_of
from tests.clips import make_clip
from tests.examined import video_of
from tests.test_journey import clips, upload, visitor  # noqa: F401 (fixtures)
from tests.ways import DESKTOP, PHONE

FILM = """() => ({
  at: film.at, kind: film.piece?.kind, rank: film.piece?.rank, playing: film.playing, alone: film.alone,
  second: clip().currentTime, muted: clip().muted, paused: clip().paused, heads: Number($('[data-film=seek]').value),
})"""


@pytest.fixture(scope="module")
def rates(tmp_path_factory) -> list[Path]:
    """Three clips, each at a frame rate of its own."""
    folder = tmp_path_factory.mktemp("clips")
    return [make_clip(folder / f"{rank}.mp4", 6, fps=30 - rank) for rank in (1, 2, 3)]


@pytest.fixture
def project(alice, rates) -> Project:
    project = Project.objects.create(owner=alice, title="t", seconds=12, transition="crossfade", hook=True, card="bye")
    for rank, clip in enumerate(rates, 1):
        project.add(video_of(clip, alice), label=str(rank), reason="because" if rank == 3 else "")
    return project


@pytest.mark.django_db
def test_the_timeline_is_the_plan_with_a_cut_in_each_change(project):
    plan, line = plan_project(project), timeline_of(project)
    assert line.seconds == plan.seconds == 12
    assert [piece.kind for piece in line.pieces] == ["hook"] * 3 + ["clip"] * 3 + ["card"]
    assert [piece.rank for piece, _seconds in line.stretches()] == [1, 3, 2, 1, 1]
    assert sum(seconds for _piece, seconds in line.stretches()) == pytest.approx(12, abs=0.01)
    for piece, after in zip(line.pieces, line.pieces[1:], strict=False):
        assert piece.at + piece.seconds == pytest.approx(after.at, abs=0.002)
    second = next(piece for piece in line.pieces if (piece.kind, piece.rank) == ("clip", 2))
    half = 9 // 2 / FPS  # of a crossfade: by then the next clip has played so long
    assert second.start == pytest.approx(plan.clip_of(2).start + half, abs=0.002)
    assert [piece.reason for piece in line.pieces if piece.kind == "clip"] == [
        True,
        False,
        True,
    ]  # one has no time to be read
    assert {piece.volume for piece in line.pieces if piece.kind == "hook"} == {0.0}
    assert line.sounds[0].at == 0 and line.sounds[0].seconds < 1.3


@pytest.mark.django_db
def test_music_steps_back_under_clips_and_not_under_silence(project, alice):
    assert not any(sound.volume is None for sound in timeline_of(project).sounds)
    track = Track.objects.create(owner=alice, name="hum", file="tracks/a.m4a", seconds=9, sha256="a" * 64)
    Project.objects.update(track=track, track_start=2.5, track_volume=1)
    project.entries.filter(rank=3).update(volume=0)
    line = timeline_of(Project.objects.get())
    music = line.sounds[-1]
    assert (music.url, music.start, music.seconds) == (reverse("music-file", args=[track.pk]), 2.5, 12)
    levels = {piece.rank: piece.bed for piece in line.pieces if piece.kind == "clip"}
    assert levels[3] == pytest.approx(0.631, abs=0.001) and levels[2] == pytest.approx(0.126, abs=0.001)


@pytest.mark.django_db
def test_the_meter_says_what_the_target_does_not_take(client, project):
    address = reverse("timeline", args=[project.pk])
    told = unescape(client.get(address, headers={"Accept-Language": "en"}).content.decode())
    assert "12 of 59 s" in told and 'class="length"' in told
    Project.objects.update(target="tiktok")
    told = unescape(client.get(address, headers={"Accept-Language": "en"}).content.decode())
    assert "12 of 65 s" in told and 'class="length over"' in told and "shorter than the 61 s" in told
    Project.objects.update(seconds=100_000)
    told = client.get(address, headers={"Accept-Language": "en"}).content.decode()
    assert "<progress" not in told and "seconds; 100000" in told


@pytest.mark.django_db
def test_what_is_not_here_yet_is_left_out_and_nobody_else_sees_it(client, bobs_client, project):
    Video.objects.filter(entries__rank=2).update(file="")
    address = reverse("timeline", args=[project.pk])
    data = json.loads(unescape(re.search(r'data-line="([^"]*)"', client.get(address).content.decode())[1]))
    assert {piece["rank"] for piece in data["pieces"]} == {1, 3}
    assert bobs_client.get(address).status_code == 404
    project.entries.all().delete()
    assert timeline_of(project).pieces == ()


@pytest.mark.django_db
@pytest.mark.parametrize("piece", ["hook", "card", "clip", "nothing"])
def test_the_board_of_each_piece_is_drawn(client, project, piece):
    entry = project.entries.get(rank=3)
    told = client.get(reverse("board", args=[project.pk]), {"entry": entry.pk, "piece": piece}).content.decode()
    assert len(re.findall("<img", told)) == {"hook": 2, "card": 1}.get(piece, 5)
    assert ("data-leaves=" in told) == (piece in ("clip", "nothing"))
    assert ("--frame-light:0.42" in told) == (piece == "card")


def watched(page: Page) -> dict[str, Any]:
    return page.evaluate(FILM)


def until(page: Page, condition: str) -> dict[str, Any]:
    page.wait_for_function(f"() => {{ const it = ({FILM})(); return {condition}; }}", timeout=9000)
    return watched(page)


def drag(page: Page, handle: Any, share: float, by: int) -> None:
    """Drag the thumb of a range field that stands at this share of it, so many pixels to the right."""
    box = handle.bounding_box()
    x, y = box["x"] + share * box["width"], box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by / 2, y, steps=3)
    page.mouse.move(x + by, y, steps=3)
    page.mouse.up()


@pytest.mark.long
@pytest.mark.browser
def test_the_whole_film_plays_in_order_and_keys_go_from_rank_to_rank(visitor, clips):  # noqa: F811
    page = visitor("ko-KR", DESKTOP)
    upload(page, clips[:3])
    page.locator("#id_seconds").fill("5")
    page.locator("#id_seconds").blur()
    expect(page.locator(".length b")).to_have_text(re.compile(r"(^5 .*59|59초 중 5초)"))
    page.locator("h2#ranking-heading").click()
    page.keyboard.press("Space")
    seen = [until(page, "it.playing && it.rank === 3 && it.at > 0.3")]
    assert seen[0]["second"] > 0.2 and not seen[0]["muted"] and not seen[0]["paused"]
    label = page.locator("[data-entry] input[name=label]").first
    label.fill("while it plays")  # what is typed neither stops it nor is taken for a key
    label.press("k")
    seen += [until(page, "it.playing && it.rank === 2"), until(page, "it.playing && it.rank === 1")]
    expect(page.locator("[data-entry]").first).to_have_class(re.compile("shown"))
    ended = until(page, "!it.playing")
    assert 4.8 < ended["at"] < 6 and [step["at"] for step in seen] == sorted(step["at"] for step in seen)

    page.locator("h2#ranking-heading").click()
    for key, rank in (("j", 1), ("j", 2), ("j", 3), ("l", 2), ("l", 1)):
        page.keyboard.press(key)
        assert until(page, f"it.rank === {rank}")["playing"] is False
    page.keyboard.press("k")
    until(page, "it.playing && it.rank === 1")
    page.evaluate("""() => {
      Object.defineProperty(document, "hidden", { configurable: true, value: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }""")
    assert watched(page)["playing"] is False and watched(page)["paused"]


@pytest.mark.browser
@pytest.mark.parametrize(("locale", "size"), [pytest.param("en-US", DESKTOP, marks=pytest.mark.long), ("ko-KR", PHONE)])
def test_scrubbing_cutting_by_hand_and_by_keys_and_the_ghosts_of_apps(visitor, clips, locale, size):  # noqa: F811
    page = visitor(locale, size)
    upload(page, clips[:3])
    seek = page.locator("[data-film=seek]")
    expect(seek).to_be_enabled()
    drag(page, seek, 0.2, 0)
    assert until(page, "it.rank === 3")["at"] > 1
    seek.press("End")
    last = until(page, "it.rank === 1")
    assert last["at"] > 8.9 and "1" in seek.get_attribute("aria-valuetext")

    row = page.locator("[data-entry]").first
    row.locator(".cut-box > summary").click()
    start, end = (row.locator(f".cut-form input[name={name}]") for name in ("start", "end"))
    with page.expect_response(re.compile("/edit/")) as answer:
        row.locator(".strip .to").press("Shift+ArrowLeft")
    assert answer.value.ok
    expect(end).to_have_value("2")
    assert until(page, "it.alone && it.playing && it.second < 2")["rank"] == 1
    page.wait_for_timeout(1600)
    assert watched(page)["second"] < 2.1  # the chosen part goes round
    row.locator(".strip .to").press("ArrowLeft")
    expect(end).to_have_value("1.9")
    with page.expect_response(re.compile("/edit/")):  # what is answered during a drag may move what is dragged
        row.locator(".strip .part").press("ArrowRight")
    expect(start).to_have_value("0.1")
    expect(end).to_have_value("2")
    strip = row.locator(".strip").bounding_box()
    drag(page, row.locator(".strip .part"), (1.0 / 3), round(strip["width"] / 3 * 0.6))
    assert float(start.input_value()) == pytest.approx(0.7, abs=0.15)
    assert float(end.input_value()) - float(start.input_value()) == pytest.approx(1.9, abs=0.11)
    page.reload()
    assert float(page.locator(".cut-form input[name=start]").first.input_value()) == pytest.approx(0.7, abs=0.15)

    apps = page.locator("select[name=ghosts]")
    for app in ("shorts", "tiktok", "reels"):
        apps.select_option(app)
        expect(page.locator(".ghosts:visible")).to_have_count(1)
        ghosts, stage = page.locator(f".ghosts-{app}"), page.locator("#stage").bounding_box()
        rail = ghosts.locator(".ghost-rail").bounding_box()
        assert (rail["x"] - stage["x"]) / stage["width"] == pytest.approx(TARGETS[app].box[2] / 1080, abs=0.01)
    page.reload()
    expect(page.locator(".ghosts-reels")).to_be_visible()
