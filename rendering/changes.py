"""How one clip gives way to the next: a short piece of the film of its own, in which both play."""

from rendering import board
from rendering.layers import board_of, layer_steps, steady_pictures
from rendering.picture import picture_steps
from rendering.plan import FPS, Piece, Plan
from rendering.reason_line import is_read
from rendering.recipes import FindClip, Recipe, exactly, inputs_of, last_steps, named, part_input, still
from rendering.style import style_of
from rendering.targets import HEIGHT, WIDTH

SMEAR = 90  # pixels to either side over which a whip smears a picture of the whole width where it is fastest

Box = tuple[int, int, int, int]


def film_change(plan: Plan, piece: Piece, find_clip: FindClip) -> Recipe:
    """Return the recipe of a transition: the pictures change below, what stands on the board stays above them.

    Each clip takes its own credit along, and its reason where that has come. The next label and badge come with the
    clip piece that follows.
    """
    style, leaving = style_of(plan), plan.clip_of(piece.leaving)
    inputs, steps, sources, number = [], [], {}, 0
    for clip, first, name in (
        (leaving, leaving.frames - piece.frames, "a"),
        (plan.clip_of(piece.rank), 0, "b"),
    ):
        path, art = find_clip(clip.clip), board_of(plan, style)
        told = clip is leaving and is_read(plan, clip.rank, style)
        layers = still(board.chip(art, clip.rank), board.reason(art, clip.rank) if told else None)
        steps += picture_steps(clip, style, f"{number}:v", f"{name}0", first)
        chip, under = layer_steps(layers, f"{name}0", number + 1)
        steps += [*chip, exactly(under, piece.frames, name)]
        inputs += [*part_input(path, clip, first, piece.frames), *inputs_of(layers)]
        sources |= {str(path.resolve()): clip.clip} | named(layers)
        number += 1 + len(layers)
    layers = still(*steady_pictures(plan, piece.rank, style))
    art, under = layer_steps(layers, "changed", number)
    graph = [*steps, *CHANGES[plan.transition](piece.frames, style.frame.box), *art, *last_steps(under, piece.frames)]
    return Recipe((*inputs, *inputs_of(layers)), ";".join(graph), sources | named(layers))


def crossfade(frames: int, _box: Box) -> list[str]:
    """Return the steps that dissolve [a] into [b]."""
    return [f"[a][b]xfade=transition=fade:duration={frames / FPS:.4f}:offset=0[changed]"]


def whip(frames: int, box: Box) -> list[str]:
    """Return the steps that fling [a] out to the left of the clip's frame with [b] behind it, smeared while fast.

    What lies around the frame dissolves meanwhile: a style's frame does not move.
    """
    left, top, right, bottom = box
    if (right - left, bottom - top) == (WIDTH, HEIGHT):
        return _flung(frames, WIDTH, HEIGHT, ("a", "b", "changed"))
    wide, high = right - left, bottom - top
    cut = f"crop={wide}:{high}:{left}:{top}"
    return [
        "[a]split[a1][a2]",
        "[b]split[b1][b2]",
        f"[a1][b1]xfade=transition=fade:duration={frames / FPS:.4f}:offset=0[around]",
        f"[a2]{cut}[a3]",
        f"[b2]{cut}[b3]",
        *_flung(frames, wide, high, ("a3", "b3", "flung")),
        f"[around][flung]overlay={left}:{top}:format=yuv420[changed]",
    ]


def _flung(frames: int, wide: int, high: int, names: tuple[str, str, str]) -> list[str]:
    """Return the steps that fling the first picture of this size out to the left, the second behind it."""
    leaving, coming, out = names
    u = f"((n+1)/{frames + 1})"
    fast = f"between(n,{(frames - 2) // 2},{frames // 2})"  # the middle frames, where the ease moves most
    smear = SMEAR * wide // WIDTH
    return [
        f"[{leaving}][{coming}]hstack[row]",
        f"[row]avgblur=sizeX={smear // 3}:sizeY=1,avgblur=sizeX={smear}:sizeY=1:enable='{fast}'[smeared]",
        f"[smeared]crop={wide}:{high}:x='trunc({wide}*{u}*{u}*(3-2*{u})/2)*2':y=0[{out}]",
    ]


def blackout(frames: int, _box: Box) -> list[str]:
    """Return the steps in which the light goes out on [a] and comes up on [b]."""
    half = frames // 2
    return [
        f"[a]trim=end_frame={half},fade=t=out:s=0:n={half}[dark]",
        f"[b]trim=start_frame={half},setpts=PTS-STARTPTS,fade=t=in:s=0:n={half}[light]",
        "[dark][light]concat=n=2[changed]",
    ]


CHANGES = {"crossfade": crossfade, "whip": whip, "blackout": blackout}
