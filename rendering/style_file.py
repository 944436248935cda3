"""A style's file, read and checked field by field: what is wrong is said in one sentence that names the field."""

import dataclasses
import difflib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from django.utils.translation import gettext as _

from rendering.glyphs import TEXT_FACES
from rendering.style_fields import Colour, Style
from rendering.targets import HEIGHT, WIDTH

MOST_TEXT = 40  # characters of a name
MOST_ITEMS = 10  # of any list: a ranking has no more rows
LEAST_FRAME = 200  # pixels: a smaller clip shows nothing
FREE = 2000  # the most of any length, in pixels
LIMITS: dict[str, tuple[float, float]] = {
    **dict.fromkeys(("alpha", "darken", "shine", "shade", "share", "dim"), (0, 1)),
    **dict.fromkeys(("radius", "padding", "slant", "tail", "drop_offset", "accent_offset"), (0, 400)),
    "blur": (0, 200),
    "top": (0, 700),
    "left": (0, 400),
    "bottom": (0, 400),
    "gap": (-100, 200),
    **dict.fromkeys(("pitch", "pitches"), (30, 400)),
    "width": (0, 900),
    "size": (8, 500),
    "least": (0.2, 500),
    "lead": (0.8, 2),
    "height": (0.1, 200),
    "scale": (0.5, 2),
    "seconds": (0, 1),
    "hold": (0, 5),
    "tilt": (-30, 30),
    "version": (1, 10**6),
    "place": (1, 10**6),
}


def load(path: Path) -> Style:
    """The style in this file; ValueError names the field that is wrong."""
    loaded = parse(path.read_text(encoding="utf-8"), path.name)
    if loaded.name != path.stem:
        raise wrong(f"{path.name}: name", _("“%(where)s” must be “%(name)s”."), name=path.stem)
    return loaded


def parse(text: str, where: str = "") -> Style:
    """The style that a JSON text says; ValueError names the field that is wrong, after where it stands."""
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        said = _("%(where)s is no JSON. Look at line %(line)d: there is a comma, quote or bracket too few or too many.")
        raise wrong(where or _("The file"), said, line=getattr(error, "lineno", 1)) from error
    return read(data, where)


def read(data: Any, where: str = "") -> Style:
    """The style that a JSON value says; ValueError names the field that is wrong."""
    return _together(_record(Style, data, where), where)


def wrong(where: str, sentence: str, **words: Any) -> ValueError:
    """The error whose sentence names the field at `where`, and what the file says there as JSON (`found`)."""
    if "found" in words:
        found = json.dumps(words["found"], ensure_ascii=False)
        words["found"] = found if len(found) <= MOST_TEXT else f"{found[:MOST_TEXT]}…"
    return ValueError(sentence % {"where": where, **words})


def _inside(where: str, name: str | int) -> str:
    """How people find a field: the names on the way to it; of a list its turn, from 1."""
    return f"{where} › {name}" if where else str(name)


def _together(style: Style, where: str) -> Style:
    """Refuse fields that are right by themselves but not together."""
    left, top, right, bottom = style.frame.box
    box = _inside(_inside(where, "frame"), "box")
    if not (0 <= left < right <= WIDTH and 0 <= top < bottom <= HEIGHT):
        raise wrong(box, _("“%(where)s” must lie within 1080x1920: left, top, right and bottom, in this order."))
    if min(right - left, bottom - top) < LEAST_FRAME or any(value % 2 for value in style.frame.box):
        raise wrong(box, _("“%(where)s” must be even numbers and leave the clip at least 200 pixels each way."))
    sizes = {name: part.size for name in ("title", "chip", "badge", "reason") if (part := getattr(style, name))}
    for name, most in {**sizes, "label": 1}.items():
        if getattr(style, name).least > most:
            least = _inside(_inside(where, name), "least")
            raise wrong(least, _("“%(where)s” must not be more than %(most)s, the full size."), most=most)
    if style.label.share * style.label.now.scale > 1:
        scale = _inside(_inside(_inside(where, "label"), "now"), "scale")
        raise wrong(scale, _("“%(where)s” is too much for its row: “share” times “scale” is more than 1."))
    return style


