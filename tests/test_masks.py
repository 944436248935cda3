"""Blurred areas: what is stored, what is refused, and that they lie in the film where they were drawn."""

import dataclasses
import html
import json
import re

import numpy as np
import pytest
from django.urls import reverse

from ranking.models import Entry, Project, Video
from rendering.masks import area, mask_steps, read_masks
from rendering.picture import picture_steps
from rendering.plan import Clip, Mask, Plan
from rendering.style import style
from rendering.targets import HEIGHT, WIDTH
from scraping.ingest import ingest_file
from tests.clips import make_clip
from tests.test_picture import clip_file, clip_of, frame_of


@pytest.fixture
def entry(alice) -> Entry:
    video = Video.objects.create(source="file", external_id="1", owner=alice, duration=8.0, caption="clip")
    return Project.objects.create(owner=alice, title="t").add(video, label="one")


@pytest.fixture
def ready_entry(alice, tmp_path) -> Entry:
    """An entry whose clip is here, five seconds of it."""
    video = ingest_file(make_clip(tmp_path / "clip.mp4", 5, size="160x284", fps=10, audio=False), owner=alice)
    return Project.objects.create(owner=alice, title="t").add(video, label="one")


def send(client, entry: Entry, rows: list[dict], **extra: str) -> object:
    data = {name: [row.get(name, "") for row in rows] for name in ("x", "y", "width", "height", "start", "end")}
    return client.post(reverse("entry-masks", args=[entry.pk]), data | extra, headers={"HX-Request": "true"})


def stored(entry: Entry) -> list[dict]:
    return Entry.objects.get(pk=entry.pk).masks


AREA = {"x": "10", "y": "80.5", "width": "50", "height": "12"}


def test_areas_are_stored_as_shares_and_shown_again_in_percent(client, ready_entry):
    entry = ready_entry
    answer = send(client, entry, [AREA | {"start": "1.5", "end": "4"}, {}])
    assert answer.status_code == 200
    assert stored(entry) == [{"x": 0.1, "y": 0.805, "width": 0.5, "height": 0.12, "start": 1.5, "end": 4.0}]
    page = client.get(reverse("project", args=[entry.project_id])).content.decode()
    assert 'name="y"' in page and 'value="80.5"' in page
    for mask in stored(entry):
        Mask(**mask)


def test_an_area_is_taken_away_by_its_button_or_by_emptying_it(client, entry):
    send(client, entry, [AREA, AREA | {"x": "20"}])
    send(client, entry, [], without="0")
    assert [mask["x"] for mask in stored(entry)] == [0.2]
    send(client, entry, [{}])
    assert stored(entry) == []


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([AREA] * 5, "at most 4"),
        ([AREA | {"x": "60"}], "within the picture"),
        ([AREA | {"y": "-1"}], "within the picture"),
        ([AREA | {"width": "1"}], "at least 2"),
        ([AREA | {"height": ""}], "place and its size"),
        ([AREA | {"x": "left"}], "plain numbers"),
        ([AREA | {"x": "nan"}], "plain numbers"),
        ([AREA | {"end": "inf"}], "plain numbers"),
        ([AREA | {"start": "4", "end": "3"}], "ends after it begins"),
        ([AREA | {"start": "9"}], "only 8.0 seconds"),
    ],
)
def test_what_cannot_be_filmed_is_refused_with_a_sentence_and_nothing_changes(client, entry, rows, words):
    send(client, entry, [AREA])
    before = stored(entry)
    answer = send(client, entry, rows)
    assert answer.status_code == 422
    assert words in html.unescape(answer.content.decode())
    assert stored(entry) == before


def test_only_the_owner_masks_and_sees_where_the_camera_looks(bobs_client, stranger, entry):
    assert send(bobs_client, entry, [AREA]).status_code == 404
    assert bobs_client.get(reverse("timeline", args=[entry.project_id])).status_code == 404
    assert send(stranger, entry, [AREA]).status_code == 401
    assert stored(entry) == []


