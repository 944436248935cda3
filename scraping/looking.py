"""A video's curves, as its row keeps them: made once when it is prepared, and again where somebody asks."""

import json
import logging
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext, ngettext

from ranking.ffmpeg import FFmpegError
from ranking.models import Video
from ranking.storage import work_folder
from scraping.curves import read_curves
from scraping.decode import PROXY_RATE, Report, silent
from scraping.facts import Facts
from scraping.moments import Curves, Moment, windows

logger = logging.getLogger(__name__)

VERSION = 1  # of what is measured: a video that was looked at by another version is looked at again
USUAL_SECONDS = 6.0  # of a window where no film says how long its part is


def look(video: Video, report: Report = silent) -> None:
    """Read the curves of a video's file and store them; a file that cannot be read to its end is told in the log.

    Such a video has no moments, and its part begins at the start of the file as that of one never looked at.
    """
    with work_folder("look") as folder:
        try:
            proxy = Path(video.proxy.path) if video.proxy else None
            path, facts = source_of(Path(video.file.path), proxy, Facts.of(video.facts))
            curves = read_curves(path, facts, folder, report)
            video.moments = {"version": VERSION, **curves.pack()}
        except FFmpegError as error:
            logger.warning("the moments of video %s cannot be found: %s", video.pk, error)
            video.moments = {"version": VERSION}
    video.save(update_fields=["moments"])


def source_of(path: Path, proxy: Path | None, facts: Facts) -> tuple[Path, Facts]:
    """Return the file that is decoded with least work, and its facts: the proxy, where the video needed one."""
    if proxy is None:
        return path, facts
    fps, sound = min(facts.fps, PROXY_RATE), 1 if facts.has_audio else -1
    return proxy, replace(facts, video_index=0, audio_index=sound, fps=fps)


def is_looked_at(video: Video) -> bool:
    """Return whether look() of this version has been here."""
    return bool(video.moments) and video.moments.get("version") == VERSION


def curves_of(video: Video) -> Curves | None:
    """Return the curves of a video, or None where there are none (yet)."""
    return _unpacked(json.dumps(video.moments)) if video.moments and "motion" in video.moments else None


@lru_cache(maxsize=128)  # an open editor asks again and again for the windows of the same few videos
def _unpacked(packed: str) -> Curves:
    return Curves.unpack(json.loads(packed))


def moments_of(video: Video, seconds: float = USUAL_SECONDS) -> list[Moment]:
    """Return the windows of this length that are worth showing, the best first; none where nobody has looked."""
    curves = curves_of(video)
    return windows(curves, seconds) if curves else []


def said(moment: Moment) -> str:
    """Return in words why a moment is worth showing, in the language of the page."""
    return " · ".join(_word(code, number) for code, number in moment.reasons)


def _word(code: str, number: float) -> str:
    words = {
        "loudest": gettext("loudest part"),
        "loud": gettext("louder than the rest"),
        "sudden": gettext("suddenly gets loud"),
        "most_motion": gettext("most movement"),
        "motion": gettext("a lot of movement"),
        "cut": gettext("right after a cut"),
        "cuts": ngettext("%(n)d cut", "%(n)d cuts", round(number)) % {"n": number},
        "even": gettext("a calm part"),
        "whole": gettext("all of it"),
    }
    return words[code]
