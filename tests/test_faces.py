"""Every page in every state, as people meet it: no fault that axe knows, nothing too wide, nothing that needs a script.

With SHOTS=FOLDER each is also photographed there, light and dark, on a desk and on a phone, to be looked at.
"""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urljoin

import polib
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string
from playwright.sync_api import Page, expect

from tests.house import DESK, FROM_ELSEWHERE, OPEN_ALL, PHONE, House
from tests.test_languages import PO

pytestmark = pytest.mark.browser

SHOTS = os.environ.get("SHOTS", "")
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
LONE = ("400", "403", "403_csrf", "404", "405", "413", "500")
MET_MOST = ("home", "search", "ranking, film done", "library", "jobs", "account")


@pytest.fixture
def bare(tmp_path) -> Iterator[House]:
    """A studio on its first day."""
    with House(tmp_path).furnish() as bare:
        yield bare


@pytest.fixture
def workshop(house) -> Iterator[House]:
    """The same studio as its developers run it."""
    with House(house.data_dir, debug="1") as workshop:
        yield workshop


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


def photograph_the_others(page: Page, name: str) -> None:
    """What is only looked at: the desk in the dark, the phone in the light."""
    for size, scheme, words in ((DESK, "dark", "dark"), (PHONE, "light", "phone")) if SHOTS else ():
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        photograph(page, f"{name} {words}")


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
        photograph_the_others(page, name)
        page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme="dark")
        photograph(page, f"{name} dark phone")
        troubles += [f"{name}, dark phone: {line}" for line in found_by_axe(page)]
        wide = page.evaluate("document.documentElement.scrollWidth")
        troubles += [f"{name}: {wide} px wide on a phone"] if wide > PHONE["width"] else []
    return "\n".join(troubles)


def test_axe_finds_nothing_on_the_pages_that_are_met_most(visit, house):
    faces = {name: house.faces[name] for name in MET_MOST} | {"not there": "/nowhere/"}
    assert troubles_of(visit(reduced_motion="reduce"), faces) == ""


def test_axe_finds_nothing_before_the_login(visit, house):
    faces = {"login": "/login/", "password forgotten": "/password/", "join": house.faces["join"]}
    page = visit(reduced_motion="reduce", extra_http_headers=FROM_ELSEWHERE)
    assert troubles_of(page, faces) == ""
    expect(page.locator("header nav")).to_have_count(0)  # nobody is logged in


@pytest.mark.long
def test_axe_finds_nothing_on_the_pages_that_are_met_most_in_english(visit, house):
    faces = {f"{name}, english": house.faces[name] for name in MET_MOST}
    assert troubles_of(visit(locale="en-US", reduced_motion="reduce"), faces) == ""


@pytest.mark.long
@pytest.mark.parametrize("name", LONE)
@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "dark phone"])
def test_axe_finds_nothing_on_a_page_of_an_error(visit, house, name, size, scheme):
    page = visit(size, reduced_motion="reduce", color_scheme=scheme)
    page.goto("/nowhere/")  # for its style sheets
    page.set_content(render_to_string(f"{name}.html"))
    photograph(page, f"error {name} {scheme}")
    assert found_by_axe(page) == []
    ways = page.get_by_role("link").evaluate_all("(links) => links.map((link) => link.getAttribute('href'))")
    assert ways == (["/login/", "/"] if name == "403" else ["/"])
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_a_page_of_an_error_leads_back_to_where_one_was(visit, house):
    page = visit()
    page.goto("/account/")
    page.goto("/nowhere/")
    page.get_by_role("button", name="뒤로").click()
    expect(page).to_have_url(re.compile("/account/$"))


def test_a_name_is_shown_as_it_was_typed(visit, house):
    page = visit()
    page.goto(house.faces["account"])
    page.locator("main").evaluate("main => { main.innerHTML = '<span>4x3</span> <span>4×3</span>' }")
    typed, other = (span.bounding_box()["width"] for span in page.locator("main span").all())
    assert typed != other


def test_a_chosen_cookie_file_is_named(visit, house):
    page = visit()
    page.goto(house.faces["cookies"])
    page.locator("input[type=file]").set_input_files({"name": "mine.txt", "mimeType": "text/plain", "buffer": b"x"})
    expect(page.locator("[data-file-name]")).to_have_text("mine.txt")


@pytest.mark.long
def test_axe_finds_nothing_on_any_page_in_any_state(visit, house):
    assert troubles_of(visit(reduced_motion="reduce"), house.faces) == ""


