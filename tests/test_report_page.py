"""The report in words: on the page, and in what make_ranking prints."""

import io
import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from ranking.models import Project, Video
from rendering.models import Render
from rendering.report import judge, read_back, words
from rendering.report.check import Check
from rendering.targets import target
from tests.films import faults
from tests.reported import GOOD_SECONDS, plan_of
from tests.test_film import lavfi


@pytest.fixture
def film(alice, good_film) -> Render:
    """A finished film of alice's project whose video is the one that the report's plan names."""
    project = Project.objects.create(owner=alice, title="보고서")
    video = Video.objects.create(source="upload", external_id="1", sha256=f"{1:064}")
    entry = project.add(video)
    facts = read_back(good_film, plan_of())
    render = Render.objects.create(project=project, owner=alice, status="done", plan=plan_of().to_json())
    Render.objects.filter(pk=render.pk).update(facts=facts, film="films/x.mp4", seconds=GOOD_SECONDS)
    render.refresh_from_db()
    render.entry = entry
    return render


def only(render: Render, *checks: Check) -> Render:
    render.facts["checks"] = [check.to_json() for check in checks]
    render.save()
    return render


@pytest.mark.django_db
def test_the_page_says_what_to_change_and_where(client, film):
    frozen = Check("frozen", "warn", "frozen", {"rank": 1, "from": 2.0, "to": 3.5}, f"{1:064}")
    only(film, frozen, Check("size", "fine", "size", {"width": 1080, "height": 1920}))
    page = client.get(film.get_absolute_url()).content.decode()
    assert "stands still from 2.0 to 3.5 s of the film" in page
    assert f'href="{film.project.get_absolute_url()}#entry-{film.entry.pk}"' in page
    assert "Everything else is right" in page
    assert "Fit to publish" not in page and "this would make it better" in page


@pytest.mark.django_db
def test_the_page_says_in_one_line_when_all_is_right(client, film):
    only(film, Check("black", "fine", "no_black"))
    page = client.get(film.get_absolute_url()).content.decode()
    assert "Fit to publish" in page and "Picture, sound and text are right" in page


@pytest.mark.django_db
def test_a_film_made_before_there_were_reports_shows_none(client, film):
    del film.facts["checks"]
    film.save()
    page = client.get(film.get_absolute_url()).content.decode()
    assert 'class="report' not in page


@pytest.mark.django_db
def test_a_line_about_a_clip_that_left_the_ranking_has_no_link(client, film):
    only(film, Check("audio", "note", "soundless", {"rank": 1}, f"{9:064}"))
    page = client.get(film.get_absolute_url()).content.decode()
    assert "its video has none" in page and "#entry-" not in page


def test_every_sentence_has_its_numbers_and_every_check_its_name():
    """Whatever the judges can say is said without a gap; their codes are read from their source."""
    source = Path(judge.__file__).read_text()
    used = set(re.findall(r'"([a-z_]+)"', source)) & set(words.SENTENCES)
    assert used | {"muted", "soundless", "quiet", "no_black", "no_frozen", "black", "frozen"} == set(words.SENTENCES)
    numbers = dict.fromkeys(re.findall(r"%\((\w+)\)", " ".join(str(s) for s, _hint in words.SENTENCES.values())), 1)
    for code, (sentence, _hint) in words.SENTENCES.items():
        assert str(sentence) % numbers, code


def test_the_words_of_a_target_are_said_in_the_readers_language():
    assert target("shorts").warning(60) == ""
    assert target("shorts").warning(60.4) == "60.4 s is longer than the 60 s that YouTube Shorts allows for."
    assert target("tiktok").warning(30) == "30.0 s is shorter than the 61 s from which TikTok pays."


@pytest.mark.long
@pytest.mark.django_db
def test_make_ranking_prints_the_report_with_its_sentences(tmp_path):
    clip = lavfi(tmp_path / "clip.mp4", "testsrc2=s=180x320:r=30,noise=alls=12:allf=t", seconds=3)
    out = io.StringIO()
    call_command(
        "make_ranking", f"--clip={clip}=움직이는 그림", "--seconds=3", "--json", stdout=out, stderr=io.StringIO()
    )
    made = json.loads(out.getvalue())
    checks = made["report"]["checks"]
    assert {line["name"] for line in checks} == set(words.NAMES)
    assert [line["said"] for line in checks if not line["ok"]] == []
    assert all(line["said"] for line in checks)
    assert faults(Path(made["path"]), seconds=3) == []
