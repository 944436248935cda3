"""A style is data: what styles/*.json says, checked field by field and frozen."""

import dataclasses
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from .glyphs import FOLDER as FONTS

FOLDER = Path(__file__).parent / "styles"


class Colour(tuple[int, int, int]):
    """Red, green and blue, 0 to 255, written #RRGGBB."""


@dataclass(frozen=True)
class Shadow:
    """The soft shadow under all text: offset and blur in pixels, alpha 0 to 1."""

    x: int
    y: int
    blur: float
    alpha: float


@dataclass(frozen=True)
class TitleLine:
    """The colours of one title line; accent is the hard offset shadow, None for none."""

    fill: Colour
    accent: Colour | None


@dataclass(frozen=True)
class TitleStyle:
    """Sizes in pixels; top is from the safe box's top to the centre of the first line, pitch from line to line."""

    face: str
    size: int
    least: int
    outline: int
    top: int
    pitch: int
    lines: tuple[TitleLine, ...]
    accent_offset: int


@dataclass(frozen=True)
class RowsStyle:
    """top: safe box's top to the first row's centre; pitches[n - 1] is the row pitch of n rows, in pixels."""

    top: int
    pitches: tuple[int, ...]


@dataclass(frozen=True)
class NumberStyle:
    """share: the size never exceeds this part of the pitch; colours: of rank 1, 2, 3 and of all later ones."""

    face: str
    size: int
    share: float
    outline: int
    left: int
    gap: int
    colours: tuple[Colour, ...]


@dataclass(frozen=True)
class LabelStyle:
    """least: the smallest part of its size a label shrinks to; lead: line height of a wrapped one, in sizes."""

    face: str
    size: int
    share: float
    least: float
    outline: int
    left: int
    lead: float
    fill: Colour


@dataclass(frozen=True)
class ChipStyle:
    """The credit's pill: left and bottom are its margins inside the safe box, width the most it takes, in pixels."""

    face: str
    size: int
    least: int
    left: int
    bottom: int
    height: int
    padding: int
    radius: int
    fill: Colour
    back: Colour
    alpha: float
    width: int


@dataclass(frozen=True)
class BadgeStyle:
    """The big #rank: shine and shade say how far its top lightens and its bottom darkens, 0 to 1."""

    face: str
    size: int
    least: int
    outline: int
    shine: float
    shade: float
    colours: tuple[Colour, ...]


@dataclass(frozen=True)
class FrameStyle:
    """Where the clip sits over its own blur: box (x0, y0, x1, y1), blur sigma (pixels of 1080x1920), darken 0 to 1."""

    box: tuple[int, int, int, int]
    blur: float
    darken: float


@dataclass(frozen=True)
class Style:
    """A whole look; version rises whenever the drawn pixels change."""

    name: str
    version: int
    outline: Colour
    shadow: Shadow
    title: TitleStyle
    rows: RowsStyle
    number: NumberStyle
    label: LabelStyle
    chip: ChipStyle
    badge: BadgeStyle
    frame: FrameStyle


def names() -> list[str]:
    """The names of all styles, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


@lru_cache(maxsize=32)
def style(name: str) -> Style:
    """The style of this name; ValueError names the choices, or the field that is wrong."""
    if name not in names():
        raise ValueError(f"There is no style “{name}”: choose one of {', '.join(names())}.")
    return load(FOLDER / f"{name}.json")


def style_of(plan: Any) -> Style:
    """The style of a plan: the user's own, or the studio's of that name."""
    return read(plan.look, plan.style) if plan.look else style(plan.style)


def load(path: Path) -> Style:
    """The style in this file; ValueError names the field that is wrong."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path.name} is not JSON: {error}.") from error
    loaded = read(data, path.name)
    if loaded.name != path.stem:
        raise ValueError(f"{path.name}: name must be “{path.stem}”, not “{loaded.name}”.")
    return loaded


def read(data: Any, where: str) -> Style:
    """The style that a JSON value says; ValueError names the field that is wrong."""
    return _record(Style, data, where)


def _record(kind: type, data: Any, where: str) -> Any:
    """A frozen dataclass made of a JSON object that has exactly its fields."""
    if not isinstance(data, dict):
        raise ValueError(f"{where} must be an object, not {data!r}.")
    fields = {field.name for field in dataclasses.fields(kind)}
    for name in sorted(fields ^ set(data)):
        raise ValueError(f"{where}: {name} {'is missing' if name in fields else 'is not a field of a style'}.")
    types = get_type_hints(kind)
    return kind(**{name: _value(types[name], data[name], f"{where}: {name}", name) for name in types})


def _value(kind: Any, data: Any, where: str, name: str) -> Any:
    """One JSON value as the type that its field asks for."""
    if isinstance(kind, UnionType):
        return None if data == "" else _value(get_args(kind)[0], data, where, name)
    if get_origin(kind) is tuple:
        return _items(get_args(kind), data, where, name)
    if kind is Colour:
        return _colour(data, where)
    if dataclasses.is_dataclass(kind):
        return _record(kind, data, where)
    wanted = (int, float) if kind is float else kind
    if not isinstance(data, wanted) or isinstance(data, bool):
        raise ValueError(f"{where} must be {'text' if kind is str else 'a number'}, not {data!r}.")
    _limits(kind, data, where, name)
    return kind(data)


def _items(kinds: tuple[Any, ...], data: Any, where: str, name: str) -> tuple[Any, ...]:
    """A JSON list as a tuple: any length but none for tuple[x, ...], else just that many."""
    if not isinstance(data, list) or not data or (kinds[-1] is not Ellipsis and len(data) != len(kinds)):
        count = "one or more" if kinds[-1] is Ellipsis else str(len(kinds))
        raise ValueError(f"{where} must be a list of {count}, not {data!r}.")
    return tuple(_value(kinds[0], item, f"{where}[{place}]", name) for place, item in enumerate(data))


def _limits(kind: type, data: Any, where: str, name: str) -> None:
    """Refuse numbers that cannot be drawn and faces that are not there."""
    if name == "face" and not (FONTS / f"{data}.otf").is_file():
        raise ValueError(f"{where}: there is no font {data}.otf in rendering/fonts.")
    if kind is not str and not -2000 <= data <= 2000:
        raise ValueError(f"{where} must be between -2000 and 2000, not {data!r}.")
    if name in {"size", "pitches", "height"} and data < 1:
        raise ValueError(f"{where} must be 1 or more, not {data!r}.")
    if name in {"alpha", "darken", "shine", "shade", "share"} and not 0 <= data <= 1:
        raise ValueError(f"{where} must be between 0 and 1, not {data!r}.")


def _colour(data: Any, where: str) -> Colour:
    """A colour from #RRGGBB."""
    if not isinstance(data, str) or not re.fullmatch("#[0-9A-Fa-f]{6}", data):
        raise ValueError(f"{where} must be a colour like #F0D810, not {data!r}.")
    return Colour(bytes.fromhex(data[1:]))
