"""Every page by keys alone: Tab reaches all there is, in its order, and shows where one is; what opens closes again.

And for those who asked for less motion, nothing moves.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.house import DESK, OPEN_ALL, PHONE

pytestmark = pytest.mark.browser

MET_MOST = ("home", "search", "library", "account")
# What Tab should reach, and what each looks like: of its own, of its label, of what is around it.
LOOK = """
window.around = (it) => [it, it.parentElement, it.closest("label"), it.closest("li, article, .video-card"),
  it.nextElementSibling, it.labels?.[0]].filter(Boolean);
window.look = (it) => window.around(it).map((one) => {
  const style = getComputedStyle(one);
  const ring = style.outlineStyle === "none" || style.outlineWidth === "0px" ? "" : style.outline;
  return `${ring}|${style.boxShadow}`;
}).join("\\n");
window.nameOf = (it) => `${it.tagName.toLowerCase()}${it.id && "#" + it.id}${it.name ? `[name=${it.name}]` : ""} ` +
  (it.getAttribute("aria-label") || it.textContent).trim().slice(0, 30);
window.reachable = () => {
  const all = "a[href], button, input:not([type=hidden]), select, textarea, summary, video[controls], " +
    "audio[controls], [tabindex]:not([tabindex='-1']), [contenteditable]";
  const radios = new Set();
  return [...document.querySelectorAll(all)].filter((it) => {
    if (it.disabled || it.tabIndex < 0 || it.closest("[inert]")) return false;
    if (!it.checkVisibility({ visibilityProperty: true }) || !it.getClientRects().length) return false;
    if (it.type !== "radio") return true;
    const group = [...it.form?.elements[it.name] ?? [it]];
    const chosen = group.find((one) => one.checked) ?? it;
    return it === chosen && !radios.has(it.name + it.form?.id) && radios.add(it.name + it.form?.id);
  });
};
"""
BEGIN = """() => {
  document.activeElement?.blur();
  getSelection().removeAllRanges();
  window.waiting = new Set(window.reachable());
  window.plainly = new Map([...window.waiting].map((it) => [it, window.look(it)]));
  window.steps = [];
  window.wrong = [];
  window.unsure = [];
  [...window.waiting][0].focus({ focusVisible: true });  // a field with autofocus would be where Tab begins
  return window.waiting.size;
}"""
STEP = """() => {
  const it = document.activeElement;
  if (!it || it === document.body) return false;
  const last = window.steps.at(-1);
  if (it === last) return true;  // a player has several buttons inside
  if (it === window.steps[0]) return false;  // once round
  if (last && !(last.compareDocumentPosition(it) & Node.DOCUMENT_POSITION_FOLLOWING))
    window.wrong.push(`out of order: ${window.nameOf(last)}, then ${window.nameOf(it)}`);
  window.steps.push(it);
  window.waiting.delete(it);
  const box = window.around(it).find((one) => one.getBoundingClientRect().width > 2)?.getBoundingClientRect();
  if (!box || box.bottom < 0 || box.top > innerHeight || box.right < 0 || box.left > innerWidth)
    window.wrong.push(`not in sight: ${window.nameOf(it)}`);
  if (window.plainly.has(it) && window.look(it) === window.plainly.get(it)) window.unsure.push(it);
  return true;
}"""
MOVING = """() => {
  const found = [];
  const seconds = (text) => Math.max(...text.split(",").map(parseFloat));
  for (const it of document.querySelectorAll("body, body *")) {
    for (const part of [null, "::before", "::after"]) {
      const style = getComputedStyle(it, part);
      if (part && style.content === "none") continue;
      const changes = style.transitionProperty === "none" ? 0 : seconds(style.transitionDuration);
      const runs = style.animationName === "none" ? 0 : seconds(style.animationDuration);
      if (changes > 0.01 || runs > 0.01 || style.scrollBehavior === "smooth")
        found.push(`${it.tagName.toLowerCase()}.${it.className}${part ?? ""} ${changes} ${runs}`);
    }
  }
  const running = document.getAnimations().filter((one) => one.playState === "running" &&
    one.effect.getComputedTiming().activeDuration > 10);
  return [...new Set([...found, ...running.map((one) => `runs: ${one.animationName ?? one.transitionProperty}`)])];
}"""


def walk(page: Page) -> list[str]:
    """Press Tab from the start of the page to its end; return what was wrong on the way, and what was not reached."""
    page.evaluate(LOOK)
    expected = page.evaluate(BEGIN)
    page.evaluate(STEP)
    for _ in range(3 * expected + 30):
        page.keyboard.press("Tab")
        if not page.evaluate(STEP):
            break
    else:
        return ["the keyboard is trapped"]
    missed = "[...window.waiting].filter((it) => it.isConnected).map((it) => `not reached: ${nameOf(it)}`)"
    return page.evaluate(f"() => [...window.wrong, ...{missed}]") + unseen(page)


def unseen(page: Page) -> list[str]:
    """Of those whose style alone says nothing of focus (a slider's thumb has its own), return those that look alike."""
    found = []
    for number in range(page.evaluate("window.unsure.length")):
        place = page.evaluate_handle(f"window.unsure[{number}]").as_element()
        if not place.evaluate("it => it.isConnected"):
            continue
        place.evaluate("it => { it.focus({ focusVisible: true }); it.scrollIntoView({ block: 'center' }) }")
        with_focus = place.screenshot()
        place.evaluate("it => it.blur()")
        if with_focus == place.screenshot():
            found.append(f"shows no focus: {place.evaluate('nameOf')}")
    return found


def walked(page: Page, faces: dict[str, str]) -> list[str]:
    troubles = []
    for name, path in faces.items():
        page.goto(path)
        page.evaluate(OPEN_ALL)
        page.wait_for_load_state("networkidle")
        troubles += [f"{name}: {line}" for line in walk(page)]
    return troubles


def test_tab_walks_through_the_pages_that_are_met_most(visit, house):
    assert walked(visit(reduced_motion="reduce"), {name: house.faces[name] for name in MET_MOST}) == []


@pytest.mark.long
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_tab_walks_through_every_page(visit, house, size):
    assert walked(visit(size, reduced_motion="reduce"), house.faces) == []


def test_a_page_that_cannot_be_walked_is_seen(visit, house):
    page = visit(reduced_motion="reduce")
    page.goto(house.faces["account"])
    page.evaluate(
        """() => {
          const [first, second] = document.querySelectorAll("main button");
          first.style.cssText = "outline: none !important; box-shadow: none !important";
          second.disabled = false;
          second.addEventListener("focus", () => document.querySelector("footer a").focus());
          document.querySelector("main a").tabIndex = 9;
        }"""
    )
    said = " ".join(walk(page))
    assert "shows no focus" in said and "not reached" in said


def test_dialogs_and_popovers_close_by_escape_and_give_the_focus_back(visit, house):
    page = visit(reduced_motion="reduce")
    page.goto(house.faces["ranking"])
    before = page.locator("header a.brand")
    before.focus()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    expect(page.locator("#keys-heading")).to_be_focused()  # so that a small screen begins at its top
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('#keys')")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    expect(before).to_be_focused()

    opener = page.locator("[popovertarget=weights]")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#weights")).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('#weights')")
    page.keyboard.press("Escape")
    expect(page.locator("#weights")).to_be_hidden()
    expect(opener).to_be_focused()


def test_nothing_moves_for_those_who_asked_for_less_motion(visit, house):
    assert moving(visit(reduced_motion="reduce"), {name: house.faces[name] for name in MET_MOST}) == []
    page = visit(reduced_motion="no-preference")
    assert moving(page, {"search, looking": house.faces["search, looking"]}) != []  # so that it would be seen


@pytest.mark.long
def test_nothing_moves_on_any_page_for_those_who_asked_for_less_motion(visit, house):
    assert moving(visit(reduced_motion="reduce"), house.faces) == []


def moving(page: Page, faces: dict[str, str]) -> list[str]:
    troubles = []
    for name, path in faces.items():
        page.goto(path)
        page.evaluate(OPEN_ALL)
        troubles += [f"{name}: {line}" for line in page.evaluate(MOVING)]
    return troubles
