"""After a film: all that goes with it as a ZIP, and what differed from the film before."""

import asyncio
import csv
import dataclasses
import io
import json
import re
import tracemalloc
import unicodedata
import zipfile
from collections.abc import Generator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import AsyncClient
from django.urls import reverse
from PIL import Image

from ranking import media
from rendering import bundle, differences
from rendering.generate import plan_project, start_render
from rendering.models import Render
from rendering.plan import Bed, Mask, Plan
from tests.test_publish import project as paper  # noqa: F401 (fixture: nothing opens its videos)
from tests.test_renders import clips, drain, project  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db


def row(project: Any, plan: Plan | None = None) -> Render:  # noqa: F811
    """A finished film of which only the row is needed."""
    plan = plan or plan_project(project)
    fields = {"status": "done", "film": "films/some.mp4", "seconds": plan.seconds}
    fields["plan"] = json.loads(json.dumps(plan.to_json()))
    return Render.objects.create(project=project, owner=project.owner, **fields)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("고양이 사고 | TOP 3", "고양이 사고 TOP 3"),
        ("고양이 사고", "고양이 사고 TOP 3"),
        ("가" * 90 + " TOP 3", "가" * 80 + " TOP 3"),
    ],
)
def test_the_name_of_a_file_says_once_how_many_there_are(paper, client, settings, title, name):  # noqa: F811
    paper.title = title
    paper.save()
    film = row(paper)
    assert len(film.plan["clips"]) == 3 and bundle.name_of(film) == name
    path = Path(settings.MEDIA_ROOT) / film.film.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"film")
    header = client.get(reverse("render-film", args=[film.pk]), {"download": ""})["Content-Disposition"]
    assert unquote(header).endswith(f"{name}.mp4")


def test_the_zip_holds_film_covers_words_sources_and_report(project, client, valkey):  # noqa: F811
    project.title = "고양이: 사고/모음?"
    project.save()
    film = drain(start_render(project))
    answer = client.get(reverse("render-zip", args=[film.pk]))
    assert answer["Content-Type"] == "application/zip" and "attachment" in answer["Content-Disposition"]
    held = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert held.testzip() is None
    names = held.namelist()
    assert names[0] == f"고양이_ 사고_모음_ TOP {len(film.plan['clips'])}.mp4"
    assert held.read(names[0]) == Path(film.film.path).read_bytes()
    for name in ("cover.jpg", "cover without text.jpg"):
        assert Image.open(io.BytesIO(held.read(name))).size == (1080, 1920)
    assert "[Title]\n고양이: 사고/모음?" in held.read("texts en.txt").decode()
    assert "[제목]" in held.read("texts ko.txt").decode()
    assert len(list(csv.DictReader(io.StringIO(held.read("sources.csv").decode("utf-8-sig"))))) == len(
        film.plan["clips"]
    )
    assert len(json.loads(held.read("sources.json"))["sources"]) == len(film.plan["clips"])
    assert "✓ Picture size: The picture has 1080×1920 pixels." in held.read("report.txt").decode()
    assert json.loads(held.read("report.json"))["checks"] == film.facts["checks"]
    assert "left out.txt" not in names


def test_the_names_are_korean_for_who_reads_korean_and_unzip_right_everywhere(paper, client, settings):  # noqa: F811
    paper.title = unicodedata.normalize("NFD", "고양이 사고 TOP 3")  # as a Mac types it
    paper.save()
    film = row(paper)
    Path(film.film.path).parent.mkdir(parents=True, exist_ok=True)
    Path(film.film.path).write_bytes(b"film" * 200_000)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ko"
    sent = b"".join(client.get(reverse("render-zip", args=[film.pk])).streaming_content)
    infos = zipfile.ZipFile(io.BytesIO(sent)).infolist()
    names = [info.filename for info in infos]
    assert names[0] == "고양이 사고 TOP 3.mp4" and len(set(names)) == len(names) >= 7
    assert "출처.csv" in names and not any(re.match("[a-z]", name) for name in names)
    for info in infos:
        assert info.filename == unicodedata.normalize("NFC", info.filename)
        assert not bundle.REFUSED.search(info.filename)
        assert info.filename.isascii() or info.flag_bits & 0x800  # says that it is UTF-8; else Windows guesses


def test_it_is_sent_piece_by_piece_whatever_the_size_of_the_film(tmp_path):
    film = tmp_path / "film.mp4"
    with film.open("wb") as file:
        file.truncate(40_000_000)
    tracemalloc.start()
    sent = sum(len(piece) for piece in bundle.stream([bundle.Part("film.mp4", film), bundle.Part("a.txt", b"words")]))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent > 40_000_000 and most < 4_000_000


