"""Where a film will be shown: its length, and the box that no app's own buttons cover."""

from dataclasses import dataclass

WIDTH, HEIGHT = 1080, 1920


@dataclass(frozen=True)
class Target:
    """A place to publish: lengths in seconds, box = (x0, y0, x1, y1) in pixels of the 1080x1920 frame."""

    name: str
    label: str
    seconds: float
    max_seconds: float
    box: tuple[int, int, int, int]

    def warning(self, seconds: float) -> str:
        """One sentence when a film of so many seconds is too long for this target, else the empty string."""
        if seconds <= self.max_seconds:
            return ""
        return f"{seconds:.0f} s is longer than the {self.max_seconds:.0f} s that {self.label} allows for."


# Boxes: TikTok and Shorts cover the top tabs, the action rail and the caption; Reels more of the top and the bottom.
# A Short over 60 s is blocked wherever a rights claim sits on its music; TikTok pays only for films over 60 s.
_WIDE = (60, 160, 900, 1400)
TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        Target("shorts", "YouTube Shorts", 59.0, 60.0, _WIDE),
        Target("tiktok", "TikTok", 65.0, 75.0, _WIDE),
        Target("reels", "Instagram Reels", 60.0, 60.0, (65, 269, 900, 1248)),
        Target("free", "Free length", 180.0, 180.0, _WIDE),
    )
}
DEFAULT = "shorts"


def target(name: str) -> Target:
    """The target of this name; ValueError names the choices."""
    try:
        return TARGETS[name]
    except KeyError:
        raise ValueError(f"There is no target “{name}”: choose one of {', '.join(TARGETS)}.") from None
