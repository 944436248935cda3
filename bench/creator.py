"""A creator who clicks at random: `python -m bench.creator [--minutes 10] [--seed 7]`, in Chromium on a filled studio.

Presses, types, drags and goes back as the dice say, in Korean and English, on a desk and on a phone. What must not
happen is told with the way that led to it: an answer of 5xx, an error in the console, a page without a way on or that
does not come, a link of the page's own to what is not there or not allowed.
"""

import argparse
import os
import random
import re
import sys
import time
from collections import Counter
from typing import Any

from bench.browser import DESK, PHONE, chromium
from bench.filled import filled_studio

MINUTES, SEED = 10.0, 7
STAY = 60.0  # seconds in which the same browser is used; then comes one of another language and size
LAST_STEPS = 8  # that are told with a trouble
WORDS = ("순간 🔥", "Top moment", "하하하 대박", "a | b", "", "<b>&amp;</b>", "ก็ดี", "x" * 190)
NUMBERS = ("3", "12", "59", "", "-1", "9999", "0.5")
# What can be pressed: seen, enabled, not behind something else. What leaves the studio or logs out is not.
PRESSABLE = """() => [...document.querySelectorAll('a[href],button,summary,select,input,textarea')].filter((one) => {
  if (one.disabled || !one.checkVisibility({ visibilityProperty: true, opacityProperty: false })) return false;
  if (one.type === 'file' || one.type === 'hidden' || one.closest('[aria-hidden=true]')) return false;
  const address = one.href || one.form?.action || '';
  return !/logout|\\/admin\\/|\\/api\\/v1\\/docs|^javascript:|^blob:/.test(address) &&
    (!one.href || one.href.startsWith(location.origin)) && one.target !== '_blank' && !one.hasAttribute('download');
}).length"""
NTH = PRESSABLE.replace(".length", "").replace("() =>", "(number) =>", 1) + "[number]"
# How a page says that a wish was refused, and what htmx says of a request that was left with its page.
FINE = re.compile(r"status of 4(04|09|22|03)|htmx:(sendAbort|afterRequest)")


# Why nothing was done, by what Playwright says: a person would look again.
MISSED = {
    "covered": "intercepts pointer events",
    "gone": "not attached|detached|Execution context|navigat",
    "late": "Timeout",
    "for another reason": "",
}


def kind_of(missed: str) -> str:
    """Return in one word why something could not be used."""
    return next(kind for kind, words in MISSED.items() if re.search(words, missed))


