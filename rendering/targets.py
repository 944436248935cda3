"""Where a film will be shown: its length, and the box that no app's own buttons cover."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

WIDTH, HEIGHT = 1080, 1920


@dataclass(frozen=True)
class Target:
    """A place to publish: lengths in seconds, box = (x0, y0, x1, y1) in pixels of the 1080x1920 frame.

    Below min_seconds a film is taken, but earns nothing.
    """

    name: str
    label: str
    seconds: float
    max_seconds: float
    box: tuple[int, int, int, int]
    min_seconds: float = 0.0

    def warning(self, seconds: float) -> str:
        """Return a sentence when a film of so many seconds is too long for this target, or too short to earn there.

        An empty text where all is well.
        """
        numbers = {"seconds": seconds, "most": self.max_seconds, "least": self.min_seconds, "place": _(self.label)}
        if seconds > self.max_seconds:
            return _("%(seconds).1f s is longer than the %(most).0f s that %(place)s allows for.") % numbers
        if seconds < self.min_seconds:
            return _("%(seconds).1f s is shorter than the %(least).0f s from which %(place)s pays.") % numbers
        return ""


# Boxes: TikTok and Shorts cover the top tabs, the action rail and the caption; Reels more of the top and the bottom.
# A Short over 60 s is blocked wherever a rights claim sits on its music; TikTok pays only for films over 60 s.
_WIDE = (60, 160, 900, 1400)
TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        Target("shorts", "YouTube Shorts", 59.0, 60.0, _WIDE),
        Target("tiktok", "TikTok", 65.0, 75.0, _WIDE, 61.0),
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
        words = _("There is no target “%(name)s”: choose one of %(names)s.") % {
            "name": name,
            "names": ", ".join(TARGETS),
        }
        raise ValueError(words) from None
