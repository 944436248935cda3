"""What a file is and whether it is sound, found out before anything else of the studio touches it."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ranking import child
from scraping.facts import Facts

logger = logging.getLogger(__name__)

WALL_SECONDS = 40
HEAD_BYTES = 4096

SENTENCES = {
    "missing": gettext_lazy("There is no such file."),
    "empty_file": gettext_lazy("The file is empty."),
    "not_media": gettext_lazy("This is not a video file."),
    "no_video": gettext_lazy("There is only sound in this file, no video."),
    "corrupt": gettext_lazy("The video is damaged or cut off."),
    "too_large": gettext_lazy("The picture is larger than 4K (%(word)s)."),
    "too_small": gettext_lazy("The picture is too small (%(word)s)."),
    "too_long": gettext_lazy("The video is longer than an hour."),
    "too_short": gettext_lazy("The video is shorter than a tenth of a second."),
    "too_many_streams": gettext_lazy("There are too many tracks in this file."),
    "not_sound": gettext_lazy("This is not a sound file."),
    "no_sound": gettext_lazy("There is no sound in this file."),
    "corrupt_sound": gettext_lazy("The sound in this file is damaged or cut off."),
    "sound_too_long": gettext_lazy("The sound is longer than an hour."),
    "unsupported_sound": gettext_lazy("This kind of sound (%(word)s) cannot be used. Save it as MP3 and try again."),
    "unsupported": gettext_lazy("This kind of video (%(word)s) cannot be used. Save it as MP4 and try again."),
}

# Texts and pictures that claim to be videos. Some of them name other files that a player would open: those first.
LISTS = (b"ffconcat", b"#EXTM3U", b"<MPD", b"v=0\r", b"v=0\n", b"[playlist]", b"#EXTINF")
PICTURES = (b"GIF8", b"\x89PNG", b"\xff\xd8\xff", b"BM", b"<svg", b"II*\0", b"MM\0*", b"SIMPLE  =")
VIDEO, SOUND = 0, 1  # which of a pair of sentences is said
KINDS = {
    "list": (
        gettext_lazy("This is a playlist that names other files, not a video."),
        gettext_lazy("This is a playlist that names other files, not a sound file."),
    ),
    "picture": (
        gettext_lazy("This is a picture, not a video."),
        gettext_lazy("This is a picture, not a sound file."),
    ),
    "text": (
        gettext_lazy("This is a text file, not a video."),
        gettext_lazy("This is a text file, not a sound file."),
    ),
    "other": (SENTENCES["not_media"], SENTENCES["not_sound"]),
}
SAID_OF_SOUND = {"not_media": "not_sound", "corrupt": "corrupt_sound"}


class BadFile(Exception):
    """A file that is not taken: `code` is a key of SENTENCES, `message` one sentence for people."""

    def __init__(self, code: str, message: str | Promise = "") -> None:
        self.code = code
        self.message = str(message or SENTENCES[code])
        super().__init__(self.message)


def probe(path: Path | str) -> Facts:
    """The facts of a sound video file, found by a limited child process; raises BadFile.

    What the file is called does not matter.
    """
    return Facts.of(_facts(path, "scraping.probe_child", VIDEO))


def probe_sound(path: Path | str) -> dict[str, Any]:
    """What is heard in a sound file, with a picture or without one, found in the same way; raises BadFile.

    `seconds`, `container` (the extension to store it under), `codec`, `rate`, `channels`.
    """
    return _facts(path, "scraping.sound_child", SOUND)


def _facts(path: Path | str, module: str, wanted: int) -> dict[str, Any]:
    path = Path(path).resolve()
    sniff(path, wanted)
    answer = _ask(path, module)
    if "refused" in answer:
        code, word = answer["refused"], answer.get("word") or "?"
        sentence = SENTENCES[SAID_OF_SOUND.get(code, code) if wanted == SOUND else code]
        raise BadFile(code, str(sentence) % {"word": word})
    return answer["facts"]


def sniff(path: Path, wanted: int = VIDEO) -> None:
    """Refuse by its first bytes what is no media file, in the words for a video or a SOUND; raises BadFile."""
    try:
        if not path.is_file():  # a folder cannot be read, and a pipe would be waited for
            raise BadFile("not_media", _("The file cannot be read.")) if path.exists() else BadFile("missing")
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise BadFile("not_media", _("The file cannot be read.")) from error
    if size == 0:
        raise BadFile("empty_file")
    if size > settings.MAX_UPLOAD_BYTES:
        limit = settings.MAX_UPLOAD_BYTES // 1024**2
        raise BadFile("too_large", _("The file is larger than %(mb)d MB.") % {"mb": limit})
    if not _looks_like_media(head):
        raise BadFile("not_media", KINDS[_kind(head)][wanted])


def _looks_like_media(head: bytes) -> bool:
    boxes = (b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip", b"pnot")
    if head[4:8] in boxes or head.startswith((b"\x1aE\xdf\xa3", b"OggS", b"fLaC", b"ID3")):
        return True
    if head[:4] == b"RIFF" and head[8:12] in (b"AVI ", b"WAVE"):
        return True
    if head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE0 == 0xE0 and head[1] != 0xFF:  # MPEG audio, ADTS
        return not head.startswith((b"\xff\xfe", b"\xff\xd8"))
    return any(len(head) > at + 188 and head[at] == head[at + step] == 0x47 for at, step in ((0, 188), (4, 192)))


def _kind(head: bytes) -> str:
    """What a head that is no media file seems to be: a name of KINDS."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(LISTS) or b"<MPD" in head or b"#EXT-X-" in head:
        return "list"
    if start.startswith(PICTURES) or b"<svg" in head or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return "picture"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or _is_text(head):
        return "text"
    return "other"


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    for cut in range(4):  # the head may end within a letter
        try:
            head[: len(head) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return True
    return False


def _ask(path: Path, module: str) -> dict[str, Any]:
    """The child's answer; a child that was killed or fell over means a file that nobody should decode."""
    process = child.start(
        [sys.executable, "-s", "-m", module, str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=settings.BASE_DIR,
        env={name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
        preexec_fn=None,  # not safe among threads: the child asks for its death signal itself
    )
    try:
        answer, words = process.communicate(timeout=WALL_SECONDS)
        return json.loads(answer)
    except subprocess.TimeoutExpired:
        logger.warning("probing took longer than %s s", WALL_SECONDS)
    except ValueError:
        logger.warning("probing ended with %s: %s", process.returncode, words[-500:])
    finally:
        child.stop(process)
        process.stdout.close()
        process.stderr.close()
    return {"refused": "corrupt"}
