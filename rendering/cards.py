"""What stands around the ranking: a flash of #1 that gives nothing away, and the card at the end."""

import dataclasses

from rendering import board, overlays
from rendering.layers import Layer, board_of, layer_steps
from rendering.picture import TO_BT709, picture_steps
from rendering.plan import CARD_FRAMES, FPS, HOOK_FRAMES, Clip, Piece, Plan
from rendering.recipes import FindClip, Recipe, exactly, inputs_of, last_steps, named, part_input, still
from rendering.style import Style, style_of
from rendering.targets import HEIGHT, WIDTH, target

BEAT = HOOK_FRAMES // 3  # frames of each of the hook's three moments
MOMENTS = (0.15, 0.5, 0.85)  # where in its clip they lie
ZOOMS = ((1.15, 0.2), (1.45, 0.25), (1.8, 0.3))  # how near each begins, and how much nearer it comes
MOSAIC = (18, 32)  # blocks of 60 pixels: movement and colour are seen, who or what is not
DIMMED = 0.7  # the mosaic's light, so that the question stands out
QUESTION = 430  # pixels: the size of the hook's question
ASIDE = 24  # pixels that stay free at its sides
SLOWED = 2  # the card's background plays backwards from the last frame, half as fast
LIGHT = 0.42  # of the card's background, so that its words stand out
RISE, RISE_SECONDS = 36, 0.45  # pixels from below and seconds in which the card's words come
ENLARGED = 1.6  # the card's words beside a title's


def film_hook(plan: Plan, piece: Piece, find_clip: FindClip) -> Recipe:
    """Return the recipe of the flash of #1: three moments of its clip as a mosaic, each nearer, and a question."""
    style, clip = style_of(plan), alone(plan.clip_of(piece.rank))
    path = find_clip(clip.clip)
    inputs, steps = [], []
    for beat, (moment, zoom) in enumerate(zip(MOMENTS, ZOOMS, strict=True)):
        first = int((clip.frames - BEAT) * moment)
        inputs += part_input(path, clip, first, BEAT)
        steps += picture_steps(clip, whole(style), f"{beat}:v", f"h{beat}", first)
        steps += [exactly(f"h{beat}", BEAT, f"e{beat}"), mosaic(f"e{beat}", f"b{beat}", *zoom, flash=beat > 0)]
    beats = "".join(f"[b{beat}]" for beat in range(len(MOMENTS)))
    layers = hook_layers(plan, piece.rank, style)
    art, under = layer_steps(layers, "flash", len(MOMENTS))
    graph = [*steps, f"{beats}concat=n={len(MOMENTS)}[flash]", *art, *last_steps(under, piece.frames)]
    inputs += inputs_of(layers)
    return Recipe(tuple(inputs), ";".join(graph), {str(path.resolve()): clip.clip} | named(layers))


def alone(clip: Clip) -> Clip:
    """Return a clip that fills the frame from its middle, whatever its place in the ranking shows of it."""
    return dataclasses.replace(clip, fit="cover", camera=())


def whole(style: Style) -> Style:
    """Return a style whose clips fill the whole frame."""
    return dataclasses.replace(style, frame=dataclasses.replace(style.frame, box=(0, 0, WIDTH, HEIGHT)))


def mosaic(source: str, out: str, zoom: float, nearer: float, *, flash: bool) -> str:
    """Return the step that makes [source] a mosaic that is zoomed into; a flash begins brighter for two frames."""
    across, down = MOSAIC
    near = f"zoompan=z='{zoom}+{nearer}*on/{BEAT}':x='(iw-iw/zoom)/2':y='(ih-ih/zoom)/2':d=1:fps={FPS}:s=270x480"
    bright = "lutyuv=y='min(235,val+70)':enable='eq(n,0)',lutyuv=y='min(235,val+30)':enable='eq(n,1)'," if flash else ""
    dim = f"lutyuv=y='16+(val-16)*{DIMMED}':u='128+(val-128)*{DIMMED}':v='128+(val-128)*{DIMMED}'"
    return (
        f"[{source}]scale=270:480:flags=area,{near},scale={across}:{down}:flags=area,{dim},{bright}"
        f"scale={WIDTH}:{HEIGHT}:flags=neighbor,format=yuv420p[{out}]"
    )


def hook_layers(plan: Plan, rank: int, style: Style) -> list[Layer]:
    """Return the hook's art: the title, and the question that pops in."""
    title = board.title(board_of(plan, style))
    question = overlays.badge_entrance(question_picture(plan, rank, style))
    return [*still(title), Layer(question.path, question.x, question.y, "badge")]


