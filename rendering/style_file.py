"""A style's file, read and checked field by field: what is wrong is said in one sentence that names the field."""

import dataclasses
import json
import re
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
        raise ValueError(_("%(where)s must be “%(name)s”.") % {"where": f"{path.name}: name", "name": path.stem})
    return loaded


def parse(text: str, where: str) -> Style:
    """The style that a JSON text says; ValueError names the field that is wrong."""
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise ValueError(_("%(where)s is not JSON: look at line %(line)d.") % {"where": where, "line": line}) from error
    return read(data, where)


def read(data: Any, where: str) -> Style:
    """The style that a JSON value says; ValueError names the field that is wrong."""
    return _together(_record(Style, data, where), where)


def _together(style: Style, where: str) -> Style:
    """Refuse fields that are right by themselves but not together."""
    left, top, right, bottom = style.frame.box
    wrong = ""
    if not (0 <= left < right <= WIDTH and 0 <= top < bottom <= HEIGHT):
        wrong = _("%(where)s must lie within the frame of 1080x1920, left and top first.") % {"where": "frame: box"}
    elif min(right - left, bottom - top) < LEAST_FRAME or any(value % 2 for value in style.frame.box):
        wrong = _("%(where)s must be even numbers, at least 200 apart.") % {"where": "frame: box"}
    for name in ("title", "chip", "badge", "reason"):
        part = getattr(style, name)
        if part and part.least > part.size:
            wrong = wrong or _("%(where)s must not be more than size.") % {"where": f"{name}: least"}
    if style.label.least > 1:
        wrong = wrong or _("%(where)s must not be more than size.") % {"where": "label: least"}
    if style.label.share * style.label.now.scale > 1:
        wrong = wrong or _("%(where)s is too much for the row: share times scale is more than 1.") % {
            "where": "label: now: scale"
        }
    if wrong:
        raise ValueError(f"{where}: {wrong}")
    return style


def _record(kind: type, data: Any, where: str) -> Any:
    """A frozen dataclass made of a JSON object that has exactly its fields."""
    if not isinstance(data, dict):
        raise ValueError(_("%(where)s must be an object in braces.") % {"where": where})
    fields = {field.name: field.default is dataclasses.MISSING for field in dataclasses.fields(kind)}
    if lacking := sorted(name for name, needed in fields.items() if needed and name not in data):
        raise ValueError(_("%(where)s is missing.") % {"where": f"{where}: {lacking[0]}"})
    if strange := sorted(set(data) - set(fields)):
        raise ValueError(_("%(where)s is not a field of a style.") % {"where": f"{where}: {strange[0][:MOST_TEXT]}"})
    types = get_type_hints(kind)
    return kind(**{name: _value(types[name], data[name], f"{where}: {name}", name) for name in types if name in data})


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
        raise ValueError(_("%(where)s must be a list of %(count)s.") % {"where": where, "count": count})
    return tuple(_value(kinds[0], item, f"{where}[{place}]", name) for place, item in enumerate(data))


def _choice(choices: tuple[Any, ...], data: Any, where: str) -> Any:
    """One of a few words, or true and false."""
    if not any(data is choice or (isinstance(choice, str) and data == choice) for choice in choices):
        words = ", ".join(json.dumps(choice) for choice in choices)
        raise ValueError(_("%(where)s must be one of %(choices)s.") % {"where": where, "choices": words})
    return data


def _text(data: Any, where: str, name: str) -> str:
    """A short text; a face must be one of the studio's, a name must not be empty."""
    if not isinstance(data, str) or len(data) > MOST_TEXT or any(not letter.isprintable() for letter in data):
        raise ValueError(_("%(where)s must be a text of at most 40 characters.") % {"where": where})
    if name == "face" and data not in TEXT_FACES:
        raise ValueError(
            _("%(where)s must be one of %(choices)s.") % {"where": where, "choices": ", ".join(TEXT_FACES)}
        )
    if name in {"name", "en", "ko"} and not data.strip():
        raise ValueError(_("%(where)s must not be empty.") % {"where": where})
    return data


def _number(kind: type, data: Any, where: str, name: str) -> Any:
    """A number within the limits of its field; whole where the field counts pixels."""
    if isinstance(data, bool) or not isinstance(data, (int, float) if kind is float else int):
        words = _("%(where)s must be a number.") if kind is float else _("%(where)s must be a whole number.")
        raise ValueError(words % {"where": where})
    least, most = LIMITS.get(name, (-FREE, FREE))
    if not least <= data <= most:
        words = _("%(where)s must be between %(least)s and %(most)s.")
        raise ValueError(words % {"where": where, "least": f"{least:g}", "most": f"{most:g}"})
    return kind(data)


def _colour(data: Any, where: str) -> Colour:
    """A colour from #RRGGBB."""
    if not isinstance(data, str) or not re.fullmatch("#[0-9A-Fa-f]{6}", data):
        raise ValueError(_("%(where)s must be a colour like #F0D810.") % {"where": where})
    return Colour(bytes.fromhex(data[1:]))
