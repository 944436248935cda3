"""Every variable of the settings is described in .env.example, with its default; and nothing else is."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The default is computed there; the file describes it in words.
COMPUTED = {"DATA_DIR", "DATABASE_URL", "MEDIA_WORKERS"}


def in_settings():
    text = (ROOT / "ranking" / "settings.py").read_text()
    found = re.findall(r'env(?:\.\w+)?\("([A-Z0-9_]+)"(?:, default=(.+?))?\)', text)
    assert len(found) >= 15, "the pattern no longer finds the variables"
    return dict(found)


def in_example():
    return dict(re.findall(r"^#([A-Z0-9_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))


def plain(default):
    """Return a default of the settings as it is written in an .env file."""
    value = ast.literal_eval(default) if default else ""
    if isinstance(value, list):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_settings_and_example_name_the_same_variables():
    assert set(in_settings()) == set(in_example())


def test_the_defaults_told_are_the_defaults_that_hold():
    told = in_example()
    for name, default in in_settings().items():
        if name not in COMPUTED:
            assert told[name] == plain(default), name


def test_each_group_of_variables_is_described_in_words():
    words = [line for line in (ROOT / ".env.example").read_text().splitlines() if line.startswith("# ")]
    assert len(words) >= len(in_example())
