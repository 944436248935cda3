"""How faces are brought to one size: what stands in for a display face must not look like a foreign word."""

from dataclasses import dataclass
from functools import lru_cache

from PIL import ImageFont

from rendering import glyphs

SIZE = 200  # pixels at which faces are measured
SAMPLE = "가나다라마바사아자차한글용꽃빵쏠"  # in every display face; tall and flat syllables
CAPITALS = "HEX"
PLAIN = "Pretendard-Bold"  # what the rest of the chain is drawn beside


@dataclass(frozen=True)
class Match:
    """How a stand-in is drawn: its size, width, and height above the baseline, as parts of the text's size."""

    scale: float = 1.0
    stretch: float = 1.0
    lift: float = 0.0

    def size(self, size: int) -> int:
        """The size in pixels at which it is drawn in text of this size."""
        return max(1, round(size * self.scale))


SAME = Match()


@lru_cache(maxsize=64)
def _measured(face: str) -> tuple[float, float, float, float]:
    """Advance, ink top, ink bottom (up from the baseline) and middle of a face's Hangul, in sizes."""
    font = ImageFont.truetype(glyphs.path(face), SIZE, layout_engine=ImageFont.Layout.BASIC)
    boxes = [font.getbbox(letter, anchor="ls") for letter in SAMPLE]
    top = -sum(box[1] for box in boxes) / len(boxes) / SIZE
    bottom = -sum(box[3] for box in boxes) / len(boxes) / SIZE
    capitals = [font.getbbox(letter, anchor="ls") for letter in CAPITALS]
    high = -sum(box[1] for box in capitals) / len(capitals) / SIZE
    return font.getlength(SAMPLE) / len(SAMPLE) / SIZE, top, bottom, ((top + bottom) / 2 + high / 2) / 2


@lru_cache(maxsize=64)
def middle(face: str) -> float:
    """From the baseline up to the middle of a Hangul syllable and of a capital, in sizes."""
    return _measured(face)[3]


@lru_cache(maxsize=512)
def match(first: str, face: str) -> Match:
    """How `face` is drawn within text of the display face `first`; as it is within text of a plain one."""
    kin = glyphs.KIN.get(first)
    if kin is None or face == first:
        return SAME
    advance, top, bottom, _ = _measured(first)
    other, high, low, _ = _measured(kin)
    scale = (top - bottom) / (high - low)
    lift = (top + bottom) / 2 - scale * (high + low) / 2
    if face == glyphs.EMOJI:
        return Match(scale)
    return Match(scale, advance / (other * scale) if face == kin else 1.0, lift)
