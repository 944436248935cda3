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
from playwright.sync_api import Browser, Page

from tests.studio import ROOT, Studio
from tests.test_film import lavfi

pytestmark = pytest.mark.browser

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 740}
SHOTS = os.environ.get("SHOTS", "")
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
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


def test_axe_finds_nothing_on_any_page_on_a_desk_or_a_dark_phone(visit, house):
    page, troubles = visit(reduced_motion="reduce"), []
    for name, path in house.faces.items():
        page.set_viewport_size(DESK)
        page.emulate_media(color_scheme="light")
        answer = page.goto(path)
        assert answer.status == 200, (name, answer.status)
        page.evaluate(OPEN_ALL)
        photograph(page, f"{name} light")
        troubles += [f"{name}: {line}" for line in found_by_axe(page)]
        page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme="dark")
        photograph(page, f"{name} phone")
        troubles += [f"{name}, dark phone: {line}" for line in found_by_axe(page)]
        wide = page.evaluate("document.documentElement.scrollWidth")
        troubles += [f"{name}: {wide} px wide on a phone"] if wide > PHONE["width"] else []
    assert not troubles, "\n".join(troubles)


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
