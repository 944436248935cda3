"""All that goes with a film as one ZIP, made while it is sent: it never lies on the disk or in memory as a whole."""

import io
import json
import logging
import unicodedata
import zipfile
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import regex
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ranking.ffmpeg import FFmpegError
from ranking.jobs import JobError
from rendering import cover
from rendering.ledger import rows, to_csv
from rendering.models import Render
from rendering.publish import PLACE_OF, PLACES, with_count, words_of
from rendering.report import words
from rendering.report.check import FINE, Check

logger = logging.getLogger(__name__)

CHUNK = 256 * 1024
REFUSED = regex.compile(r'[\p{C}/\\:*?"<>|]+')  # in names of files, by one system or another
MOST_LETTERS = 80  # of a name: with what comes after it, in UTF-8, within the 255 bytes that file systems take
TEXTS = {"ko": gettext_noop("texts ko.txt"), "en": gettext_noop("texts en.txt")}  # by language of LANGUAGES


@dataclass(frozen=True)
class Part:
    """One file of a ZIP: its name there, and the file that it is a copy of, or its bytes."""

    name: str
    content: Path | bytes

    def chunks(self) -> Iterator[bytes]:
        if isinstance(self.content, bytes):
            yield self.content
            return
        with self.content.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk


def name_of(render: Render) -> str:
    """Return a name for files of a film that every system takes."""
    title = unicodedata.normalize("NFC", render.project.name)  # typed on a Mac, Windows would show it in pieces
    name = REFUSED.sub("_", title)[:MOST_LETTERS].strip(" .") or "film"
    return with_count(name, len(render.plan["clips"]))


def parts_of(render: Render) -> list[Part]:
    """Return what goes with a finished film: covers, texts, ledger and report, in the reader's language, names too.

    A cover that cannot be made is left out, and a text says so. Raises FileNotFoundError when the film is gone.
    """
    film = Path(render.film.path)
    film.stat()
    ledger = rows(render)
    told = {"film": str(render.pk), "made": render.created_at.isoformat(), "sources": ledger}
    covers, missing = _covers(render)
    texts = {_(name): texts_of(render, language) for language, name in TEXTS.items()}
    texts |= {_("sources.csv"): to_csv(ledger), _("sources.json"): _json(told)}
    texts |= {_("report.txt"): report_of(render), _("report.json"): _json(render.facts)}
    texts |= {_("left out.txt"): "\n".join(missing)} if missing else {}
    return [Part(f"{name_of(render)}.mp4", film), *covers, *(Part(name, text.encode()) for name, text in texts.items())]


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)


def _covers(render: Render) -> tuple[list[Part], list[str]]:
    made, missing = [], []
    for name, text in ((_("cover.jpg"), True), (_("cover without text.jpg"), False)):
        try:
            made.append(Part(name, cover.export(render, text=text)))
        except (JobError, FFmpegError) as error:
            logger.warning("%s of %s cannot be made: %s", name, render.mark, error)
            why = str(error) if isinstance(error, JobError) else _("The file of a video is damaged.")
            missing.append(f"{name}: {why}")
    return made, missing


def texts_of(render: Render, language: str) -> str:
    """Return title, description, hashtags and credits for where the film was made for, each under its name."""
    place = PLACES[PLACE_OF.get(render.plan["target"], "youtube")]
    said = words_of(render, place.name, language)
    body = gettext_noop("Description with hashtags") if place.title else gettext_noop("Caption with hashtags")
    with translation.override(language):
        blocks = {_("Title"): said.title, _(body): said.body, _("Hashtags"): said.hashtags}
        blocks[_("Credits with links")] = said.credits
    return "\n\n".join(f"[{name}]\n{text}" for name, text in blocks.items() if text) + "\n"


def report_of(render: Render) -> str:
    """Return the report as lines, what asks for a look first; a sentence for a film from before there were reports."""
    checks = [Check.from_json(line) for line in render.facts.get("checks") or ()]
    if not checks:
        return _("There is no report of this film.") + "\n"
    checks.sort(key=lambda check: check.level == FINE)
    lines = [f"{'✓' if c.level == FINE else '!'} {words.name_of(c)}: {words.said(c)} {words.hint(c)}" for c in checks]
    return "\n".join(line.strip() for line in lines) + "\n"


class _Sink(io.RawIOBase):
    """Takes what zipfile writes and hands it on; it cannot be sought in, so sizes stand behind each file."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:
        self.kept.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        data = b"".join(self.kept)
        self.kept.clear()
        return data


def stream(parts: list[Part]) -> Generator[bytes]:
    """Give the bytes of a ZIP of these parts. Films and pictures are stored as they are: they are packed already."""
    sink, now = _Sink(), timezone.localtime()
    with zipfile.ZipFile(sink, "w") as bundle:
        for part in parts:
            info = zipfile.ZipInfo(part.name, now.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED if isinstance(part.content, bytes) else zipfile.ZIP_STORED
            info.external_attr = 0o644 << 16
            with bundle.open(info, "w") as file:
                for chunk in part.chunks():
                    file.write(chunk)
                    yield sink.taken()
    yield sink.taken()
