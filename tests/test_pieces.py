"""The pieces of a film: the flash at the start, clips, what lies between them, and the card; and what is heard."""

import dataclasses
import hashlib
from pathlib import Path

import av
import numpy as np
import pytest

from rendering.budget import Material, make_plan
from rendering.cards import is_korean, question_picture
from rendering.film import join_film
from rendering.plan import CARD_FRAMES, HOOK_FRAMES, TRANSITIONS, Clip, Plan
from rendering.segments import film_segment, prepare
from rendering.style import style_of
from tests.films import frame_hashes, look
from tests.test_film import lavfi


def plan_of(frames: list[int], order: tuple[int, ...] = (), **options) -> Plan:
    clips = tuple(Clip(rank, f"{rank:064d}", 0, count) for rank, count in enumerate(frames, 1))
    return Plan(("TOP",), "classic", "shorts", order or tuple(range(len(clips), 0, -1)), clips, **options)


@pytest.mark.parametrize("transition", TRANSITIONS)
@pytest.mark.parametrize("hook", [False, True])
@pytest.mark.parametrize("card", [(), ("bye",)])
def test_what_is_heard_follows_the_pieces(transition, hook, card):
    plan = plan_of([90, 60, 45], transition=transition, hook=hook, card=card, tail=20 if card else 0)
    overlap, heard = TRANSITIONS[transition], plan.heard()
    clips = heard[1:] if hook else heard
    assert [part.clip.rank for part in clips] == [3, 2, 1]
    first = HOOK_FRAMES if hook else 0
    assert [part.at for part in clips] == [first, first + 45 - overlap, first + 45 + 60 - 2 * overlap]
    assert [part.fade_in for part in clips] == [0, overlap, overlap]
    assert [part.fade_out for part in clips] == [overlap, overlap, 20 if card else 0]
    assert clips[-1].at + 90 == plan.frames - (CARD_FRAMES if card else 0)
    assert clips[-1].frames == (110 if card else 90)


def test_the_sound_of_the_flash_ends_with_it_and_with_its_clip():
    assert plan_of([90], hook=True).heard()[0].frames == HOOK_FRAMES
    assert plan_of([20], hook=True).heard()[0].frames == 20


def test_the_last_clip_fades_when_a_card_follows_and_nothing_more_may_be_heard():
    last = plan_of([90], card=("bye",)).heard()[-1]
    assert last.frames == 90 and last.fade_out == 15


PLAIN = ("red", "lime", "blue")


class Filmed:
    """Films of a few clips, best first, straight from a plan: no rows, no search for the best moment."""

    def __init__(self, clips: list[Path]) -> None:
        self.files = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in clips}

    def plan(self, seconds: float, labels: tuple[str, ...] = ("하나", "둘", "셋"), **options) -> Plan:
        materials = [
            Material(Clip(rank, name, 0, 0, label, "@cat", has_audio=False), 0, duration(path))
            for rank, (label, (name, path)) in enumerate(zip(labels, self.files.items(), strict=False), 1)
        ]
        wishes = {"style": "classic", "target_name": "shorts", "seconds": seconds} | options
        return make_plan(("하얀 줄", "TOP"), materials, **wishes)

    def pieces(self, plan: Plan) -> list[Path]:
        return [film_segment(prepare(plan, place, self.files.get)) for place in range(len(plan.pieces()))]


def duration(path: Path) -> float:
    with av.open(str(path)) as clip:
        return float(clip.duration / av.time_base)


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> Filmed:
    """Three seconds of red, of green, and of blue."""
    folder = tmp_path_factory.mktemp("plain")
    clips = [lavfi(folder / f"{c}.mp4", f"color={c}:s=180x320:r=30", sound="", seconds=3) for c in PLAIN]
    return Filmed(clips)


def frames_of(path: Path, kind: str = "rgb24") -> list[np.ndarray]:
    """Return all frames, red, green and blue, or as the kind says."""
    with av.open(str(path)) as film:
        return [frame.to_ndarray(format=kind) for frame in film.decode(video=0)]


def colour(frame: np.ndarray, x: int) -> str:
    """Return which colour is strong in the lower part of a frame, where no art is: red, green, blue, none or mixed."""
    found = zip(("red", "green", "blue"), frame[1420:1480, x : x + 40].mean((0, 1)), strict=True)
    strong = [name for name, value in found if value > 80]
    return "mixed" if len(strong) > 1 else "".join(strong) or "none"