def question_picture(plan: Plan, rank: int, style: Style) -> board.Picture:
    """Draw the question after a rank as the style's badge, as large as fits, in the middle of the safe box."""
    goal, look = target(plan.target), style.badge
    before, after = ("", "위는?") if is_korean(plan) else (look.before, f"{look.after}?")
    free = dataclasses.replace(goal, box=(0, 0, WIDTH, HEIGHT))  # it gets its place below; here nothing may cut it
    for size in range(QUESTION, 60, -30):
        asking = dataclasses.replace(look, size=size, least=60, before=before, after=after)
        asked = board.Board((), (board.Row(rank),), dataclasses.replace(style, badge=asking), free)
        drawn = board.badge(asked, rank)
        if drawn.image.width <= goal.box[2] - goal.box[0] - 2 * ASIDE:
            break
    return centred(drawn, goal.box)


def is_korean(plan: Plan) -> bool:
    """Return whether a film speaks Korean: by its title, or where that has no letters by its labels."""
    title, labels = " ".join(plan.title), " ".join(clip.label for clip in plan.clips)
    said = title if any(letter.isalpha() for letter in title.upper().replace("TOP", "")) else labels
    return any("가" <= letter <= "힣" for letter in said)


def centred(drawn: board.Picture, box: tuple[int, int, int, int]) -> board.Picture:
    """Place a picture, cut to its ink, in the middle of the frame, or of the safe box where it would leave that."""
    image = drawn.image.crop(drawn.image.getchannel("A").getbbox())
    middle = WIDTH / 2 if WIDTH / 2 + image.width / 2 <= box[2] else (box[0] + box[2]) / 2
    x, y = middle - image.width / 2, (box[1] + box[3]) / 2 - image.height / 2
    return board.Picture(image, int(x) // 2 * 2, int(y) // 2 * 2, drawn.ended)


def film_card(plan: Plan, piece: Piece, find_clip: FindClip) -> Recipe:
    """Return the recipe of the end card: its words rise over the last moment, blurred, dark and slowly backwards."""
    style, clip = style_of(plan), alone(plan.clip_of(piece.rank))
    frames = min(piece.frames // SLOWED, clip.frames)
    first, path = clip.frames - frames, find_clip(clip.clip)
    inputs = part_input(path, clip, first, frames)
    steps = [*picture_steps(clip, whole(style), "0:v", "last", first), exactly("last", frames, "moment")]
    steps.append(backdrop("moment", "back", piece.frames / frames))
    layers = still(card_picture(plan, style))
    words, under = risen(layers, "back")
    inputs += inputs_of(layers)
    graph = ";".join([*steps, *words, *last_steps(under, piece.frames)])
    return Recipe(tuple(inputs), graph, {str(path.resolve()): clip.clip} | named(layers))


def backdrop(source: str, out: str, slower: float) -> str:
    """Return the step that plays [source] backwards and so much slower, blurred and darkened."""
    return (
        f"[{source}]scale=68:120:flags=area,gblur=sigma=2.6,reverse,setpts='(PTS-STARTPTS)*{slower:.4f}',"
        f"minterpolate=fps={FPS}:mi_mode=blend,lutyuv=y='16+(val-16)*{LIGHT}':u='128+(val-128)*{LIGHT}':"
        f"v='128+(val-128)*{LIGHT}',scale={WIDTH}:{HEIGHT}:flags=bicubic,format=yuv420p[{out}]"
    )


def card_picture(plan: Plan, style: Style) -> board.Picture | None:
    """Draw the card's lines as the style draws a title, larger, in the middle of the safe box; None without ink."""
    look, goal = style.title, target(plan.target)
    size, pitch = round(look.size * ENLARGED), round(look.pitch * ENLARGED)
    larger = dataclasses.replace(look, size=size, pitch=pitch, top=pitch, align="middle")
    words = board.title(board.Board(plan.card, (), dataclasses.replace(style, title=larger), goal))
    return words and centred(words, goal.box)


def risen(layers: list[Layer], under: str) -> tuple[list[str], str]:
    """Return the steps that have still pictures come from below while they fade in, and the label of the result."""
    steps = []
    for number, layer in enumerate(layers, 1):
        fade = f"loop=loop=-1:size=1,setpts=N/{FPS}/TB,fade=t=in:d={RISE_SECONDS}:alpha=1"
        y = f"{layer.y}+{RISE}*pow(max(0,1-t/{RISE_SECONDS}),3)"
        steps += [
            f"[{number}:v]format=rgba,{fade},scale={TO_BT709},format=yuva420p,trim=end_frame={CARD_FRAMES}[w{number}]",
            f"[{under}][w{number}]overlay=x={layer.x}:y='{y}':format=yuv420:eof_action=repeat[r{number}]",
        ]
        under = f"r{number}"
    return steps, under