def _record(kind: type, data: Any, where: str) -> Any:
    """A frozen dataclass made of a JSON object that has its fields and no others."""
    if not isinstance(data, dict):
        raise wrong(where or _("The file"), _("“%(where)s” must be a group of fields in braces { }."))
    fields = {field.name: field.default is dataclasses.MISSING for field in dataclasses.fields(kind)}
    if lacking := sorted(name for name, needed in fields.items() if needed and name not in data):
        said = _("“%(where)s” is missing. Copy it from the style that you began with.")
        raise wrong(_inside(where, lacking[0]), said)
    if strange := sorted(set(data) - set(fields)):
        raise _strange(where, strange[0], list(fields))
    types = get_type_hints(kind)
    return kind(**{name: _value(types[name], data[name], _inside(where, name), name) for name in types if name in data})


def _strange(where: str, name: str, known: list[str]) -> ValueError:
    """The error of a field that no style has, with the one that was probably meant."""
    field = _inside(where, name[:MOST_TEXT])
    if meant := difflib.get_close_matches(name, known, 1):
        return wrong(field, _("No style has a “%(where)s”. Is “%(meant)s” meant?"), meant=meant[0])
    return wrong(field, _("No style has a “%(where)s”: take it out."))


def _value(kind: Any, data: Any, where: str, name: str) -> Any:
    """One JSON value as the type that its field asks for; "" stands for none where a field may have none."""
    if isinstance(kind, UnionType):
        return None if data == "" else _value(get_args(kind)[0], data, where, name)
    if get_origin(kind) is tuple:
        return _items(get_args(kind), data, where, name)
    if get_origin(kind) is Literal:
        return _choice(get_args(kind), data, where)
    if kind is Colour:
        return _colour(data, where)
    if dataclasses.is_dataclass(kind):
        return _record(kind, data, where)
    if kind is bool:
        return _choice((True, False), data, where)
    return _text(data, where, name) if kind is str else _number(kind, data, where, name)


def _items(kinds: tuple[Any, ...], data: Any, where: str, name: str) -> tuple[Any, ...]:
    """A JSON list as a tuple: 1 to 10 items for tuple[x, ...], else just that many."""
    least, most = (1, MOST_ITEMS) if kinds[-1] is Ellipsis else (len(kinds), len(kinds))
    if not isinstance(data, list) or not least <= len(data) <= most:
        count = f"{least}-{most}" if least < most else str(least)
        raise wrong(where, _("“%(where)s” must hold %(count)s values in square brackets [ ]."), count=count)
    return tuple(_value(kinds[0], item, _inside(where, turn), name) for turn, item in enumerate(data, 1))


def _choice(choices: tuple[Any, ...], data: Any, where: str) -> Any:
    """One of a few words, or true and false."""
    if not any(data is choice or (isinstance(choice, str) and data == choice) for choice in choices):
        raise _not_one_of([json.dumps(choice) for choice in choices], data, where)
    return data


def _not_one_of(choices: Sequence[str], data: Any, where: str) -> ValueError:
    said = _("“%(where)s” must be one of %(choices)s. The file says %(found)s.")
    return wrong(where, said, choices=", ".join(choices), found=data)


def _text(data: Any, where: str, name: str) -> str:
    """A short text; a face must be one of the studio's, a name must not be empty."""
    if not isinstance(data, str) or len(data) > MOST_TEXT or any(not letter.isprintable() for letter in data):
        raise wrong(where, _("“%(where)s” must be a text in quotes, of at most 40 letters."))
    if name == "face" and data not in TEXT_FACES:
        raise _not_one_of(TEXT_FACES, data, where)
    if name in {"name", "en", "ko"} and not data.strip():
        raise wrong(where, _("“%(where)s” must not be empty."))
    return data


def _number(kind: type, data: Any, where: str, name: str) -> Any:
    """A number within the limits of its field; whole where the field counts pixels."""
    least, most = LIMITS.get(name, (-FREE, FREE))
    right = isinstance(data, (int, float) if kind is float else int) and not isinstance(data, bool)
    if not right or not least <= data <= most:
        said = _("“%(where)s” must be a number from %(least)s to %(most)s. The file says %(found)s.")
        if kind is int:
            said = _("“%(where)s” must be a whole number from %(least)s to %(most)s. The file says %(found)s.")
        raise wrong(where, said, least=f"{least:g}", most=f"{most:g}", found=data)
    return kind(data)


def _colour(data: Any, where: str) -> Colour:
    """A colour from #RRGGBB."""
    if not isinstance(data, str) or not re.fullmatch("#[0-9A-Fa-f]{6}", data):
        raise wrong(where, _("“%(where)s” must be a colour like #F0D810. The file says %(found)s."), found=data)
    return Colour(bytes.fromhex(data[1:]))