@pytest.mark.django_db(transaction=True)
def test_it_comes_through_asgi_too(paper, valkey):  # noqa: F811
    film = row(paper)
    Path(film.film.path).parent.mkdir(parents=True, exist_ok=True)
    Path(film.film.path).write_bytes(b"film" * 200_000)

    async def ask() -> bytes:
        client = AsyncClient()
        await client.aforce_login(paper.owner)
        answer = await client.get(reverse("render-zip", args=[film.pk]))
        return b"".join([piece async for piece in answer.streaming_content])

    held = zipfile.ZipFile(io.BytesIO(asyncio.run(ask())))
    assert held.read(held.namelist()[0]) == b"film" * 200_000
    assert "cover.jpg: " in held.read("left out.txt").decode()  # nothing can be seen in such a film, and it is told


def test_a_film_that_is_gone_a_draft_and_somebody_elses_are_not_there(paper, client, bobs_client):  # noqa: F811
    film = row(paper)
    address = reverse("render-zip", args=[film.pk])
    assert client.get(address).status_code == 404  # its file is gone
    assert bobs_client.get(address).status_code == 404
    assert bobs_client.get(reverse("films", args=[paper.pk])).status_code == 404
    Render.objects.filter(pk=film.pk).update(draft=True)
    assert client.get(address).status_code == 404


def clip(plan: Plan, rank: int, /, **changes: Any) -> Plan:
    clips = tuple(dataclasses.replace(one, **changes) if one.rank == rank else one for one in plan.clips)  # noqa: F811
    return dataclasses.replace(plan, clips=clips)


CHANGES = {
    "title": (lambda plan: dataclasses.replace(plan, title=("New", "title")), "→ New | title"),
    "style": (lambda plan: dataclasses.replace(plan, style="neon"), "Style: "),
    "order": (lambda plan: dataclasses.replace(plan, order=plan.order[::-1]), "→ As listed, #1 first"),
    "transition": (lambda plan: dataclasses.replace(plan, transition="whip"), "Hard cut → Whip"),
    "hook": (lambda plan: dataclasses.replace(plan, hook=True), "Opening flash of #1: off → on"),
    "card": (lambda plan: dataclasses.replace(plan, card=("Follow",)), "End card: none → Follow"),
    "music": (lambda plan: dataclasses.replace(plan, bed=Bed("a")), "Music was added."),
    "label": (lambda plan: clip(plan, 2, label="jump"), "→ jump"),
    "part": (lambda plan: clip(plan, 1, start=0.5), "#1: another part is shown"),
    "volume": (lambda plan: clip(plan, 1, volume=0.25), "volume 100% → 25%"),
    "fit": (lambda plan: clip(plan, 1, fit="bars"), "Fill the frame → Show all of it, plain around"),
    "masks": (lambda plan: clip(plan, 1, masks=(Mask(0, 0, 0.5, 0.5),)), "#1: other blurred areas"),
    "voice": (lambda plan: clip(plan, 1, voice="a"), "#1: with a voice"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_differs_is_said_in_words(paper, what):  # noqa: F811
    plan = plan_project(paper)
    change, words = CHANGES[what]
    told = differences.between(row(paper, plan), row(paper, change(plan)))
    assert any(words in line for line in told), told
    others = [line for line in told if words not in line and not line.startswith("Length")]
    assert others == []


def test_a_move_is_told_once_and_clips_that_close_up_are_not(paper):  # noqa: F811
    plan = plan_project(paper)
    without = dataclasses.replace(
        plan,
        order=tuple(rank - 1 for rank in plan.order if rank > 1),
        clips=tuple(dataclasses.replace(one, rank=one.rank - 1) for one in plan.clips if one.rank > 1),
    )
    told = differences.between(row(paper, plan), row(paper, without))
    assert [line for line in told if "was #" in line] == [] and any(line.startswith("Taken out: #1") for line in told)
    swapped = clip(clip(plan, 1, rank=9), 2, rank=1)
    swapped = clip(swapped, 9, rank=2)
    told = differences.between(row(paper, plan), row(paper, swapped))
    assert [line.rpartition(" ")[2] for line in told if "was #" in line] == ["#2", "#1"]


def test_the_page_tells_each_film_from_the_one_before_it(paper, client):  # noqa: F811
    row(paper)
    row(paper)
    paper.title = "Another title"
    paper.save()
    row(paper)
    page = client.get(reverse("films", args=[paper.pk])).content.decode()
    places = [page.index(words) for words in ("→ Another title", "only made again", "The first film of this ranking")]
    assert places == sorted(places) and page.count("<video") == 3


def test_a_stream_that_nobody_reads_to_its_end_is_closed(tmp_path, rf):
    closed = []

    def pieces() -> Generator[bytes]:
        try:
            yield b"one"
            yield b"two"
        finally:
            closed.append(True)

    answer = media.stream(rf.get("/"), pieces(), "application/zip", "x.zip")
    next(iter(answer.streaming_content))
    answer.close()
    assert closed == [True]
