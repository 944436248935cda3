"""A video's card is kept as it was drawn, and drawn anew for whatever it shows."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from ranking.models import Project, Video
from scraping import cards
from tests.found import make_search
from tests.test_pages import make_video

pytestmark = pytest.mark.django_db


def test_a_card_that_says_the_same_is_not_drawn_again():
    video = make_video(1, play_count=12_300)
    before = cards.drawn([video])
    drawn = cards._draw.cache_info().misses

    assert cards.drawn([Video.objects.get(pk=video.pk)]) == before
    assert cards._draw.cache_info().misses == drawn


@pytest.mark.parametrize(
    ("name", "value"),
    [("caption", "<b>another</b>"), ("play_count", 99_900), ("cover", "covers/1.jpg"), ("refused", "private")],
)
def test_a_card_shows_what_its_row_says_now(client, name, value):
    video = make_video(1, play_count=12_300, cover="covers/0.jpg" if name != "cover" else "")
    before = client.get(reverse("library")).content.decode()
    Video.objects.filter(pk=video.pk).update(**{name: value})
    after = client.get(reverse("library")).content.decode()

    card = after[after.index(f'id="video-{video.pk}"') :].partition("</li>")[0]
    assert card not in before and "<b>another" not in card


def test_a_card_says_where_its_sites_mark_is_in_the_file(client, alice):
    clean, marked = make_video(1, facts={"watermarked": False}), make_video(2, facts={"watermarked": True})
    unknown = make_video(3)
    search = make_search(alice, [clean, marked, unknown])
    for address in (reverse("library"), search.get_absolute_url()):
        page = client.get(address).content.decode()
        told = {
            video.pk: page[page.index(f'id="video-{video.pk}"') :].partition("</li>")[0]
            for video in Video.objects.all()
        }
        assert {pk for pk, card in told.items() if "watermark</span>" in card} == {marked.pk}, address


def test_a_rank_says_where_its_sites_mark_is_in_the_file(client, alice):
    project = Project.objects.create(owner=alice, title="춤")
    for number in (1, 2):
        project.add(make_video(number, facts={"watermarked": number == 2}))
    page = client.get(project.get_absolute_url()).content.decode()
    ranks = page.split('<li class="entry"')[1:]
    assert ["watermark</span>" in rank for rank in ranks] == [False, True]


def test_a_card_speaks_the_language_of_its_page_and_ages():
    video = make_video(1, play_count=45_000_000, published_at=timezone.now() - timedelta(days=3, hours=1))
    with translation.override("ko"):
        korean = cards.drawn([video])
    with translation.override("en"):
        english = cards.drawn([video])
        video.published_at -= timedelta(days=1)
        older = cards.drawn([video])

    assert "4,500만" in korean and "45M" in english
    assert "3\xa0days ago" in english and "4\xa0days ago" in older
