"""What htmx asks for lies at the page's own address, and must not be taken for the page when somebody goes back."""

import pytest
from django.urls import reverse

from tests.test_journey import clips, upload, visitor  # noqa: F401 (fixtures)
from tests.ways import DESKTOP


def test_pages_and_their_parts_are_told_apart(client):
    for headers in ({}, {"HX-Request": "true"}):
        assert "HX-Request" in client.get(reverse("home"), headers=headers)["Vary"]


@pytest.mark.long
@pytest.mark.browser
def test_who_goes_back_meets_the_page_and_not_the_part_that_came_last(visitor, clips):  # noqa: F811
    page = visitor("ko-KR", DESKTOP)
    upload(page, clips[:1])
    with page.expect_response(lambda answer: answer.url == page.url and "hx-request" in answer.request.headers):
        page.evaluate("htmx.trigger(document.body, 'entries-changed')")
    page.goto("/sources/")
    page.go_back()
    page.locator("header nav").wait_for()
    page.locator("[data-entry]").wait_for()
