"""Channels: a preset that new rankings begin with, and the clips that it showed."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from ranking.channels import Channel
from ranking.models import Project, Track, User
from rendering import voice
from rendering.generate import remember_uses
from rendering.models import Render
from rendering.plan import Clip, Plan
from rendering.publish import credits_of
from rendering.wishes import start_wish
from scraping.models import Search
from scraping.results import found
from tests.test_pages import make_video
from tests.test_wishes import look

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(alice) -> Channel:
    said = {"target": "tiktok", "style": "classic", "order": "listed", "card": "Follow!", "hook": True, "top": 3}
    alice.channel = Channel.objects.create(owner=alice, name="Dogs daily", **said)
    alice.save()
    return alice.channel


def form_of(channel: Channel, **changes) -> dict:
    said = {"name": channel.name, "top": 5, "target": "shorts", "style": "classic", "order": "countdown"}
    return said | {"transition": "cut", "seconds": "", "track_volume": "1"} | changes


def test_a_ranking_is_kept_as_a_channel_and_the_next_begins_so(client, alice):
    track = Track.objects.create(owner=alice, name="beat", file="tracks/1.mp3", seconds=9, sha256="1" * 64)
    said = {"target": "reels", "seconds": 20, "transition": "whip", "card": "Follow!", "track": track, "effects": True}
    project = Project.objects.create(owner=alice, title="One", **said)

    client.post(f"/projects/{project.pk}/channel/", {"name": " Dogs daily "})
    client.post("/projects/", {"title": "Two"})

    kept, new = Channel.objects.get(), Project.objects.get(title="Two")
    assert kept.name == "Dogs daily" and new.channel == kept == Project.objects.get(title="One").channel
    assert {name: getattr(new, name) for name in said} == said
    project.refresh_from_db()
    project.card = ""
    project.save()
    client.post(f"/projects/{project.pk}/channel/", {"name": "Dogs daily"})  # the same name: it is kept anew
    assert Channel.objects.get().card == ""


def test_the_list_names_what_a_channel_is_made_for_and_teaches_only_where_there_is_none(client, bobs_client, channel):
    page = client.get("/channels/").content.decode()
    assert "TOP 3 · TikTok" in page and "· tiktok" not in page and "Make one ranking as you like it" not in page
    assert "Make one ranking as you like it" in bobs_client.get("/channels/").content.decode()
    project = Project.objects.create(owner=channel.owner, channel=channel)
    lesson = "New rankings of it begin with"
    assert lesson not in client.get(project.get_absolute_url()).content.decode()
    Project.objects.update(channel=None)
    assert lesson in client.get(project.get_absolute_url()).content.decode()


def test_the_admin_finds_channels_by_name_and_owner(admin_client, channel, bob):
    Channel.objects.create(owner=bob, name="Cats weekly")
    address = reverse("admin:ranking_channel_changelist")

    def shown(**query) -> set[str]:
        page = admin_client.get(address, query).content.decode()
        return {name for name in ("Dogs daily", "Cats weekly") if f">{name}</a>" in page}

    assert shown() == {"Dogs daily", "Cats weekly"} and shown(q="dogs") == {"Dogs daily"}
    assert shown(q="bob") == {"Cats weekly"} == shown(owner__id__exact=bob.pk)
    page = admin_client.get(reverse("admin:ranking_channel_change", args=[channel.pk]))
    assert page.status_code == 200 and "Follow!" in page.content.decode()


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_channel_needs_a_name_that_fits(client, alice, name):
    project = Project.objects.create(owner=alice)
    page = client.post(f"/projects/{project.pk}/channel/", {"name": name}, follow=True).content.decode()
    assert "1 to 60 letters" in page and not Channel.objects.exists()


def test_the_first_page_offers_the_channels_and_remembers_the_choice(client, alice, bob, channel, valkey):
    other = Channel.objects.create(owner=bob, name="Not hers")
    page = client.get("/").content.decode()
    assert "Dogs daily" in page and "Not hers" not in page
    client.post("/wish/", {"q": "dog", "source": "tiktok", "channel": ""})
    assert User.objects.get(pk=alice.pk).channel is None
    client.post("/wish/", {"q": "dog", "source": "tiktok", "channel": other.pk})
    assert User.objects.get(pk=alice.pk).channel is None
    client.post("/wish/", {"q": "dog", "source": "tiktok", "channel": channel.pk})
    newest = Render.objects.first()
    assert newest.project.channel == channel and newest.project.target == "tiktok" and newest.wish["top"] == 3
    assert f'value="{channel.pk}" selected' in client.get("/").content.decode()


def test_the_list_leads_to_a_film_of_each_channel(client, alice, channel, valkey):
    second = Channel.objects.create(owner=alice, name="Cats weekly")
    User.objects.update(channel=channel)
    assert f'href="/?channel={second.pk}#q"' in client.get("/channels/").content.decode()
    page = client.get(f"/?channel={second.pk}").content.decode()
    assert f'value="{second.pk}" selected' in page and f'value="{channel.pk}" selected' not in page
    assert "Dogs daily" in client.get("/?channel=0").content.decode()
    assert User.objects.get(pk=alice.pk).channel == channel, "only looked at"


def test_a_search_also_remembers_the_channel_and_what_is_picked_begins_so(client, alice, channel, valkey):
    alice.channel = None
    alice.save()
    client.post("/search/", {"q": "dog", "source": "library", "channel": channel.pk})
    video = make_video(1)
    client.post("/pick/", {"video": video.pk, "title": "dog"})
    assert Project.objects.get().card == "Follow!"


def test_the_page_of_a_channel_changes_it_and_says_what_is_wrong(client, channel):
    Channel.objects.create(owner=channel.owner, name="Other")
    address = channel.get_absolute_url()
    assert client.post(address, form_of(channel, name="Other")).status_code == 422
    page = client.post(address, form_of(channel, seconds="99"))
    assert page.status_code == 422 and b"takes at most 60 seconds" in page.content
    assert client.post(address, form_of(channel, credit="Thanks to", language="en", top=7)).status_code == 302
    channel.refresh_from_db()
    assert (channel.top, channel.credit, channel.hook, channel.card) == (7, "Thanks to", False, "")


def test_the_page_of_a_channel_says_units_what_empty_means_and_voices_in_words(client, channel, monkeypatch):
    robot, natural, _microsoft = voice.VOICES
    monkeypatch.setattr(voice, "ready", lambda: [robot])
    channel.seconds, channel.track_volume, channel.voice = 20, 0.3675, natural.name
    channel.save()
    page = client.get(channel.get_absolute_url()).content.decode()
    assert 'placeholder="automatic"' in page and 'value="20"' in page and "Empty: as long as it may be" in page
    assert "<output>37%</output>" in page and re.search(r'<input type="range" name="track_volume" .*max="2"', page)
    assert re.findall(r"<option[^>]*>([^<]*(?:voice|fits)[^<]*)<", page) == [
        "Whichever fits",
        "Robot voice (espeak-ng)",
        "Natural voice (supertonic), not on this machine",
    ]
    assert client.post(channel.get_absolute_url(), form_of(channel, voice=natural.name)).status_code == 302
    assert Channel.objects.get().voice == natural.name


def test_nobody_sees_or_changes_the_channel_of_another(bobs_client, channel, bob):
    for answer in (
        bobs_client.get(channel.get_absolute_url()),
        bobs_client.post(f"{channel.get_absolute_url()}delete/"),
        bobs_client.post(channel.get_absolute_url(), form_of(channel)),
    ):
        assert answer.status_code == 404
    assert b"Dogs daily" not in bobs_client.get("/channels/").content


def test_a_channel_goes_and_its_rankings_stay(client, channel, alice):
    project = Project.begun(alice, title="One")
    project.save()
    client.post(f"{channel.get_absolute_url()}delete/")
    project.refresh_from_db()
    assert project.channel is None and project.card == "Follow!" and not Channel.objects.exists()


def test_a_style_that_is_gone_gives_way_to_the_usual_one(alice, channel):
    channel.style = "own-99"
    channel.save()
    assert Project.begun(alice).style == "classic"


# --- What it showed ---------------------------------------------------------------------------------------------------
def plan_of(*hashes: str, draft: bool = False) -> Plan:
    clips = tuple(Clip(rank=n, clip=sha, start=0, frames=90) for n, sha in enumerate(hashes, 1))
    order = tuple(range(1, len(clips) + 1))
    return Plan(("One",), "classic", "shorts", order, clips, draft=draft)


def test_what_a_film_shows_is_remembered_told_on_cards_and_left_out_by_the_next_wish(alice, channel, valkey):
    videos = [
        make_video(n, caption=f"dog {n}", search_text=f"dog {n}", play_count=10**n, published_at=timezone.now())
        for n in range(1, 7)
    ]
    project = Project.begun(alice, title="One")
    project.save()
    for video in videos[3:]:
        type(video).objects.filter(pk=video.pk).update(file=f"videos/{video.pk}.mp4", sha256=f"{video.pk:064}")
        project.add(video)
    shown = [f"{video.pk:064}" for video in videos[4:]]
    remember_uses(project, plan_of(*shown, draft=True))
    assert channel.used() == {}
    remember_uses(project, plan_of(*shown))
    remember_uses(project, plan_of(*shown))  # a film that is made again
    assert set(channel.used()) == {videos[4].pk, videos[5].pk}
    project.delete()

    render = look(start_wish(alice, "dog", "library", 3))

    chosen = [entry.video.pk for entry in render.project.ranked()]
    assert chosen == [videos[3].pk, videos[2].pk, videos[1].pk]
    told = {video.pk: video.used_at for video in found(Search.objects.get())}
    assert timezone.now() - told[videos[5].pk] < timedelta(minutes=1) and told[videos[0].pk] is None


def test_a_card_says_on_which_channel_and_when(client, alice, channel, valkey):
    video = make_video(1, caption="dog", search_text="dog")
    channel.remember([video])
    channel.uses.update(used_at="2026-11-03T12:00:00Z")
    client.post("/search/", {"q": "dog", "source": "library"})
    page = client.get(Search.objects.get().get_absolute_url()).content.decode()
    assert "used on Dogs daily November 3" in page


def test_the_credits_have_the_channels_own_words():
    played = [{"rank": 1, "author": "a", "url": "https://a", "plays": None}]
    assert credits_of(played, "en", heading="Thanks to").startswith("Thanks to\n")
    assert credits_of(played, "en").startswith("Credits\n")
