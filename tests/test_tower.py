"""The tower: rendering may import scraping and ranking, scraping only ranking, ranking neither."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ABOVE = {"ranking": {"scraping", "rendering"}, "scraping": {"rendering"}, "rendering": set()}
MOST_LINES = 400
OWN_FILES = [path for app in ABOVE for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]


def imported(path, tree=None):
    """Yield the dotted names of all modules that a file imports, wherever in the file."""
    for node in ast.walk(tree or ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module


def breaches(app, names):
    return sorted(name for name in names if name.split(".")[0] in ABOVE[app])


@pytest.mark.parametrize("app", ABOVE)
def test_imports_go_down_only(app):
    files = [path for path in OWN_FILES if path.relative_to(ROOT).parts[0] == app]
    assert len(files) > 10
    assert {str(path.relative_to(ROOT)): names for path in files if (names := breaches(app, imported(path)))} == {}


def test_a_breach_is_seen_at_any_depth():
    tree = ast.parse("def f():\n    from rendering.plan import Plan\n    import scraping.models")
    assert breaches("ranking", imported(None, tree)) == ["rendering.plan", "scraping.models"]
    assert breaches("scraping", imported(None, tree)) == ["rendering.plan"]


def test_no_relative_import_leaves_its_app():
    for path in OWN_FILES:
        depth = len(path.relative_to(ROOT).parts) - 1
        for node in ast.walk(ast.parse(path.read_text())):
            assert not isinstance(node, ast.ImportFrom) or node.level <= depth, path


def test_sources_know_nothing_of_django():
    files = list((ROOT / "scraping" / "providers").rglob("*.py"))
    assert files
    for path in files:
        own = {name.split(".")[0] for name in imported(path)}
        assert not own & {"django", "celery", "channels", "ranking"}, path


def test_the_web_process_does_not_load_moviepy():
    """It costs a second and 100 MB, and only the demo and the badge need it."""
    import subprocess
    import sys

    code = "import ranking.asgi, django.urls as u, sys; u.get_resolver().url_patterns; print('moviepy' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert answer.stdout.strip() == "False", answer.stderr


def test_modules_stay_short_and_are_named_for_their_subject():
    for path in OWN_FILES:
        assert len(path.read_text().splitlines()) <= MOST_LINES, path
        assert path.stem not in {"utils", "util", "helpers", "services", "managers", "common", "misc"}, path


def test_there_are_no_django_signals_and_no_work_in_save():
    for path in OWN_FILES:
        tree = ast.parse(path.read_text())
        assert not [name for name in imported(path, tree) if name.startswith("django.db.models.signals")], path
        saves = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "save"]
        assert not saves, path


def test_no_shell_is_ever_used():
    for path in OWN_FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                shell = [word for word in node.keywords if word.arg == "shell"]
                assert not [word for word in shell if getattr(word.value, "value", True)], path
                assert ast.unparse(node.func) not in {"os.system", "os.popen", "subprocess.getoutput"}, path
