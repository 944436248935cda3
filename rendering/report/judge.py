"""What is right and what is wrong with a film: numbers in, lines of the report out. Nothing is read here."""

import dataclasses
from collections.abc import Iterable

from rendering import glyphs
from rendering.board import Board, missing_glyphs
from rendering.levels import RATE, Loudness
from rendering.listing import is_shortened
from rendering.plan import FPS, Clip, Piece, Plan
from rendering.report.check import FAIL, FINE, NOTE, WARN, Check
from rendering.report.reading import Picture, Sound
from rendering.report.stillness import Stretch, starts
from rendering.report.text import READABLE, Sight, Text
from rendering.sound import MASTER_LUFS, PEAK_DBTP
from rendering.targets import HEIGHT, WIDTH, Target

LOUDNESS_ROOM = 0.3  # LU around the master's, which comes within half of it where a sound can be made so
FULL = 1.0  # dB under the ceiling of peaks: what reaches so far cannot be made louder
CLIPPED_DBTP = 0.0  # above it the samples between the samples are cut off
SYNC_SECONDS = 0.005  # what nobody sees or hears is ten times as much (ITU-R BT.1359); the studio's own is 0
LONG_BLACK = 0.5  # seconds
UNREADABLE = 1.5  # contrast at which letters are lost
THERE = 0.6  # of a text's squares that show what was drawn
STEADY = ("title", "numbers")  # what stands over every clip


def judge_picture(picture: Picture, sound: Sound | None, *, faststart: bool) -> list[Check]:
    """Return the lines on size, rate and format."""
    size = {"width": picture.width, "height": picture.height}
    uneven = picture.uneven()
    even = not uneven and abs(picture.fps - FPS) < 0.01
    rate = {"fps": round(picture.fps, 3), "uneven": uneven}
    return [
        Check("size", FINE if (picture.width, picture.height) == (WIDTH, HEIGHT) else FAIL, "size", size),
        Check("fps", FINE if even else FAIL, "even" if even else "fps", rate),
        judge_format(picture, sound, faststart=faststart),
    ]


def judge_format(picture: Picture, sound: Sound | None, *, faststart: bool) -> Check:
    """Return the line on codecs, colours and index; the first that is wrong is told."""
    value = {"video": picture.codec, "pixels": picture.pix_fmt, "audio": sound.codec if sound else ""}
    if (picture.codec, picture.pix_fmt) != ("h264", "yuv420p"):
        return Check("format", FAIL, "codec", value)
    if sound and (sound.codec, sound.rate) != ("aac", RATE):
        return Check("format", FAIL, "audio_codec", value | {"rate": sound.rate})
    if picture.colours != ("bt709", "bt709", "bt709", "tv"):
        return Check("format", WARN, "colours", value | {"colours": " ".join(filter(None, picture.colours))})
    return Check("format", FINE if faststart else WARN, "format" if faststart else "index", value)


def judge_length(frames: int, plan: Plan, goal: Target) -> Check:
    """Return the line on the film's length: that it is what was planned, and what the target takes."""
    seconds = round(frames / FPS, 3)
    value = {"seconds": seconds, "planned": round(plan.seconds, 3), "target": goal.name}
    if abs(frames - plan.frames) > 1:
        return Check("duration", FAIL, "length", value)
    if seconds > goal.max_seconds:
        return Check("duration", WARN, "too_long", value | {"most": goal.max_seconds})
    if seconds < goal.min_seconds:
        return Check("duration", NOTE, "too_short", value | {"least": goal.min_seconds})
    return Check("duration", FINE, "duration", value)


def judge_loudness(loudness: Loudness, *, meant: bool) -> list[Check]:
    """Return the lines on loudness and true peak; `meant` says that nothing of the film is to be heard."""
    lufs, peak = loudness.lufs, loudness.peak
    if lufs is None or peak is None:
        return [Check("lufs", NOTE if meant else FAIL, "silent_film" if meant else "lost_sound")]
    off = abs(lufs - MASTER_LUFS) > LOUDNESS_ROOM
    full = off and lufs < MASTER_LUFS and peak > PEAK_DBTP - FULL
    level = FINE if peak <= PEAK_DBTP else FAIL if peak > CLIPPED_DBTP else WARN
    return [
        Check("lufs", WARN if off else FINE, "full" if full else "lufs", {"lufs": lufs, "wanted": MASTER_LUFS}),
        Check("true_peak", level, "true_peak", {"dbtp": peak, "most": PEAK_DBTP}),
    ]