@pytest.mark.long
def test_axe_finds_nothing_in_a_studio_on_its_first_day(visit, bare):
    faces = {f"{name}, first day": bare.url + path for name, path in bare.faces.items()}
    assert troubles_of(visit(reduced_motion="reduce"), faces) == ""


def open_keys(page: Page, house: House) -> None:
    page.goto(house.faces["home"])
    page.locator("[data-keys]").click()
    expect(page.locator("#keys")).to_be_visible()


def open_weights(page: Page, house: House) -> None:
    page.goto(house.faces["ranking"])
    page.locator("[popovertarget=weights]").click()
    expect(page.locator("#weights")).to_be_visible()


def record(page: Page, house: House) -> None:
    page.goto(house.faces["ranking"])
    page.locator(".sound-box > summary").first.click()
    page.locator("[data-record]").first.click()
    expect(page.locator(".voice-clock").first).to_have_text("0:01")


def clash(page: Page, house: House) -> None:
    """Another tab stores a label that this one is about to change."""
    page.goto(house.faces["ranking, film cancelled"])
    field = page.locator("[name=label]").first
    page.evaluate(
        """async () => {
          const form = document.querySelector("[name=label]").form, body = new FormData(form);
          body.set("label", `${body.get("label")} 2`);
          await fetch(form.action, { method: "POST", body });
        }"""
    )
    field.fill("다른 말")
    field.blur()
    expect(page.locator(".clash").first).to_be_visible()


def pick(page: Page, house: House) -> None:
    page.goto(house.faces["library"])
    page.locator("input[name=video]:not(:disabled)").nth(1).check()
    page.locator(".pick-bar details > summary").click()
    expect(page.locator(".more-acts")).to_be_visible()


def ask_to_delete(page: Page, house: House) -> None:
    page.goto(house.faces["library"] + "?q=파일")
    page.locator("input[name=video]").first.check()
    page.locator(".pick-bar details > summary").click()
    page.locator(".more-acts button.bad").click()
    expect(page.locator(".offer button.bad")).to_be_visible()


def upload_what_is_no_video(page: Page, house: House) -> None:
    page.goto(house.faces["home"])
    file = {"name": "아주 긴 이름의 영상이 아닌 파일.mp4", "mimeType": "video/mp4", "buffer": b"no video"}
    page.locator("[data-drop] input[type=file]").first.set_input_files(file)
    expect(page.locator(".results-list .refused")).to_be_visible()


def add_in_the_admin(page: Page, house: House) -> None:
    """The page that asks which ranking some videos are to be put into."""
    page.goto("/admin/ranking/video/")
    page.locator("input.action-select").first.check()
    page.locator("select[name=action]").select_option("add_to_project")
    page.locator(".actions button").first.click()
    expect(page.locator("select[name=project]")).to_be_visible()


OPENED = {
    "upload refused": upload_what_is_no_video,
    "admin, add to a ranking": add_in_the_admin,
    "keys": open_keys,
    "rank for me": open_weights,
    "recording": record,
    "two tabs": clash,
    "picked": pick,
    "delete uploads": ask_to_delete,
}


@pytest.mark.parametrize("name", OPENED)
@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "dark phone"])
@pytest.mark.long
def test_axe_finds_nothing_in_what_opens(visit, house, name, size, scheme):
    page = visit(size, reduced_motion="reduce", color_scheme=scheme, permissions=["microphone"])
    OPENED[name](page, house)
    photograph(page, f"opened {name} {'phone' if size is PHONE else 'light'}")
    assert found_by_axe(page, *(WCAG if "/admin/" in page.url else ())) == []  # as in admin_troubles
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.long
def test_axe_finds_nothing_in_the_admin_that_is_met_most(visit, house):
    paths = ("/admin/", "/admin/ranking/project/", "/admin/ranking/project/2/change/")
    assert "\n".join(admin_troubles(visit(reduced_motion="reduce"), paths)) == ""


@pytest.mark.long
def test_axe_finds_nothing_in_any_list_and_form_of_the_admin(visit, house):
    page = visit(reduced_motion="reduce")
    page.goto("/admin/")
    own = page.locator("#content-main :is(.app-ranking, .app-scraping, .app-rendering, .app-auth) th a")
    lists = {link.get_attribute("href") for link in own.all()}
    assert len(lists) > 8, lists
    paths = set(lists)
    for path in sorted(lists):
        page.goto(path)
        forms = page.locator("#result_list tbody th a[href], #content .addlink").all()
        paths |= {urljoin(path, form.get_attribute("href")) for form in forms[:2]}
    assert "\n".join(admin_troubles(page, sorted(paths))) == ""