@pytest.mark.parametrize(
    ("transition", "order", "left", "right"),
    [
        pytest.param("crossfade", "countdown", "mixed", "mixed", marks=pytest.mark.long),
        ("whip", "shuffled", "{leaving}", "{coming}"),
        pytest.param("blackout", "listed", "none", "none", marks=pytest.mark.long),
    ],
)
def test_a_film_with_all_that_lies_between_is_joined_frame_by_frame(plain, tmp_path, transition, order, left, right):
    plan = plain.plan(5.6, transition=transition, order=order, hook=True, card=("더 보고 싶다면", "팔로우!"))
    parts, pieces = plain.pieces(plan), plan.pieces()
    assert [piece.kind for piece in pieces] == ["hook", "clip", "change", "clip", "change", "clip", "card"]
    hashes = [frame_hashes(path) for path in parts]
    assert [len(found) for found in hashes] == [piece.frames for piece in pieces]
    film = join_film(plan, parts, plain.files.get, tmp_path)
    assert frame_hashes(film) == [checksum for found in hashes for checksum in found]
    picture = look(film)
    assert (picture.frames, picture.steps) == (168, {picture.ticks // 30})
    for place in (2, 4):
        names = {"leaving": name_of(pieces[place].leaving), "coming": name_of(pieces[place].rank)}
        frames = frames_of(parts[place])
        middle = frames[len(frames) // 2]
        assert (colour(middle, 160), colour(middle, 900)) == (left.format(**names), right.format(**names))
        # The board stands still while the pictures change: the white of its title stays where it is.
        assert min((frame[160:300, 300:780].min(axis=2) > 200).sum() for frame in frames) > 1000


def name_of(rank: int) -> str:
    return ("red", "green", "blue")[rank - 1]


def test_a_changed_label_of_the_first_films_its_clip_and_nothing_around_it(plain):
    options = {"transition": "whip", "hook": True, "card": ("끝",)}
    before, after = plain.plan(5.6, **options), plain.plan(5.6, ("새 라벨", "둘", "셋"), **options)
    keys = [[prepare(plan, place, plain.files.get).key for place in range(7)] for plan in (before, after)]
    assert [old == new for old, new in zip(*keys, strict=True)] == [True] * 5 + [False, True]


def test_swapping_the_first_two_keeps_the_pieces_of_the_third(plain):
    options = {"transition": "crossfade", "card": ("끝",), "seconds": 5.6}
    swapped = Filmed([plain.files[name] for name in np.array(list(plain.files))[[1, 0, 2]]])
    first, second = plain.plan(**options), swapped.plan(labels=("둘", "하나", "셋"), **options)
    assert [clip.frames for clip in first.clips][2] == [clip.frames for clip in second.clips][2]
    assert prepare(first, 0, plain.files.get).key == prepare(second, 0, plain.files.get).key


def test_no_frame_is_lost_or_shown_twice_where_a_clip_is_cut_into_pieces(tmp_path):
    """The luma of each frame tells its number: the pieces of a clip hold them all, one after the other."""
    steps = "color=black:s=180x320:r=30,geq=lum='16+3*N':cb=128:cr=128"
    clips = [lavfi(tmp_path / f"{q}.mp4", steps, "-qp", str(q), sound="", seconds=2.2) for q in (4, 5)]
    filmed = Filmed(clips)
    leaving, change, coming = map(numbers_of, filmed.pieces(filmed.plan(3, transition="crossfade")))
    assert leaving == list(range(len(leaving)))
    assert change[0] == len(leaving)
    assert coming == list(range(9, 9 + len(coming)))


def numbers_of(path: Path) -> list[int]:
    """Return the frame numbers that the luma of the picture tells."""
    return [round((frame[1440:1500, 600:660].mean() - 16) / 3) for frame in frames_of(path, "yuv420p")]


def test_the_flash_asks_in_the_language_of_the_film(plain):
    korean, english = plain.plan(5), dataclasses.replace(plain.plan(5), title=("Pets", "TOP 3"))
    labelled = dataclasses.replace(english, title=("TOP 3",))
    assert [is_korean(plan) for plan in (korean, english, labelled)] == [True, False, True]
    asked, asks = (question_picture(plan, 1, style_of(plan)) for plan in (korean, english))
    assert asked.image.width / asked.image.height > 1.2 * asks.image.width / asks.image.height  # “1위는?” and “#1?”


def test_the_flash_gives_nothing_away_and_the_card_is_dark_under_its_words(tmp_path):
    """Of a picture full of detail, the flash shows blocks of one colour, and the card a dim blur."""
    busy = Filmed([lavfi(tmp_path / "busy.mp4", "testsrc2=s=180x320:r=30,noise=alls=60:allf=t", sound="", seconds=2)])
    plan = busy.plan(4, hook=True, card=("하얀 줄", "팔로우!"))
    hook, card = (frames_of(film_segment(prepare(plan, place, busy.files.get))) for place in (0, 2))
    below = hook[20][1500:1860].astype(float)
    blocks = below.reshape(6, 60, 18, 60, 3)[:, 8:-8, :, 8:-8]
    assert blocks.std(axis=(1, 3)).mean() < 3 < 20 < below.std()
    assert (card[40][600:960].min(axis=2) > 200).sum() > 2000 > 0 == (card[0][600:960].min(axis=2) > 200).sum()
    assert card[40][1500:].max() < 150
    assert np.abs(np.diff(card[40][1500].astype(int), axis=0)).max() < 12