def judge_heard(
    plan: Plan, sound: Sound | None, heard: dict[int, bool], reasons: dict[int, str], anything: dict[int, bool]
) -> list[Check]:
    """Return the lines on clips whose own sound is not heard; `reasons` tells why it is meant so, "" where it is not.

    Where `anything` else is heard meanwhile, nothing is to be changed.
    """
    if sound is None:
        return [Check("audio", FAIL, "no_track")]
    found = []
    for clip in plan.playing():
        if not heard.get(clip.rank, False):
            reason = reasons.get(clip.rank, "")
            level = FINE if anything.get(clip.rank) else NOTE
            found.append(_of(clip, "audio", level if reason else FAIL, reason or "lost", {}))
    return found or [Check("audio", FINE, "audio", {"clips": len(plan.clips)})]


def judge_stretches(name: str, stretches: Iterable[Stretch], plan: Plan) -> list[Check]:
    """Return the lines on black or frozen stretches, one for each; what a card or a blackout is made of is meant."""
    pieces, found = plan.pieces(), []
    for stretch in stretches:
        if not _is_meant(name, pieces[stretch.piece], plan):
            value = {"from": round(stretch.first / FPS, 2), "to": round(stretch.end / FPS, 2)}
            grave = name == "black" and (stretch.end - stretch.first) / FPS >= LONG_BLACK
            found.append(_of(plan.clip_of(pieces[stretch.piece].rank), name, FAIL if grave else WARN, name, value))
    return found or [Check(name, FINE, f"no_{name}")]


def _is_meant(name: str, piece: Piece, plan: Plan) -> bool:
    if piece.kind == "clip":
        return False
    return name == "frozen" or piece.kind == "card" or (piece.kind == "change" and plan.transition == "blackout")


def judge_glyphs(board: Board, plan: Plan) -> list[Check]:
    """Return the lines on letters that no font has, one for each text that holds some."""
    found = []
    for text, clip in _texts(board, plan):
        if lost := missing_glyphs(text):
            value = {"letters": " ".join(lost[:10])}
            line = Check("glyphs", WARN, "glyphs_title", value)
            found.append(_of(clip, "glyphs", WARN, "glyphs", value) if clip else line)
    return found or [Check("glyphs", FINE, "no_glyphs")]


def judge_labels(board: Board, plan: Plan) -> list[Check]:
    """Return the lines on ranks without a label, told once, and on labels whose end is left out."""
    bare = [clip.rank for clip in plan.clips if not glyphs.clean(clip.label)]
    found = [_of(clip, "labels", WARN, "label_cut", {}) for clip in plan.clips if is_shortened(board, clip.rank)]
    if bare:  # where none has one, it is meant so
        level = NOTE if len(bare) == len(plan.clips) else WARN
        found.append(Check("labels", level, "unlabelled", {"ranks": ", ".join(map(str, bare))}))
    return found or [Check("labels", FINE, "labels")]


def _texts(board: Board, plan: Plan) -> list[tuple[Board, Clip | None]]:
    """Return boards with one text each, and the clip that it belongs to; None for the title and the card."""
    alone = [(dataclasses.replace(board, title=(*board.title, *plan.card), rows=()), None)]
    clips = {clip.rank: clip for clip in plan.clips}
    return alone + [(dataclasses.replace(board, title=(), rows=(row,)), clips[row.rank]) for row in board.rows]


