"""`manage.py check` says in a sentence what is missing on this machine, and how to mend it."""

import subprocess
import sys

import pytest
from django.core.checks import run_checks

from ranking import checks, ffmpeg


def found(**kwargs):
    return {message.id: message for message in run_checks(tags=[checks.STUDIO, "security"], **kwargs)}


@pytest.fixture(autouse=True)
def _fresh():
    ffmpeg.build.cache_clear()
    yield
    ffmpeg.build.cache_clear()


def test_a_sound_machine_gets_no_complaint():
    assert {name for name in found() if name.startswith("studio.")} == set()


def test_ffmpeg_that_does_not_run(monkeypatch, tmp_path):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "no-ffmpeg"))
    message = found()["studio.E001"]
    assert message.is_serious() and "make setup" in message.hint


def test_fonts_that_are_gone(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    assert "Pretendard-Black.otf" in found()["studio.E002"].msg


def test_a_folder_that_cannot_be_written_to(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "gone"
    assert "DATA_DIR" in found()["studio.E003"].hint


def test_a_disk_that_is_nearly_full(monkeypatch):
    monkeypatch.setattr(checks, "LEAST_FREE_BYTES", 2**60)
    assert "GB are free" in found()["studio.W001"].msg


def test_a_redis_that_does_not_answer(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    message = found()["studio.W002"]
    assert not message.is_serious(), "the web answers also without it"
    assert "jobs only wait" in message.hint


def test_a_pillow_with_known_holes(monkeypatch):
    monkeypatch.setattr("PIL.__version__", "11.3.0")
    assert "make setup" in found()["studio.W003"].hint


def test_debug_where_others_reach_it(settings):
    settings.DEBUG = True
    assert "studio.E005" not in found()
    settings.ALLOWED_HOSTS = ["studio.example.com"]
    assert "studio.example.com" in found()["studio.E005"].msg


def test_certificates_that_are_not_checked(settings):
    settings.TIKTOK_INSECURE_TLS = True
    assert "studio.W006" in found()


def test_a_local_owner_on_a_server(settings):
    settings.LOCAL_OWNER = settings.HTTPS = True
    assert "studio.W005" in found()


def test_mails_whose_links_follow_any_host_name(settings):
    settings.EMAIL_URL = "smtp://localhost"
    assert "studio.W007" not in found()
    settings.ALLOWED_HOSTS = ["*"]
    assert "studio.W007" in found()


@pytest.mark.django_db
def test_sqlite_that_is_not_set_up_for_several_writers(monkeypatch):
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("PRAGMAs are SQLite's")
    assert checks.check_pragmas(None, databases=["default"]) == []
    monkeypatch.setitem(checks.EXPECTED_PRAGMAS, "synchronous", 3)
    assert "synchronous is 1" in checks.check_pragmas(None, databases=["default"])[0].msg


def test_the_command_prints_the_hint(tmp_path):
    import os

    env = os.environ | {"DATA_DIR": str(tmp_path), "REDIS_URL": "redis://127.0.0.1:1/0"}
    answer = subprocess.run(
        [sys.executable, "manage.py", "check", "--tag", checks.STUDIO], env=env, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr
    assert "REDIS_URL does not answer" in answer.stderr and "HINT" in answer.stderr
