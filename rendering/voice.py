"""Voices that speak typed text, each a program behind one small interface. Which are there is found out, not set."""

import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ranking import child

LOOK = 5  # seconds that a program is taken to be where it was
SECONDS = 15  # a page waits for the voice; espeak-ng takes less than one for 300 letters
SCRIPTS = (
    ("ko", re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")),
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
)


@lru_cache(maxsize=32)
def _found(command: str, path: str | None, _turn: int) -> str | None:
    """Look for a program, once a turn: an editor asks for each of its rows."""
    return shutil.which(command, path=path)


class VoiceError(Exception):
    """A text could not be spoken; the text is a sentence for people."""


class Voice(Protocol):
    """Something that speaks: its `name`, what it is `called`, and the `languages` (two letters) that it speaks."""

    name: str
    called: str | Promise
    languages: tuple[str, ...]

    def available(self) -> str:
        """Return an empty text where it can be used here, else how to get it."""
        ...

    def speak(self, text: str, path: Path) -> None:
        """Write the spoken text into a sound file of any kind. Raises VoiceError."""
        ...


@dataclass(frozen=True)
class Program:
    """A voice that is a program: `argv` in which {text} (a file), {words}, {voice} and {out} are filled in.

    `speakers` names its speaker for each language, the first being the usual one. `hint` says how to get it.
    """

    name: str
    called: str | Promise
    command: str
    argv: tuple[str, ...]
    speakers: dict[str, str]
    hint: str | Promise

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.speakers)

    def available(self) -> str:
        return "" if _found(self.command, os.environ.get("PATH"), int(time.monotonic() / LOOK)) else str(self.hint)

    def speak(self, text: str, path: Path) -> None:
        if hint := self.available():
            raise VoiceError(hint)
        words = spoken(text)
        if not words:
            raise VoiceError(_("There is nothing to say in this text."))
        source = path.with_suffix(".txt")
        source.write_text(words, encoding="utf-8")
        speaker = self.speakers.get(language_of(words)) or next(iter(self.speakers.values()))
        filled = {"{text}": str(source), "{words}": words, "{voice}": speaker, "{out}": str(path)}
        process = child.start(
            [self.command, *(filled.get(word, word) for word in self.argv)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=path.parent,
            preexec_fn=None,  # not safe among threads; it is ended below whatever happens
        )
        try:
            code = process.wait(SECONDS)
        except subprocess.TimeoutExpired as error:
            words = _("The voice %(name)s took longer than %(n)d seconds. Shorten the text, or take another voice.")
            raise VoiceError(words % {"name": self.name, "n": SECONDS}) from error
        finally:
            child.stop(process)
        if code or not path.exists() or not path.stat().st_size:
            raise VoiceError(_("The voice %(name)s could not speak this text.") % {"name": self.name})


# espeak-ng is tried by the tests. The two others follow their documentation and were never run here: supertonic
# fetches some 400 MB of weights at its first use, and edge-tts sends the text to Microsoft.
VOICES: tuple[Voice, ...] = (
    Program(
        "espeak-ng",
        gettext_lazy("Robot voice (espeak-ng)"),
        "espeak-ng",
        ("-v", "{voice}", "-s", "165", "-b", "1", "-w", "{out}", "-f", "{text}"),
        {"en": "en-us", "ko": "ko", "ja": "ja", "zh": "cmn", "ru": "ru", "ar": "ar", "hi": "hi"},
        gettext_lazy("Install the program espeak-ng (Debian, Ubuntu: apt install espeak-ng; macOS: brew install it)."),
    ),
    Program(
        "supertonic",
        gettext_lazy("Natural voice (supertonic)"),
        "supertonic",
        ("tts", "--output", "{out}", "--lang", "{voice}", "--", "{words}"),
        {"en": "en", "ko": "ko", "es": "es", "pt": "pt", "fr": "fr"},
        gettext_lazy(
            "pip install supertonic (not tried here; let it speak once in a terminal first: it fetches about 400 MB)."
        ),
    ),
    Program(
        "edge-tts",
        gettext_lazy("Natural voice of Microsoft (edge-tts)"),
        "edge-tts",
        ("--voice", "{voice}", "--file", "{text}", "--write-media", "{out}"),
        {"en": "en-US-AriaNeural", "ko": "ko-KR-SunHiNeural", "ja": "ja-JP-NanamiNeural"},
        gettext_lazy("pip install edge-tts (not tried here; sends the text to Microsoft)."),
    ),
)


def ready() -> list[Voice]:
    """Return the voices that can be used here, the usual one first."""
    return [voice for voice in VOICES if not voice.available()]


def voice_named(name: str) -> Voice:
    """Return the voice of this name, or the usual one where it is empty. Raises VoiceError with how to get one."""
    found = [voice for voice in VOICES if voice.name == name] if name else (ready() or list(VOICES[:1]))
    if not found:
        raise VoiceError(_("There is no voice %(name)s.") % {"name": name})
    return found[0]


def language_of(text: str) -> str:
    """Return the language, in two letters, of a text by its letters; en where they do not tell."""
    counts = {language: len(letters.findall(text)) for language, letters in SCRIPTS}
    if counts["ja"]:
        counts["zh"] = 0  # kana beside Chinese characters is Japanese
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] else "en"


def spoken(text: str) -> str:
    """Return a text as plain words: without control characters, brackets and signs that a program might obey."""
    # espeak-ng takes [[...]] for its own phonemes, and < for markup.
    plain = "".join(" " if letter in "[]<>{}\\" or not letter.isprintable() else letter for letter in text)
    words = " ".join(plain.split()).lstrip("-@ ")
    return words if any(letter.isalnum() for letter in words) else ""
