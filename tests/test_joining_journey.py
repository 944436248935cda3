"""In a real browser: the owner invites somebody, who chooses a name and a password, and logs in with them again."""

import re

import pytest
from playwright.sync_api import expect

from tests.test_journey import visitor  # noqa: F401 (fixture)
from tests.ways import DESKTOP

pytestmark = pytest.mark.browser
SMALL_PHONE = {"width": 360, "height": 780}
PASSWORD = "심장이-뛰는-순간-9"


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("locale", "size", "scheme", "name"),
    [
        ("ko-KR", SMALL_PHONE, "dark", "민지"),
        pytest.param("en-US", DESKTOP, "light", "minji", marks=pytest.mark.long),
        pytest.param("ko-KR", DESKTOP, "dark", "서연", marks=pytest.mark.long),
        pytest.param("en-US", SMALL_PHONE, "light", "grace", marks=pytest.mark.long),
    ],
)
def test_from_an_invitation_to_ones_own_account(visitor, locale, size, scheme, name):  # noqa: F811
    owner = visitor(locale, size, scheme)
    owner.goto("/people/")
    owner.locator("[name=note]").fill(name)
    owner.locator("form[action='/people/invite/'] button").click()
    link = owner.locator("code.secret").inner_text()
    assert fits(owner)

    guest = visitor(locale, size, scheme)
    guest.goto(link)
    guest.locator("[name=username]").fill("owner")
    for field in ("password1", "password2"):
        guest.locator(f"[name={field}]").fill(PASSWORD)
    guest.locator("main form button").click()
    expect(guest.locator("main .notice.error")).to_have_count(1)
    guest.locator("[name=username]").fill(name)
    for field in ("password1", "password2"):
        guest.locator(f"[name={field}]").fill(PASSWORD)
    guest.locator("main form button").click()
    guest.wait_for_url(re.compile(r":\d+/$"))
    guest.locator("header a[href='/account/']").click()
    expect(guest.locator("main .lead b")).to_have_text(name)
    assert fits(guest)

    guest.locator("form[action='/logout/'] button").click()
    guest.goto("/login/")
    assert fits(guest)
    guest.locator("[name=username]").fill(name)
    guest.locator("[name=password]").fill(PASSWORD)
    guest.locator("main form button").click()
    guest.wait_for_url(re.compile(r":\d+/$"))
    guest.goto("/account/")
    expect(guest.locator("main .lead b")).to_have_text(name)