def test_without_htmx_the_answer_is_the_project_page_with_the_sentence(client, entry):
    url = reverse("entry-masks", args=[entry.pk])
    answer = client.post(url, AREA | {"width": "1", "start": "", "end": ""}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("project", args=[entry.project_id])
    assert "at least 2 %" in html.unescape(answer.content.decode())


def test_the_form_works_by_numbers_alone(client, ready_entry):
    """Somebody without script gets an empty row and a button to save."""
    page = client.get(reverse("project", args=[ready_entry.project_id])).content.decode()
    form = page[page.index('class="masks-form"') :].split("</form>")[0]
    plain = re.sub(r"<template>.*?</template>", "", form, flags=re.DOTALL)
    assert plain.count('name="width"') == 1


def test_plans_carry_masks_through_json():
    mask = Mask(0.1, 0.2, 0.3, 0.4, 1.0, 2.0)
    clip = Clip(1, "0", 0, 30, fit="smart", masks=(mask,), camera=((0.0, 0.5),), width=640, height=360)
    plan = Plan(("t",), "classic", "shorts", (1,), (clip,))
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


@pytest.fixture(scope="module")
def checks(tmp_path_factory):
    """A clip of fine black and white squares, which any blur turns grey."""
    squares = "color=black:s=640x360:r=30,format=yuv420p,geq=lum='16+219*mod(floor(X/4)+floor(Y/4),2)':cb=128:cr=128"
    x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "8", "-pix_fmt", "yuv420p"]
    return clip_file(tmp_path_factory.mktemp("clips") / "checks.mp4", squares, *x264)


MASK = Mask(0.4, 0.25, 0.2, 0.5, 0.1, 0.3)


@pytest.mark.parametrize(("fit", "camera"), [("cover", ()), ("contain", ()), ("bars", ()), ("smart", ((0.0, 0.3),))])
def test_a_mask_stays_where_it_is_on_the_video_whatever_the_fit(checks, fit, camera):
    look = style("classic")
    clip = clip_of(checks, fit=fit, masks=(MASK,), camera=camera)
    shown = frame_of(checks, clip, look, 6)[..., 1].astype(float)
    rough = np.abs(np.diff(shown, axis=1))
    if fit in ("contain", "bars"):
        left, top, wide, tall = 70, 650, 940, 528
    else:
        tall, wide = 1240, 1240 * 640 / 360
        left, top = 70 - (wide - 940) * (camera[0][1] if camera else 0.5), 294
    x0, x1 = left + wide * 0.4, left + wide * 0.6
    y0, y1 = top + tall * 0.25, top + tall * 0.75
    inside = rough[int(y0) + 12 : int(y1) - 12, max(70, int(x0) + 12) : min(1010, int(x1)) - 12]
    above = rough[int(y0) - 60 : int(y0) - 12, max(70, int(x0) + 12) : min(1010, int(x1)) - 12]
    assert inside.mean() < 2 < 8 < above.mean(), (fit, inside.mean(), above.mean())


def test_a_mask_is_there_in_its_time_only_also_in_a_piece_that_begins_later(checks):
    look, clip = style("classic"), clip_of(checks, masks=(MASK,))

    def blurred(number: int, since: int = 0) -> bool:
        shown = frame_of(checks, clip, look, number, since)[800:1000, 500:580, 1].astype(float)
        return bool(np.abs(np.diff(shown, axis=1)).mean() < 2)

    assert [blurred(n) for n in (1, 4, 8, 10)] == [False, True, True, False]
    assert [blurred(n, since=5) for n in (0, 3, 5)] == [True, True, False]


def test_masks_cost_nothing_where_none_is_seen(checks):
    look, clip = style("classic"), clip_of(checks)
    late = dataclasses.replace(clip, masks=(dataclasses.replace(MASK, start=5.0, end=6.0),))
    assert "overlay" not in ";".join(picture_steps(clip, look))
    assert mask_steps(late, "s", "x") == ([], "s")


def test_areas_have_even_edges_and_lie_within_the_picture():
    for width, height in ((WIDTH, HEIGHT), (321, 243)):
        for mask in (Mask(0, 0, 1, 1), Mask(0.981, 0.981, 0.02, 0.02), Mask(0.333, 0.111, 0.05, 0.9)):
            x, y, wide, tall = area(mask, width, height)
            assert x % 2 == y % 2 == 0
            assert 0 <= x < x + wide <= width + 1 and 0 <= y < y + tall <= height + 1
            assert x <= mask.x * width and x + wide >= min(width, int((mask.x + mask.width) * width)) - 1


def test_stored_masks_are_exact_enough_and_rounded():
    row = {"x": 1 / 3, "y": 0.5, "width": 2 / 3, "height": 0.5, "start": None, "end": None}
    assert read_masks([row], 8.0) == [
        {"x": 0.3333, "y": 0.5, "width": 0.6667, "height": 0.5, "start": 0.0, "end": None}
    ]
