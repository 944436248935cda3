"""The report in words: what is right, or what to change. Said in the reader's language when it is shown."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from rendering.report.check import FINE, Check
from rendering.targets import TARGETS, target

NAMES: dict[str, Promise] = {
    "size": gettext_lazy("Picture size"),
    "fps": gettext_lazy("Frame rate"),
    "format": gettext_lazy("File format"),
    "duration": gettext_lazy("Film length"),
    "audio": gettext_lazy("Sound of every clip"),
    "lufs": gettext_lazy("Loudness"),
    "true_peak": gettext_lazy("Peaks"),
    "sync": gettext_lazy("Sound and picture together"),
    "black": gettext_lazy("Black stretches"),
    "frozen": gettext_lazy("Frozen stretches"),
    "glyphs": gettext_lazy("Letters"),
    "labels": gettext_lazy("Labels"),
    "safe_box": gettext_lazy("Place of the text"),
    "contrast": gettext_lazy("Contrast of the text"),
}
TEXTS: dict[str, Promise] = {
    "title": pgettext_lazy("text in a film", "the title"),
    "numbers": pgettext_lazy("text in a film", "the list"),
    "label": pgettext_lazy("text in a film", "the label"),
    "chip": pgettext_lazy("text in a film", "the source line"),
    "reason": pgettext_lazy("text in a film", "the reason"),
    "badge": pgettext_lazy("text in a film", "the rank's badge"),
    "question": pgettext_lazy("text in a film", "the opening's question"),
    "card": pgettext_lazy("text in a film", "the end card"),
}
AGAIN = gettext_lazy("Make the film again. If it says the same again, it is a fault of the studio.")

# code: what is so, and what to change about it
SENTENCES: dict[str, tuple[Promise, Promise | str]] = {
    "size": (gettext_lazy("The picture has %(width)d×%(height)d pixels."), AGAIN),
    "even": (gettext_lazy("%(fps)s frames a second, each in its time."), ""),
    "fps": (gettext_lazy("%(fps)s frames a second, %(uneven)d of them too early or too late."), AGAIN),
    "format": (gettext_lazy("H.264 and AAC in an MP4 that plays while it loads."), ""),
    "codec": (gettext_lazy("The picture is stored as %(video)s, %(pixels)s: not every app takes that."), AGAIN),
    "audio_codec": (gettext_lazy("The sound is stored as %(audio)s at %(rate)d Hz: not every app takes that."), AGAIN),
    "colours": (gettext_lazy("The file's colours are marked “%(colours)s”: apps may show other ones."), AGAIN),
    "index": (gettext_lazy("The film only plays once all of it is loaded."), AGAIN),
    "duration": (gettext_lazy("%(seconds).1f s, as planned, and short enough for %(place)s."), ""),
    "length": (gettext_lazy("The film lasts %(seconds).1f s, but %(planned).1f s were planned."), AGAIN),
    "too_long": (
        gettext_lazy("%(seconds).1f s is longer than the %(most).0f s that %(place)s allows for."),
        gettext_lazy("Set a shorter length, or choose another place to publish."),
    ),
    "too_short": (
        gettext_lazy("%(seconds).1f s is shorter than the %(least).0f s from which %(place)s pays."),
        gettext_lazy("Set a longer length, or add longer clips."),
    ),
    "audio": (gettext_lazy("Every clip is heard."), ""),
    "no_track": (gettext_lazy("The film has no sound track."), AGAIN),
    "lost": (gettext_lazy("The clip at rank %(rank)d is not heard, though it has sound."), AGAIN),
    "muted": (gettext_lazy("The clip at rank %(rank)d gives no sound: you muted it."), ""),
    "soundless": (
        gettext_lazy("The clip at rank %(rank)d gives no sound: its video has none."),
        gettext_lazy("Music or a voice would fill the gap."),
    ),
    "quiet": (
        gettext_lazy("The clip at rank %(rank)d gives no sound: this part of its video is silent."),
        gettext_lazy("Choose another part of it, or add music or a voice."),
    ),
    "lufs": (
        gettext_lazy("%(lufs).1f LUFS; apps play at %(wanted).0f."),
        AGAIN,
    ),
    "full": (
        gettext_lazy("%(lufs).1f LUFS; apps play at %(wanted).0f. Short loud sounds leave no room for more."),
        gettext_lazy("Add music or a voice, which fills the pauses between them."),
    ),
    "silent_film": (
        gettext_lazy("Nothing of this film is heard."),
        gettext_lazy("Few people watch a silent film to its end: music or a voice helps."),
    ),
    "lost_sound": (gettext_lazy("Nothing of this film is heard, though its clips have sound."), AGAIN),
    "true_peak": (
        gettext_lazy("The highest peak is %(dbtp).1f dBTP; %(most).0f keeps apps from distorting it."),
        AGAIN,
    ),
    "no_black": (gettext_lazy("No clip goes black."), ""),
    "black": (
        gettext_lazy("The clip at rank %(rank)d is black from %(from).1f to %(to).1f s of the film."),
        gettext_lazy("Choose another part of the video."),
    ),
    "no_frozen": (gettext_lazy("No clip stands still."), ""),
    "frozen": (
        gettext_lazy("The clip at rank %(rank)d stands still from %(from).1f to %(to).1f s of the film."),
        gettext_lazy("Choose another part of the video, unless it is meant to stand."),
    ),
    "no_glyphs": (gettext_lazy("Every letter could be drawn."), ""),
    "glyphs": (
        gettext_lazy("At rank %(rank)d no font has %(letters)s: a dot stands there."),
        gettext_lazy("Write the label without it."),
    ),
    "glyphs_title": (
        gettext_lazy("In the title or the end card no font has %(letters)s: a dot stands there."),
        gettext_lazy("Write the title without it."),
    ),
    "labels": (gettext_lazy("Every rank has its label, whole."), ""),
    "unlabelled": (
        gettext_lazy("Without a label: rank %(ranks)s."),
        gettext_lazy("A number alone tells nobody what there is to see: write one."),
    ),
    "label_cut": (
        gettext_lazy("The label of rank %(rank)d is too long: its end is not shown."),
        gettext_lazy("Write it shorter."),
    ),
    "safe_box": (gettext_lazy("All text stands where no button of %(place)s covers it."), ""),
    "outside": (
        gettext_lazy("At rank %(rank)d buttons of the app cover %(text)s."),
        gettext_lazy("Choose another style."),
    ),
    "cut": (
        gettext_lazy("At rank %(rank)d %(text)s has no room: a part of it is cut off."),
        gettext_lazy("Choose another style, or make its letters smaller in your own."),
    ),
    "untold": (
        gettext_lazy("The reason is not shown at rank %(ranks)s: there is no room for it, or no time to read it."),
        gettext_lazy("Choose another style or fewer ranks, or give these clips more time."),
    ),
    "not_there": (gettext_lazy("At rank %(rank)d %(text)s is not seen where it belongs."), AGAIN),
    "readable": (gettext_lazy("All text stands out from what is behind it."), ""),
    "contrast": (
        gettext_lazy("At rank %(rank)d %(text)s hardly stands out: its contrast is %(contrast).1f to 1, 3 is needed."),
        gettext_lazy("Choose a style with an outline, or another part of the video."),
    ),
    "sync": (gettext_lazy("Sound and picture are together at all %(joins)d cuts."), ""),
    "apart": (gettext_lazy("Sound and picture are %(ms).0f ms apart at a cut."), AGAIN),
    "ends": (gettext_lazy("The sound does not end with the picture: it is %(short_ms).0f ms off."), AGAIN),
}


def name_of(check: Check) -> str:
    return str(NAMES[check.name])


def said(check: Check) -> str:
    """Return the sentence that tells what was found."""
    return str(SENTENCES[check.code][0]) % _filled(check.value)


def hint(check: Check) -> str:
    """Return what to change, or an empty text where all is right."""
    return "" if check.level == FINE else str(SENTENCES[check.code][1])


def _filled(value: dict[str, Any]) -> dict[str, Any]:
    """Return a line's numbers with its names put into words."""
    words = dict(value)
    if "text" in value:
        words["text"] = TEXTS[value["text"]]
    if value.get("target") in TARGETS:
        words["place"] = _(target(value["target"]).label)
    if "fps" in value:
        words["fps"] = f"{value['fps']:g}"
    return words


def spoken(facts: dict[str, Any]) -> dict[str, Any]:
    """Return a film's facts with the words of each line beside it, as `make_ranking --json` prints them."""
    if "checks" not in facts:
        return facts
    lines = [(Check.from_json(line), line) for line in facts["checks"]]
    return facts | {"checks": [line | {"said": said(check), "hint": hint(check)} for check, line in lines]}
