"""Every page in every state, as people meet it: no fault that axe knows, nothing too wide, nothing that needs a script.

With SHOTS=FOLDER each is also photographed there, light and dark, on a desk and on a phone, to be looked at.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.studio import ROOT, Studio
from tests.test_film import lavfi

pytestmark = pytest.mark.browser

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 740}
SHOTS = os.environ.get("SHOTS", "")
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
MET_MOST = ("home", "search", "ranking, film done", "library", "jobs", "account")
OPEN_ALL = "document.querySelectorAll('main details').forEach((box) => { box.open = true })"


class House(Studio):
    """The pages of a studio alone: nobody works here, so what waits or is worked on stays so."""

    def argv(self) -> list[str]:
        uvicorn = [self.python, "-m", "uvicorn", "ranking.asgi:application"]
        return [*uvicorn, "--port", str(self.port), "--log-level", "warning", *self.options]


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("faces")
    house = House(folder, DEBUG="0", LOCAL_OWNER="1")
    clip = lavfi(folder / "clip.mp4", "testsrc2=s=360x640:r=30", seconds=6)
    fill = [sys.executable, "-m", "tests.faces", str(clip)]
    answer = subprocess.run(fill, cwd=ROOT, env=house.env, capture_output=True, text=True, timeout=60)
    assert answer.returncode == 0, answer.stderr
    house.faces = json.loads(answer.stdout)
    with house:
        yield house


@pytest.fixture
def workshop(house) -> Iterator[House]:
    """The same studio as its developers run it."""
    with House(house.data_dir, DEBUG="1", LOCAL_OWNER="1") as workshop:
        yield workshop


@pytest.fixture
def visit(browser: Browser, house):
    """Open a browser in which the local owner is at home."""
    contexts = []

    def opened(size: dict = DESK, **options: Any) -> Page:
        context = browser.new_context(base_url=house.url, viewport=size, locale="ko-KR", **options)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def found_by_axe(page: Page, *rules: str) -> list[str]:
    """Return what axe finds on the page as it is (WCAG A and AA, and its best practice), a line for each kind."""
    lines, options = [], {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    for fault in Axe().run(page, options=options).response["violations"]:
        places = ", ".join(str(node["target"][0]) for node in fault["nodes"][:4])
        lines.append(f"{fault['id']}: {places} {fault['nodes'][0]['html'][:120]}")
    return lines


def photograph(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name.replace(' ', '-').replace(',', '')}.png"), full_page=True)


def troubles_of(page: Page, faces: dict[str, str]) -> str:
    """Return what is wrong with these pages, each with all that can be opened, on a desk and on a dark small phone."""
    troubles = []
    for name, path in faces.items():
        page.set_viewport_size(DESK)
        page.emulate_media(color_scheme="light")
        answer = page.goto(path)
        assert answer.status == (404 if name == "not there" else 200), (name, answer.status)
        page.evaluate(OPEN_ALL)
        photograph(page, f"{name} light")
        troubles += [f"{name}: {line}" for line in found_by_axe(page)]
        page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme="dark")
        photograph(page, f"{name} phone")
        troubles += [f"{name}, dark phone: {line}" for line in found_by_axe(page)]
        wide = page.evaluate("document.documentElement.scrollWidth")
        troubles += [f"{name}: {wide} px wide on a phone"] if wide > PHONE["width"] else []
    return "\n".join(troubles)


def test_axe_finds_nothing_on_the_pages_that_are_met_most(visit, house):
    faces = {name: house.faces[name] for name in MET_MOST} | {"not there": "/nowhere/"}
    assert troubles_of(visit(reduced_motion="reduce"), faces) == ""


def test_axe_finds_nothing_before_the_login(visit, house):
    with House(house.data_dir, LOCAL_OWNER="0") as door:
        paths = {"login": "/login/", "password forgotten": "/password/", "join": house.faces["join"]}
        faces = {name: door.url + path for name, path in paths.items()}
        assert troubles_of(visit(reduced_motion="reduce"), faces) == ""


@pytest.mark.long
def test_axe_finds_nothing_on_any_page_in_any_state(visit, house):
    assert troubles_of(visit(reduced_motion="reduce"), house.faces) == ""


def test_axe_finds_nothing_in_the_admin_and_on_the_page_of_the_parts(visit, workshop):
    page, troubles = visit(reduced_motion="reduce"), []
    faces = {"admin": "/admin/", "list": "/admin/ranking/project/", "form": "/admin/ranking/project/2/change/"}
    for name, path in (faces | {"design": "/design/"}).items():
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert page.goto(workshop.url + path).status == 200, name
            photograph(page, f"{name} {scheme}")
            # The admin's own pages are Django's: by WCAG, but not all of them by what axe calls best practice.
            troubles += [f"{name}, {scheme}: {line}" for line in found_by_axe(page, *WCAG)]
    assert not troubles, "\n".join(troubles)


def test_the_page_of_the_parts_is_there_for_developers_only(visit, house):
    assert visit().goto("/design/").status == 404


def test_what_is_read_needs_no_script(visit, house):
    page = visit(java_script_enabled=False)
    page.goto(house.faces["home"])
    expect(page.locator("#q")).to_be_visible()
    expect(page.locator(".project-card a").first).to_be_visible()
    page.goto(house.faces["library"])
    expect(page.locator(".video-card .caption").first).to_be_visible()
    page.goto(house.faces["search"])
    expect(page.locator(".video-card .caption")).to_have_count(9)
    expect(page.get_by_role("button", name="보기", exact=True)).to_be_visible()  # what sorts and filters
    page.goto(house.faces["ranking"])
    expect(page.locator("[data-entry]")).to_have_count(7)
    expect(page.locator("[name=label]").first).to_have_value("순간 0 🔥")
    expect(page.locator(".title-form button.no-script")).to_be_visible()
    page.goto(house.faces["film, done"])
    expect(page.locator("video[controls]").first).to_be_visible()
    expect(page.locator("a[download]").first).to_be_visible()


def test_a_script_is_not_needed_to_rank_and_rename(visit, house):
    page = visit(java_script_enabled=False)
    page.goto(house.faces["ranking, film failed"])
    page.locator("[name=label]").first.fill("새 라벨")
    page.locator("[name=label]").first.press("Enter")
    page.goto(house.faces["ranking, film failed"])
    expect(page.locator("[name=label]").first).to_have_value("새 라벨")
    page.locator("[data-entry]").first.get_by_role("button", name="아래로").click()
    expect(page.locator("[name=label]").nth(1)).to_have_value("새 라벨")
