"""Korean is whole: every marked string is translated, the compiled file is up to date, no template word is bare."""

import re
import shutil
import subprocess
from pathlib import Path

import polib
import pytest
from django.utils import translation

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "locale/ko/LC_MESSAGES/django.po"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# They say everything in both.
BOTH_LANGUAGES = {"400.html", "403.html", "403_csrf.html", "404.html", "405.html", "413.html", "500.html", "lone.html"}
PLACEHOLDER = re.compile(r"%\(\w+\)[.\d]*[sdgf]|\[\w+\]|%%")


def entries() -> list[polib.POEntry]:
    return [entry for entry in polib.pofile(PO) if not entry.obsolete]


def test_nothing_is_untranslated_or_doubtful():
    assert len(entries()) > 250
    assert [entry.msgid for entry in entries() if entry.fuzzy or not entry.translated()] == []


def test_each_translation_has_the_placeholders_of_its_original():
    wrong = []
    for entry in entries():  # the Korean for many is its only one: it names the number also where English says "one"
        said = set(PLACEHOLDER.findall(entry.msgstr or entry.msgstr_plural[0]))
        if said not in (set(PLACEHOLDER.findall(entry.msgid)), set(PLACEHOLDER.findall(entry.msgid_plural))):
            wrong.append(entry.msgid)
    assert wrong == []


def test_the_compiled_file_says_the_same():
    compiled = {entry.msgid: entry.msgstr or entry.msgstr_plural for entry in polib.mofile(PO.with_suffix(".mo"))}
    assert compiled == {entry.msgid: entry.msgstr or entry.msgstr_plural for entry in entries()}


@pytest.mark.skipif(not shutil.which("xgettext"), reason="LEFT OUT: xgettext (Debian package gettext) is missing")
def test_every_marked_string_of_the_code_is_in_the_file(tmp_path):
    sources = [path for app in ("ranking", "scraping", "rendering") for path in (ROOT / app).rglob("*.py")]
    keywords = [f"--keyword={name}" for name in ("_", "gettext_lazy", "gettext_noop", "ngettext:1,2")]
    argv = ["xgettext", "--language=Python", "--from-code=UTF-8", "-o", str(tmp_path / "all.po"), *keywords]
    subprocess.run([*argv, *map(str, sources)], check=True, timeout=30)
    known = {entry.msgid for entry in entries()}
    assert [entry.msgid for entry in polib.pofile(tmp_path / "all.po") if entry.msgid not in known] == []


def test_no_marked_string_hides_in_an_f_string():
    """xgettext does not look into them, so it would never be translated."""
    sources = [path for app in ("ranking", "scraping", "rendering") for path in (ROOT / app).rglob("*.py")]
    assert [
        path.name for path in sources if re.search(r"\bf['\"][^\n]*\{\s*(_|gettext|ngettext)\(['\"]", path.read_text())
    ] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_every_word_of_a_template_is_marked_and_translated(path):
    if path.name in BOTH_LANGUAGES:
        return
    text = path.read_text()
    known = {entry.msgid for entry in entries()}
    marked = re.findall(r"""(?:\{% trans |_\()(["'])(.+?)\1""", text)
    # In a msgid Django doubles a percent sign.
    assert [words for _quote, words in marked if words.replace("%", "%%") not in known and words not in known] == []
    bare = re.sub(r"\{% blocktrans.*?endblocktrans %\}", "", text, flags=re.S)
    bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", " ", bare, flags=re.S)
    bare = re.sub(r"<(script|kbd).*?</\1>|<[^<>]*>|\bdata-\w+=", " ", bare, flags=re.S)
    units = {"s", "fps", "LUFS", "dBTP", "TikTok", "CSV", "Excel", "JSON", "doctype", "html", "TOP", "yt", "dlp"}
    assert [word for word in re.findall(r"[A-Za-z가-힣]+", bare) if word not in units] == []


def test_a_page_comes_in_korean_first_when_the_browser_says_so(client):
    assert "어떤 순간을" in client.get("/", headers={"accept-language": "ko-KR,ko;q=0.9,en;q=0.5"}).content.decode()
    assert "Which moments" in client.get("/", headers={"accept-language": "fr,en;q=0.5"}).content.decode()


def test_the_switch_wins_over_the_browser(client):
    client.post("/i18n/setlang/", {"language": "en", "next": "/"})
    assert "Which moments" in client.get("/", headers={"accept-language": "ko"}).content.decode()


def test_a_sentence_stored_by_a_worker_is_shown_in_the_language_of_the_page():
    from ranking.templatetags.studio import said

    with translation.override("ko"):
        assert said("The file is empty.") == "파일이 비어 있어요."
        assert said("") == ""
