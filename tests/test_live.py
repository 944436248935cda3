"""In a browser: what is shown live ends right, whatever becomes of its messages, and a film is told of on any page."""

import re

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.house import House

pytestmark = pytest.mark.browser

SEARCH = """
from datetime import timedelta
from django.utils import timezone
from ranking.models import User
from scraping.models import Search
now = timezone.now()
search = Search.objects.create(owner=User.objects.local_owner(), query="live", source="auto", status="running",
                               percent=40, attempt=1, started_at=now, heartbeat_at=now + timedelta(hours=1))
print(search.pk)
"""
FILM = """
from datetime import timedelta
from django.utils import timezone
from ranking.models import Project, User
from rendering.models import Render
owner, now = User.objects.local_owner(), timezone.now()
project = Project.objects.create(owner=owner, title="live | TOP 3")
render = Render.objects.create(owner=owner, project=project, status="running", percent=40, stage="segments", attempt=1,
                               started_at=now, heartbeat_at=now + timedelta(hours=1))
print(render.pk)
"""
# Nobody is told of this: it is as if the last message was lost.
END = "from {app}.models import {kind}; {kind}.objects.filter(pk='{pk}').update(status='{status}', percent=100)"
# As Chrome on Android: the name is there, and it may be used by a service worker only.
REFUSES = """
window.Notification = class { constructor() { throw new TypeError("Illegal constructor"); } };
Notification.permission = "granted";
localStorage.setItem("tell", "on");
Object.defineProperty(document, "hidden", { get: () => Boolean(window.unseen) });
"""


def end_search(house: House, pk: str) -> None:
    house.shell(END.format(app="scraping", kind="Search", pk=pk, status="done"))


def shown(page: Page, pk: str):
    return page.locator(f"#job-{pk}")


def test_a_page_whose_last_message_was_lost_asks_and_ends_right(visit, house):
    pk = house.shell(SEARCH)
    page = visit()
    page.goto(f"/search/{pk}/")
    expect(shown(page, pk)).to_have_attribute("data-status", "running")
    page.wait_for_timeout(1000)
    end_search(house, pk)
    expect(shown(page, pk)).to_have_attribute("data-status", "done", timeout=15_000)


@pytest.mark.long
def test_a_page_whose_socket_is_dead_without_knowing_ends_right(visit, house):
    pk, dead = house.shell(SEARCH), []

    def route(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        socket.on_message(lambda words: dead or server.send(words))
        server.on_message(lambda words: dead or socket.send(words))

    page = visit()
    page.route_web_socket(re.compile("/ws/"), route)
    page.goto(f"/search/{pk}/")
    expect(shown(page, pk)).to_have_attribute("data-status", "running")
    page.wait_for_timeout(1000)
    dead.append(True)
    end_search(house, pk)
    expect(shown(page, pk)).to_have_attribute("data-status", "done", timeout=30_000)


def test_a_page_without_any_socket_asks_and_ends_right(visit, house):
    pk = house.shell(SEARCH)
    page = visit()
    page.route_web_socket(re.compile("/ws/"), lambda socket: socket.close())
    page.goto(f"/search/{pk}/")
    end_search(house, pk)
    expect(shown(page, pk)).to_have_attribute("data-status", "done", timeout=15_000)


def test_a_tab_that_wakes_asks_at_once(visit, house):
    pk, asked = house.shell(SEARCH), []
    page = visit()
    page.on("websocket", lambda socket: pk in socket.url and socket.on("framesent", lambda words: asked.append(words)))
    page.goto(f"/search/{pk}/")
    page.wait_for_timeout(1000)
    end_search(house, pk)
    before = len(asked)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(200)
    assert len(asked) == before + 1
    expect(shown(page, pk)).to_have_attribute("data-status", "done")


@pytest.mark.long
def test_a_page_ends_right_when_the_studio_was_started_again_meanwhile(browser, tmp_path):
    with House(tmp_path).furnish() as studio:
        pk = studio.shell(SEARCH)
        context = browser.new_context(base_url=studio.url, locale="en-US")
        page = context.new_page()
        page.goto(f"/search/{pk}/")
        expect(shown(page, pk)).to_have_attribute("data-status", "running")
        studio.stop()
        expect(page.locator("#alarm")).to_be_visible(timeout=15_000)
        end_search(studio, pk)
        studio.start()
        expect(shown(page, pk)).to_have_attribute("data-status", "done", timeout=15_000)
        expect(page.locator("#alarm")).to_be_hidden()
        context.close()


@pytest.mark.long
@pytest.mark.parametrize(("locale", "words"), [("ko-KR", "완성"), ("en-US", "is done")])
def test_a_film_is_told_of_on_any_page_also_where_the_browser_notifies_nobody(visit, house, locale, words):
    pk = house.shell(FILM)
    page = visit(locale=locale)
    page.add_init_script(REFUSES)
    page.goto("/account/")
    making = page.locator(f"#making-{pk}")
    expect(making).to_contain_text("40%")
    plain = page.title()
    page.evaluate("window.unseen = true")
    house.shell(END.format(app="rendering", kind="Render", pk=pk, status="done"))
    expect(making).to_have_attribute("data-status", "done", timeout=15_000)
    expect(page).to_have_title(re.compile(rf"^\(1\) .*{words}"))
    expect(page.locator("#announcer")).to_contain_text("live")
    expect(page.locator("html")).to_have_attribute("data-telling", "never")
    page.evaluate("window.unseen = false; document.dispatchEvent(new Event('visibilitychange'))")
    assert page.title() == plain
    making.click()
    expect(page).to_have_url(re.compile(f"/films/{pk}/"))
