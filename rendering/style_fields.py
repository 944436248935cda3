"""What a style's file can say, as frozen records. All lengths are pixels of the 1080x1920 frame."""

from dataclasses import dataclass
from typing import Literal


class Colour(tuple[int, int, int]):
    """Red, green and blue, 0 to 255, written #RRGGBB."""


@dataclass(frozen=True)
class Called:
    """The style's name as people read it, in the languages of the pages."""

    en: str
    ko: str


@dataclass(frozen=True)
class Edge:
    """A line around a plate or the clip's frame."""

    colour: Colour
    width: int


@dataclass(frozen=True)
class Shadow:
    """A soft shadow: its offset, blur and alpha (0 to 1). Without a colour it is a glow in the letters' own."""

    x: int
    y: int
    blur: float
    alpha: float
    colour: Colour | None


@dataclass(frozen=True)
class Plate:
    """A shape behind text: fills are those of rank 1, 2, 3 and of all later ones, or fewer.

    padding: left and right of the text; height: share of the row's pitch, of the title's, or of the badge's size;
    slant: how far the top leans to the right; tail: a bubble's, to the left; drop: the hard shadow below to the right.
    """

    fills: tuple[Colour, ...]
    alpha: float
    padding: int
    height: float
    radius: int
    slant: int
    tail: int
    edge: Edge | None
    drop: Colour | None
    drop_offset: int


@dataclass(frozen=True)
class Motion:
    """How something comes in, in so many seconds."""

    kind: Literal["none", "fade", "slide", "pop", "wipe", "type", "slam", "flip"]
    seconds: float


@dataclass(frozen=True)
class TitleLine:
    """One title line: its colour, or the one at its top and `fade` at its foot; accent is the hard offset shadow."""

    fill: Colour
    fade: Colour | None
    accent: Colour | None
    back: Plate | None


@dataclass(frozen=True)
class TitleStyle:
    """top: from the safe box's top to the middle of the first line; pitch: from line to line; least: smallest size."""

    face: str
    size: int
    least: int
    align: Literal["left", "middle"]
    top: int
    pitch: int
    outline: int
    shadow: Shadow | None
    accent_offset: int
    lines: tuple[TitleLine, ...]


@dataclass(frozen=True)
class RowsStyle:
    """top: safe box's top to the first row's middle; pitches[n - 1]: the pitch of n rows; back: behind every row."""

    top: int
    pitches: tuple[int, ...]
    back: Plate | None


@dataclass(frozen=True)
class RankStyle:
    """How a rank's number is drawn; after: what stands behind it.

    colours: of rank 1, 2, 3 and of all later ones; shine and shade: how far top lightens and foot darkens, 0 to 1.
    """

    face: str
    size: int
    after: str
    outline: int
    shadow: Shadow | None
    shine: float
    shade: float
    colours: tuple[Colour, ...]
    back: Plate | None


@dataclass(frozen=True)
class NumberStyle(RankStyle):
    """In the list. share: the size never exceeds this part of the pitch; left: of its text; gap: to the label."""

    share: float
    left: int
    gap: int


@dataclass(frozen=True)
class NowStyle:
    """The row whose clip plays: its size in usual sizes, its colour, what is behind its label."""

    scale: float
    fill: Colour
    back: Plate | None


@dataclass(frozen=True)
class LabelStyle:
    """least: the smallest part of its size a label shrinks to; lead: line height of a wrapped one, in sizes.

    left: where labels begin at the least, from the safe box; dim: alpha of rows that have played.
    """

    face: str
    size: int
    share: float
    least: float
    left: int
    lead: float
    fill: Colour
    outline: int
    shadow: Shadow | None
    back: Plate | None
    now: NowStyle
    dim: float
    motion: Motion


@dataclass(frozen=True)
class ChipStyle:
    """The credit's pill: left and bottom are its margins inside the safe box, width the most it takes."""

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
class ReasonStyle:
    """The reason above the chip, on one line or two; gap: pixels to the chip; lead: line height in sizes.

    back: its height is the share of the lines' own. The letters begin where the chip does.
    """

    face: str
    size: int
    least: int
    lead: float
    gap: int
    fill: Colour
    outline: int
    shadow: Shadow | None
    back: Plate | None


@dataclass(frozen=True)
class BadgeStyle(RankStyle):
    """The big rank, with text before it too; tilt in degrees, hold in seconds after it came in."""

    least: int
    before: str
    tilt: float
    motion: Motion
    hold: float


@dataclass(frozen=True)
class FrameStyle:
    """Where the clip sits over its own blur: box (x0, y0, x1, y1), blur sigma, darken 0 to 1.

    below_list: the box begins where the list ends. A box of the whole frame has no blur around it.
    """

    box: tuple[int, int, int, int]
    below_list: bool
    blur: float
    darken: float
    edge: Edge | None


@dataclass(frozen=True)
class Style:
    """A whole look; version rises whenever the drawn pixels change.

    place is its turn in the gallery, outline the colour around all letters. A style without `reason` does not show it.
    """

    name: str
    called: Called
    version: int
    place: int
    outline: Colour
    title: TitleStyle
    rows: RowsStyle
    number: NumberStyle
    label: LabelStyle
    chip: ChipStyle
    badge: BadgeStyle
    frame: FrameStyle
    reason: ReasonStyle | None = None