def judge_text(
    laid: Iterable[tuple[Clip, Text]], sights: dict[tuple[str, int], list[Sight]], goal: Target
) -> list[Check]:
    """Return the lines on where texts stand and how they can be read, by what was seen of each (name, rank).

    A text that was seen where it was laid out, inside the safe box, is inside it. What stands over every clip is told
    once, where it is worst.
    """
    outside: dict[tuple[str, int], Check] = {}
    faint: dict[tuple[str, int], Check] = {}
    for clip, text in laid:
        key, seen = (text.name, 0 if text.name in STEADY else clip.rank), sights.get((text.name, clip.rank), [])
        if place := _place(text, clip, seen, goal):
            outside.setdefault(key, place)
        elif (line := _contrast(text, clip, seen)) and _is_worse(line, faint.get(key)):
            faint[key] = line
    least = min((sight.contrast for seen in sights.values() for sight in seen if sight.there >= THERE), default=None)
    return [
        *(outside.values() or [Check("safe_box", FINE, "safe_box", {"target": goal.name})]),
        *(faint.values() or [Check("contrast", FINE, "readable", {"contrast": least})]),
    ]


def judge_told(texts: dict[int, list[Text]], plan: Plan) -> list[Check]:
    """Return the line on reasons that a person wrote and the film does not show, none where it shows them all."""
    written = [clip.rank for clip in plan.clips if glyphs.clean(clip.reason)]
    lost = [rank for rank in written if all(text.name != "reason" for text in texts[rank])]
    return [Check("safe_box", WARN, "untold", {"ranks": ", ".join(map(str, lost))})] if lost else []


def _place(text: Text, clip: Clip, seen: list[Sight], goal: Target) -> Check | None:
    """Return the line on a text that is not where it should be, or None."""
    if not _within(text.box, goal.box):
        return _of(clip, "safe_box", FAIL, "outside", {"text": text.name, "box": list(text.box), "target": goal.name})
    if text.cut:
        return _of(clip, "safe_box", FAIL, "cut", {"text": text.name, "box": list(text.box)})
    if not seen or max(sight.there for sight in seen) >= THERE:
        return None
    return _of(clip, "safe_box", FAIL, "not_there", {"text": text.name, "box": list(text.box)})


def _contrast(text: Text, clip: Clip, seen: list[Sight]) -> Check | None:
    """Return the line on a text that cannot be read well, by the worst moment at which it stood there, or None."""
    least = min((sight.contrast for sight in seen if sight.there >= THERE), default=READABLE)
    if least >= READABLE:
        return None
    return _of(
        clip, "contrast", FAIL if least < UNREADABLE else WARN, "contrast", {"text": text.name, "contrast": least}
    )


def _is_worse(line: Check, other: Check | None) -> bool:
    return other is None or line.value["contrast"] < other.value["contrast"]


def _within(box: tuple[int, ...], safe: tuple[int, ...]) -> bool:
    """Return whether a box lies in the safe one; art is laid on even pixels, so one pixel over an odd edge is none."""
    return box[0] >= safe[0] - 1 and box[1] >= safe[1] - 1 and box[2] <= safe[2] + 1 and box[3] <= safe[3] + 1


def judge_sync(picture: Picture, sound: Sound, plan: Plan) -> Check:
    """Return the line on how far sound and picture are apart where pieces join, by what the packets say."""
    joins = starts(plan.pieces())
    offsets = [_offset(picture, sound, frame) for frame in joins if frame < len(picture.times)]
    worst = max(offsets, key=abs, default=0.0)
    short = round(sound.seconds - picture.seconds, 4)
    value = {"joins": max(0, len(joins) - 2), "ms": round(worst * 1000, 1), "short_ms": round(short * 1000, 1)}
    if abs(worst) > SYNC_SECONDS or sound.missing:
        return Check("sync", FAIL, "apart", value | {"missing": sound.missing})
    if abs(short) > 0.05:
        return Check("sync", FAIL, "ends", value)
    return Check("sync", FINE, "sync", value)


def _offset(picture: Picture, sound: Sound, frame: int) -> float:
    """Return by how many seconds the sound that belongs to a film frame comes after it."""
    return (sound.begin + frame * sound.rate / FPS) / sound.rate - picture.times[frame] / picture.rate


def _of(clip: Clip, name: str, level: str, code: str, value: dict) -> Check:
    return Check(name, level, code, {"rank": clip.rank} | value, clip.clip)
