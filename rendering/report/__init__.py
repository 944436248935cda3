"""What a finished film really is, read back from its file, and whether it is fit to publish."""

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event
from typing import Any

from django.conf import settings

from ranking.jobs import REPORT_SECONDS, Stopped
from ranking.storage import work_folder
from rendering.levels import SILENT_LUFS, Loudness
from rendering.plan import Clip, Plan
from rendering.report import hearing, judge
from rendering.report.art import Art
from rendering.report.check import Check
from rendering.report.reading import Picture, Sound, is_faststart, read_packets
from rendering.report.stillness import Watch, decoded, spans
from rendering.report.text import Sight, see
from rendering.sound import measure
from rendering.store import put, used
from rendering.targets import target
from scraping.guard import input_args

__all__ = ["is_faststart", "read_back", "report_on"]

VERSION = 5  # rises when the same film would be reported on otherwise

FindClip = Callable[[str], Path]
Report = Callable[[float], None]
LOOKED = 80  # percent of the work that is looking and listening
Sights = dict[tuple[str, int], list[Sight]]


def report_on(path: Path, plan: Plan, find_clip: FindClip, report: Report = lambda percent: None) -> dict[str, Any]:
    """Return read_back() of a film, kept by its bytes and its plan: the same film again is not looked at twice."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    digest.update(json.dumps([VERSION, plan.to_json()], sort_keys=True).encode())
    kept = settings.SEGMENTS_DIR / "reports" / f"{digest.hexdigest()}.json"
    if used(kept):
        return json.loads(kept.read_text())
    found = read_back(path, plan, find_clip, report)
    with work_folder("report") as folder:
        (folder / "report.json").write_text(json.dumps(found))
        put(folder / "report.json", kept)
    return found


def read_back(
    path: Path,
    plan: Plan | None = None,
    find_clip: FindClip | None = None,
    report: Report = lambda percent: None,
) -> dict[str, Any]:
    """Return the facts of a film: sizes in pixels and bytes, seconds, frames a second, LUFS and dBTP.

    With its plan also "checks": the lines of the report, as rendering.report.check.Check stores them. `find_clip`
    tells the file of a hash, to hear what a clip gives by itself. A draft has no checks. `report` gets a percentage, in
    this thread; whatever it raises ends the work.
    """
    picture, sound = read_packets(path)
    checks = None if plan is None or plan.draft else Checks(path, plan, picture, sound)
    stop = Event()
    with ThreadPoolExecutor(1) as pool:  # a child listens while this one looks
        try:
            listening = pool.submit(_listen, path, stop) if sound else None
            seen = checks.look(report) if checks else []
            loudness = _heard(listening, report) if listening else Loudness(None, None)
        except BaseException:
            stop.set()
            raise
    facts = _facts(path, picture, sound, loudness)
    if checks:
        measured = checks.measured(loudness, find_clip, lambda percent: report(LOOKED))
        facts["checks"] = [check.to_json() for check in [*measured, *seen]]
    return facts


def _listen(path: Path, stop: Event) -> Loudness:
    """Return the loudness of a film; ends with Stopped soon after `stop` is set."""

    def heed(percent: float) -> None:
        if stop.is_set():
            raise Stopped

    return measure(["-i", str(path)], report=heed)


def _heard(listening: Future[Loudness], report: Report) -> Loudness:
    """Return what is found of the loudness, reporting while that is waited for."""
    while not wait([listening], timeout=REPORT_SECONDS).done:
        report(LOOKED)
    return listening.result()


def _facts(path: Path, picture: Picture, sound: Sound | None, loudness: Loudness) -> dict[str, Any]:
    return {
        "width": picture.width,
        "height": picture.height,
        "fps": round(picture.fps, 3),
        "frames": len(picture.times),
        "seconds": round(picture.seconds, 3),
        "bytes": path.stat().st_size,
        "video": picture.codec,
        "pix_fmt": picture.pix_fmt,
        "color": list(picture.colours),
        "audio": sound.codec if sound else "",
        "audio_rate": sound.rate if sound else 0,
        "lufs": loudness.lufs,
        "true_peak": loudness.peak,
        "faststart": is_faststart(path),
    }


class Checks:
    """The lines of one film's report, in the making."""

    def __init__(self, path: Path, plan: Plan, picture: Picture, sound: Sound | None) -> None:
        self.path, self.plan, self.picture, self.sound = path, plan, picture, sound
        self.goal, self.art = target(plan.target), Art(plan)

    def measured(self, loudness: Loudness, find_clip: FindClip | None, report: Report) -> list[Check]:
        """Return the lines that come from packets and sound."""
        plan, picture, sound = self.plan, self.picture, self.sound
        anything = hearing.heard_clips(plan, hearing.levels(self.path))
        heard, reasons = self._own(anything, find_clip, report) if sound else ({}, {})
        meant = not any(anything.values()) and all(reasons.get(rank) for rank in plan.order)
        found = judge.judge_picture(picture, sound, faststart=is_faststart(self.path))
        found.append(judge.judge_length(len(picture.times), plan, self.goal))
        found += judge.judge_heard(plan, sound, heard, reasons, anything)
        if sound:
            found += [*judge.judge_loudness(loudness, meant=meant), judge.judge_sync(picture, sound, plan)]
        return found

    def _own(
        self, anything: dict[int, bool], find_clip: FindClip | None, report: Report
    ) -> tuple[dict[int, bool], dict[int, str]]:
        """Return which clips' own sound is heard, by rank, and why one that is not should not be ("" where it should).

        Where something else is heard over a clip, its own sound is looked for in the film's.
        """
        reasons = {clip.rank: hearing.why_silent(clip) for clip in self.plan.clips}
        heard = {rank: anything.get(rank, False) and not why for rank, why in reasons.items()}
        if find_clip is None:
            return heard, reasons
        covered = {rank for rank in hearing.covered(self.plan) if heard[rank]}
        known = hearing.own_sound(self.path, self.plan, covered, find_clip, report)
        heard |= {rank: known.get(rank, False) for rank in covered}
        for clip in self.plan.clips:
            if not heard[clip.rank] and not reasons[clip.rank] and clip.rank not in known:
                reasons[clip.rank] = _by_itself(clip, find_clip, report)
        return heard, reasons

    def look(self, report: Report = lambda percent: None) -> list[Check]:
        """Return the lines that come from the picture: one pass over what must be decoded of it."""
        art, watch, sights, moments = self.art, Watch(self.art.pieces, self.art.bare), {}, self.art.moments()
        for number, frame in decoded(self.path, self.picture, spans(self.picture, art.pieces, moments)):
            report(LOOKED * number / len(self.picture.times))
            place = watch.see(number, frame)
            if moments and number >= moments[0]:
                self._read(frame, place, number, sights)
                moments = [moment for moment in moments if moment > number]
        watch.end()
        return [
            *judge.judge_stretches("black", watch.black, self.plan),
            *judge.judge_stretches("frozen", watch.frozen, self.plan),
            *judge.judge_glyphs(art.drawn, self.plan),
            *judge.judge_labels(art.drawn, self.plan),
            *judge.judge_told(art.texts, self.plan),
            *judge.judge_text(art.laid(), sights, self.goal),
        ]

    def _read(self, frame: Any, place: int, number: int, sights: Sights) -> None:
        """Look for every text over a clip in one of its frames."""
        if place < len(self.art.pieces):
            for text in self.art.over(place, number):
                if sight := see(text, frame):
                    sights.setdefault((text.name, self.art.pieces[place].rank), []).append(sight)


def _by_itself(clip: Clip, find_clip: FindClip, report: Report) -> str:
    """Return "quiet" where the part of the clip that is shown holds no sound that is worth levelling, else ""."""
    part = ("-ss", f"{clip.start:.3f}", "-t", f"{clip.seconds:.3f}")
    found = measure(input_args(find_clip(clip.clip), *part), peak=False, report=report).lufs
    return "quiet" if found is None or found < SILENT_LUFS else ""
