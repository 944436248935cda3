"""A creator who clicks at random for a minute: no answer of 5xx, no error in the console, always a way on."""

import pytest
from playwright.sync_api import Browser

from bench.creator import Creator, errors_of, roam
from bench.filled import ALONE, fill_in_child
from tests.studio import Studio

pytestmark = [pytest.mark.browser, pytest.mark.long]


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("filled")
    fill_in_child(str(folder), **ALONE)
    with Studio(folder, **ALONE) as studio:
        yield studio


def test_a_minute_of_clicks_at_random_does_no_harm(browser: Browser, filled: Studio):
    steps, troubles = roam(browser, filled.url, 60, seed=11)
    assert len(steps) > 20
    assert troubles == []
    assert errors_of(filled.output()) == []


def test_what_goes_wrong_on_a_page_is_seen(browser: Browser, filled: Studio):
    def break_pages(route):
        route.fulfill(
            status=500, content_type="text/html", body="<title>x</title><script>throw Error('broken')</script>"
        )

    creator = Creator(browser, filled.url, 1)
    creator.begin()
    creator.page.route("**/library/**", break_pages)
    creator.go("/library/", "library")
    creator.step()
    said = " ".join(creator.troubles)
    assert "500 of GET /library/" in said and "broken" in said and "dead end" in said
    creator.page.context.close()