def admin_troubles(page: Page, paths: Iterable[str]) -> list[str]:
    """What axe says of the admin's pages: by WCAG, for they are Django's, and not all what axe calls best practice."""
    troubles = []
    for path in paths:
        for size, scheme in ((DESK, "light"), (PHONE, "dark")):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            assert page.goto(path).status == 200, path
            photograph(page, f"admin{path.replace('/', ' ').removeprefix(' admin')} {scheme}")
            troubles += [f"{path}, {scheme}: {line}" for line in found_by_axe(page, *WCAG)]
    return troubles


@pytest.mark.long
def test_axe_finds_nothing_on_the_page_of_the_parts(visit, workshop):
    assert troubles_of(visit(reduced_motion="reduce"), {"design": workshop.url + "/design/"}) == ""


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
    expect(page.locator(".film-actions a[download]").first).to_be_visible()


# Said by scripts alone, and only of what scripts do; and boxes that without them are links to the page of their words.
SAID_BY_SCRIPTS = (
    ".publish-box, .style-box, .script-only, [data-record], .count, .saved, .pick-bar, .history, .stage, output, "
    "[role=status]"
)
PASSING = r"방금|\d+\S* 전|\d+"  # what is another a minute later
WORDS = """(skip) => {
  const said = document.querySelectorAll("main :is(h1, h2, h3, p, li, dt, dd, label, summary, a, small, b, legend)");
  const plain = [...said].filter((it) => !it.closest(skip) && it.checkVisibility({ visibilityProperty: true }));
  return plain.flatMap((it) => [...it.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()))
    .filter(Boolean);
}"""


def words_of(page: Page, path: str) -> set[str]:
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.evaluate(OPEN_ALL)
    return {re.sub(PASSING, "", words) for words in page.evaluate(WORDS, SAID_BY_SCRIPTS)}


@pytest.mark.long
def test_every_page_says_the_same_without_scripts(visit, house):
    with_scripts, bare = visit(), visit(java_script_enabled=False)
    lacking = {}
    for name, path in house.faces.items():
        said, plainly = words_of(with_scripts, path), words_of(bare, path)
        assert plainly, name
        if missing := sorted(said - plainly):
            lacking[name] = missing
    assert lacking == {}


# What people read or hear on a page, but what they wrote themselves and what a program noted for the curious.
READ = """() => [...document.body.querySelectorAll('*')]
  .filter((it) => !it.closest('script, style, pre, code, bdi, [lang=en]'))
  .flatMap((it) => [
    ...[...it.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data),
    ...['title', 'aria-label', 'placeholder', 'alt'].map((name) => it.getAttribute(name) ?? ''),
  ]).map((words) => words.trim()).filter(Boolean)"""
ENGLISH = re.compile(r"\b[A-Za-z]{2,} [a-z]{2,}")
NAMES = {
    "Ranking Shorts Studio",
    "YouTube Shorts",
    "Instagram Reels",
    "English",
    "owner",
}  # the last is how the local owner logs in


def english_on(page: Page, msgids: set[str]) -> set[str]:
    """Return what a Korean page says in English: words of the studio's own, or several in a row without any Korean."""
    said = {words for words in page.evaluate(READ) if not re.search("[가-힣]", words)} - NAMES
    return {words for words in said if words in msgids or ENGLISH.search(words)}


@pytest.mark.long
def test_no_page_in_korean_says_english_words(visit, house):
    page, found = visit(), {}
    msgids = {entry.msgid for entry in polib.pofile(PO) if not entry.obsolete and entry.msgid != entry.msgstr}
    for name, path in house.faces.items():
        page.goto(path)
        if words := english_on(page, msgids):
            found[name] = words
    assert found == {}
    page.locator("main").evaluate("main => main.append('Reload the page')")  # the control
    assert english_on(page, msgids) == {"Reload the page"}


def test_a_script_is_not_needed_to_rank_and_rename(visit, house):
    page = visit(java_script_enabled=False)
    page.goto(house.faces["ranking, film failed"])
    page.locator("[name=label]").first.fill("새 라벨")
    page.locator("[name=label]").first.press("Enter")
    page.goto(house.faces["ranking, film failed"])
    expect(page.locator("[name=label]").first).to_have_value("새 라벨")
    page.locator("[data-entry]").first.get_by_role("button", name="아래로").click()
    expect(page.locator("[name=label]").nth(1)).to_have_value("새 라벨")
