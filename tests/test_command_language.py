"""The commands speak the language of the account that runs them; what programs read is the same in every language."""

import json
import os
import sqlite3
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class
from django.utils import translation

from ranking.command import StudioCommand, account_language
from ranking.models import Project
from rendering.making import make_film
from rendering.management.commands.seed_demo import default_language
from scraping import ingest
from tests.studio import ROOT
from tests.test_film import lavfi

LOCALE_NAMES = ("LC_ALL", "LC_MESSAGES", "LANG")


@pytest.fixture
def account(monkeypatch):
    """Give this process the locale variables of an account."""

    def become(**variables: str) -> None:
        for name in LOCALE_NAMES:
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return become


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": ""}, "ko"),
        ({"LANG": "ko_KR.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_is_that_of_the_locale(account, variables, language):
    account(**variables)
    assert account_language() == language


def test_every_command_of_the_studio_speaks_it():
    own = [(app, name) for name, app in get_commands().items() if app in ("ranking", "scraping", "rendering")]
    assert len(own) >= 5
    assert [name for app, name in own if not isinstance(load_command_class(app, name), StudioCommand)] == []


@pytest.mark.parametrize(
    ("variables", "language"),
    [({}, "ko"), ({"LANG": "en_US.UTF-8"}, "en"), ({"LANG": "en_US.UTF-8", "LC_ALL": ""}, "en"), ({"LANG": "C"}, "ko")],
)
def test_the_demo_is_korean_unless_the_account_is_english(account, variables, language):
    account(**variables)
    assert default_language() == language


def test_a_refusal_is_korean_and_its_json_has_the_same_keys(account, db, capsys):
    account(LANG="ko_KR.UTF-8")
    with pytest.raises(SystemExit):
        call_command("make_ranking", "--json")
    told = capsys.readouterr()
    assert json.loads(told.out) == {"error": told.err.strip(), "skipped": []}
    assert "키워드" in told.err
    assert translation.get_language() == "en", "the language of the caller is untouched"


def test_the_reason_of_each_link_is_korean_too(account, db, capsys):
    account(LANG="ko_KR.UTF-8")
    links = "https://www.tiktok.com/@a/photo/7234567890123456789 https://evil.example/video.mp4"
    with pytest.raises(CommandError, match="읽을 수 있는 링크가 하나도 없어요"):
        call_command("search", links, "--json")
    told = capsys.readouterr()
    reasons = [item["reason"] for item in json.loads(told.out)["skipped"]]
    assert len(reasons) == 2 and all(not reason.isascii() for reason in reasons)
    assert all(reason in told.err for reason in reasons)


def test_what_happens_in_a_thread_is_korean_too(alice, tmp_path, settings):
    """The clips are filmed side by side in threads, and a thread begins with no language of its own."""
    project = Project.objects.create(owner=alice, seconds=3)
    video = ingest.ingest_file(lavfi(tmp_path / "clip.mp4", "testsrc2=s=180x320:r=30", seconds=1), owner=alice)
    project.add(video)
    damaged = settings.MEDIA_ROOT / video.file.name
    damaged.write_bytes(damaged.read_bytes()[:3000])
    with translation.override("ko"), pytest.raises(Exception, match="1위 영상은 파일이 손상되어"):
        make_film(project, lambda percent, message: None)


def test_a_command_in_a_new_folder_makes_its_tables_and_an_older_database_is_told_in_a_sentence(tmp_path):
    environment = os.environ | {"DATA_DIR": str(tmp_path), "LC_ALL": "ko_KR.UTF-8"}
    environment.pop("DATABASE_URL", None)

    def manage(*words: str) -> subprocess.CompletedProcess:
        argv = [sys.executable, "manage.py", *words]
        return subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)

    found = manage("search", "고양이", "--source", "library", "--json")
    assert json.loads(found.stdout)["videos"] == [] and "Traceback" not in found.stderr
    with sqlite3.connect(tmp_path / "studio.sqlite3") as database:
        database.execute("ALTER TABLE ranking_video DROP COLUMN search_text")
        database.execute("DELETE FROM django_migrations WHERE app = 'scraping'")
    behind = manage("search", "고양이", "--source", "library")
    assert behind.returncode == 2 and "manage.py migrate" in behind.stderr and "Traceback" not in behind.stderr
