"""What examples/ shows is so: the program makes a film by the API, and the style is one that the studio takes."""

import subprocess
import sys
from pathlib import Path

import pytest

from rendering.own_styles import keep_own_style
from tests.films import faults
from tests.test_film import lavfi

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


def test_the_style_is_taken(alice):
    assert keep_own_style(alice, (EXAMPLES / "mint.json").read_bytes()).name == "mint"


def run(studio, *words: object) -> subprocess.CompletedProcess:
    argv = [sys.executable, EXAMPLES / "film_from_files.py", *words]
    return subprocess.run(
        [str(word) for word in argv], env={"STUDIO": studio.url}, capture_output=True, text=True, timeout=300
    )


@pytest.mark.long
def test_three_files_become_a_film(studio_server, tmp_path):
    look = "color={}:s=360x640:r=30,noise=alls=30:allf=t"
    files = [lavfi(tmp_path / f"{colour}.mp4", look.format(colour)) for colour in ("red", "blue", "green")]
    out = tmp_path / "film.mp4"
    made = run(studio_server, *files, "--title", "오늘의 순간 | TOP 3", "--seconds", 6, "--out", out)
    assert made.returncode == 0, made.stderr
    assert "/projects/" in made.stdout and faults(out, seconds=6) == []


@pytest.mark.long
def test_what_is_no_video_is_told_in_the_studio_s_own_words(studio_server, tmp_path):
    (tmp_path / "note.mp4").write_text("no video")
    made = run(studio_server, tmp_path / "note.mp4")
    assert made.returncode == 1 and "Traceback" not in made.stderr and "note.mp4" in made.stderr