class Creator:
    """One browser at a time; `troubles` are sentences, `steps` all that was done."""

    def __init__(self, browser: Any, url: str, seed: int) -> None:
        self.browser, self.url, self.dice = browser, url, random.Random(seed)
        self.page, self.steps, self.troubles = None, [], []
        self.offered = ""  # the address of the link that is pressed

    def trouble(self, words: str) -> None:
        where = self.page.url.removeprefix(self.url) if self.page else ""
        self.troubles.append(f"{words}\n    on {where}, after: {' > '.join(self.steps[-LAST_STEPS:])}")

    def begin(self) -> None:
        """Open a new browser of a random language and size, at the start page."""
        if self.page:
            self.page.context.close()
        locale, size = self.dice.choice(("ko-KR", "en-US")), self.dice.choice((DESK, PHONE))
        scheme = self.dice.choice(("light", "dark"))
        context = self.browser.new_context(
            locale=locale, viewport=size, color_scheme=scheme, base_url=self.url, accept_downloads=False
        )
        context.set_default_timeout(3000)
        self.page = context.new_page()
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.page.on("pageerror", lambda error: self.trouble(f"script error: {error}"))
        self.page.on("console", self.hear)
        self.page.on("response", self.weigh)
        self.go("/", f"new browser {locale} {size['width']}")

    def hear(self, message: Any) -> None:
        if message.type == "error" and not FINE.search(message.text):
            self.trouble(f"console: {message.text} {message.location.get('url', '')}")

    def weigh(self, answer: Any) -> None:
        if answer.status >= 500 or (answer.status in (403, 404) and answer.url == self.offered):
            self.trouble(f"{answer.status} of {answer.request.method} {answer.url.removeprefix(self.url)}")

    def go(self, path: str, words: str) -> None:
        from playwright.sync_api import TimeoutError as Late

        self.steps.append(words)
        try:
            self.page.goto(path, wait_until="domcontentloaded", timeout=30_000)
        except Late:
            self.trouble(f"{path} did not come within 30 seconds")

    def step(self) -> None:
        """Do one thing that can be done on this page; where nothing can, that is the trouble."""
        from playwright.sync_api import Error

        try:
            count = self.page.evaluate(PRESSABLE)
            if not count or not self.page.evaluate(
                "Boolean(document.querySelector('a[href]')) && Boolean(document.title)"
            ):
                self.trouble("a dead end: nothing leads on")
                return self.go("/", "start page")
            self.use(self.page.evaluate_handle(NTH, self.dice.randrange(count)).as_element())
        except Error as error:
            self.steps.append(f"missed ({kind_of(str(error))})")
        self.page.wait_for_timeout(self.dice.choice((30, 100, 300, 700)))

    def use(self, one: Any) -> None:
        """Use what was found as its kind is used."""
        if one is None:
            return
        kind, words = one.evaluate(
            "one => [one.type || one.localName,"
            " `${one.localName} ${(one.name || one.textContent || one.ariaLabel || '').trim().slice(0, 30)}`]"
        )
        chance = self.dice.random()
        if chance < 0.04:
            return self.go("/", "start page")
        if chance < 0.07:
            self.steps.append("back")
            self.page.go_back(wait_until="domcontentloaded")
            return
        self.steps.append(words)
        # What an older page of the browser's own store leads to may be gone since.
        fresh = "back" not in self.steps[-3:]
        self.offered = one.evaluate("one => (one.href || '').split('#')[0]") if fresh else ""
        if kind == "select-one":
            one.select_option(index=self.dice.randrange(one.evaluate("one => one.options.length")))
        elif kind in ("text", "search", "textarea", "email", "url"):
            one.fill(self.dice.choice(WORDS))
            if self.dice.random() < 0.3:
                one.press("Enter")
        elif kind == "number":
            one.fill(self.dice.choice(NUMBERS))
        elif kind == "range":
            one.focus()
            for _turn in range(self.dice.randrange(1, 6)):
                self.page.keyboard.press(self.dice.choice(("ArrowLeft", "ArrowRight", "PageUp", "End", "Home")))
        elif self.dice.random() < 0.1:
            one.focus()
            self.page.keyboard.press(self.dice.choice(("Enter", " ", "ArrowDown", "ArrowUp", "Escape", "?")))
        else:
            one.click(timeout=2000)


def roam(browser: Any, url: str, seconds: float, seed: int) -> tuple[list[str], list[str]]:
    """Return the steps that were done in that time, and the troubles that they led to."""
    creator, until, change = Creator(browser, url, seed), time.monotonic() + seconds, 0.0
    while time.monotonic() < until:
        if time.monotonic() >= change:
            creator.begin()
            change = time.monotonic() + STAY
        creator.step()
    creator.page.context.close()
    return creator.steps, creator.troubles


def errors_of(log: str) -> list[str]:
    """Return the lines of a studio's log that tell of an error; while it starts, it is not yet healthy."""
    return [line for line in log.splitlines() if re.search("Traceback|ERROR|CRITICAL", line) and "/health" not in line]


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--minutes", type=float, default=MINUTES)
    asked.add_argument("--seed", type=int, default=SEED)
    said = asked.parse_args()
    with filled_studio() as studio, chromium() as browser:
        steps, troubles = roam(browser, studio.url, 60 * said.minutes, said.seed)
        errors = errors_of(studio.output())
    missed = Counter(step for step in steps if step.startswith("missed"))
    load = f"load {os.getloadavg()[0]:.1f}"
    print(f"seed {said.seed}: {len(steps)} steps in {said.minutes:g} minutes, {missed.total()} came to nothing; {load}")
    print("  " + ", ".join(f"{count} {kind}" for kind, count in missed.most_common()))
    for trouble in [*troubles, *errors]:
        print(f"  {trouble}")
    print("no trouble" if not troubles and not errors else f"{len(troubles)} troubles, {len(errors)} errors in the log")
    return 1 if troubles or errors else 0


if __name__ == "__main__":
    sys.exit(main())
