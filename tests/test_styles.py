"""Styles: every one is drawn whole in every target; one is chosen by its picture; a user's own is a file."""

import dataclasses
import io
import json
import random

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from PIL import Image, ImageChops

from ranking.models import Project, Video
from rendering import glyphs, ink, matching, overlays
from rendering.board import Board, Row, badge, chip, label, missing_glyphs, numbers, title, title_lines
from rendering.generate import own_look
from rendering.layers import art_pictures, draw_layers, layer_steps
from rendering.listing import label_strip
from rendering.models import OwnStyle
from rendering.own_styles import MOST_STYLES, keep_own_style
from rendering.plan import Clip, Plan
from rendering.posters import poster, under_art
from rendering.preview import preview_frame, preview_plan
from rendering.segments import film_segment, prepare
from rendering.style import FOLDER, names, read, style, style_of
from rendering.style_fields import Motion
from rendering.targets import HEIGHT, TARGETS, WIDTH, target
from tests.clips import make_clip

COUNTS = (1, 3, 4, 5, 7, 10)
LABELS = (
    *("농구장 매너 무엇 😭🙏", "뷁쀍 꿹 드문 글자", "끝없이 이어지는 아주 긴 한국어 라벨이 계속됩니다 " * 3, "W" * 80),
    *("مباراة كرة القدم رائعة", "ผู้ใหญ่บ้านกี้กั๊ก", "東京タワーから見た夜景", "ẾẾẾ ǺǺǺ ŷgj", "", "👨‍👩‍👧‍👦👨‍👩‍👧‍👦"),
)


def data_of(name: str = "classic") -> dict:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def a_plan(name: str, count: int, where: str = "shorts", labels: tuple[str, ...] = LABELS, look: dict | None = None):
    clips = tuple(Clip(n, "", 0, 0, labels[(n - 1) % len(labels)], "@누구 · 조회수 123만") for n in range(1, count + 1))
    return Plan(title_lines("웃다가 눈물나는 | 뷁쀍 랭킹 TOP 5"), name, where, tuple(range(count, 0, -1)), clips, look)


def a_board(plan: Plan) -> Board:
    rows = tuple(Row(clip.rank, clip.label, clip.credit) for clip in plan.clips)
    return Board(plan.title, rows, style_of(plan), target(plan.target))


def pieces(board: Board, rank: int, shown: frozenset[int]) -> dict:
    """All that is laid out in the safe box while a rank plays."""
    drawn = {"title": title(board), "numbers": numbers(board, shown, rank), "label": label(board, rank)}
    drawn |= {"chip": chip(board, rank), "badge": badge(board, rank)}
    return {name: picture for name, picture in drawn.items() if picture}


def outside(picture, box) -> bool:
    """Whether ink of a picture lies outside a box, read from its pixels."""
    seen = picture.image.getchannel("A").getbbox()
    left, top = picture.x + seen[0], picture.y + seen[1]
    right, bottom = picture.x + seen[2], picture.y + seen[3]
    return left < box[0] or top < box[1] or right > box[2] or bottom > box[3]


def overlap(one, other) -> int:
    """How many pixels two pictures both cover well."""
    canvases = []
    for picture in (one, other):
        canvas = Image.new("L", (WIDTH, HEIGHT))
        canvas.paste(
            picture.image.getchannel("A").point(lambda value: 255 if value > 128 else 0), (picture.x, picture.y)
        )
        canvases.append(canvas)
    return ImageChops.multiply(*canvases).histogram()[255]


def test_the_eight_styles_are_there_and_differ_in_type_motion_and_frame():
    looks = [style(name) for name in names()]
    assert {"classic", "neon", "bold-bar", "minimal", "bubble", "split", "karaoke", "retro"} <= set(names())
    assert len({look.title.face for look in looks}) >= 6
    assert len({look.label.motion.kind for look in looks}) >= 5
    assert len({look.badge.motion.kind for look in looks}) >= 5
    assert len({look.frame.box for look in looks}) >= 6
    assert all(look.called.en and look.called.ko for look in looks)


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("where", ["shorts", "reels"])
def test_every_style_stays_inside_the_safe_box_for_any_list(name, where):
    for count in COUNTS:
        board = a_board(a_plan(name, count, where))
        for rank in {1, (count + 1) // 2, count}:
            for part, picture in pieces(board, rank, frozenset(range(rank + 1, count + 1))).items():
                assert not outside(picture, board.target.box), (count, rank, part, picture.box)
                assert not any(value % 2 for value in picture.box)


@pytest.mark.parametrize("name", names())
def test_title_list_badge_and_chip_do_not_cover_each_other(name):
    for where, count in (("shorts", 5), ("shorts", 10), ("reels", 5), ("reels", 10)):
        board = a_board(a_plan(name, count, where, ("충전 완료🔋",)))
        found = pieces(board, 1, frozenset(range(2, count + 1)))
        for one, other in (("title", "numbers"), ("title", "label"), ("numbers", "chip"), ("badge", "chip")):
            assert overlap(found[one], found[other]) == 0, (where, count, one, other)
        assert overlap(found["numbers"], found["badge"]) == 0, (where, count)


@pytest.mark.parametrize("name", names())
def test_numbers_of_every_style_tell_the_first_three_apart(name):
    look = style(name)
    backs = look.number.back.fills if look.number.back else ()
    drawn = {
        (look.number.colours[min(n, len(look.number.colours) - 1)], backs[min(n, len(backs) - 1) :][:1])
        for n in range(4)
    }
    assert len(drawn) == 4
    badges = {badge(a_board(a_plan(name, 5)), rank).image.resize((8, 8)).tobytes() for rank in (1, 2, 3)}
    assert len(badges) == 3


@pytest.mark.parametrize("name", names())
def test_a_label_changes_no_art_before_its_clip_plays(name):
    """Countdown: changing the label of rank k leaves the art of the clips that play before it as it was."""
    before, after = a_plan(name, 5), a_plan(name, 5, labels=(*LABELS[:1], "새 라벨", *LABELS[2:]))
    for rank, same in ((5, True), (4, True), (3, True), (2, False), (1, False)):
        drawn = [[p.png() for p, _ in art_pictures(plan, rank, style_of(plan))] for plan in (before, after)]
        assert (drawn[0] == drawn[1]) is same, rank


def test_a_passed_row_is_dimmed_and_the_playing_one_larger():
    board = a_board(a_plan("karaoke", 5, labels=("같은 라벨",)))
    playing, passed = label(board, 3), numbers(board, frozenset({4}), 3)
    assert playing.image.height > 1.3 * 46
    row = passed.image.crop((60, passed.image.height // 5 * 3, passed.image.width, passed.image.height))
    assert 100 < row.getchannel("A").getextrema()[1] < 160


def test_what_stands_in_for_a_display_face_is_of_its_size():
    """A syllable that the face lacks is as high and as wide as its neighbours, and stands on their line."""
    for face in glyphs.KIN:
        have = [c for c in "가나다라한글꽃" if ord(c) in glyphs.coverage(face)]
        lack = [c for c in "뷁쀍꿹뜷쬻" if ord(c) not in glyphs.coverage(face)]
        if not lack:
            continue
        assert {run.face for run in ink.runs("".join(lack), face)} == {glyphs.KIN[face]}
        boxes = [[ink.extent(c, face, 100) for c in letters] for letters in (have, lack)]
        for side in (1, 3):
            means = [sum(box[side] for box in group) / len(group) for group in boxes]
            assert abs(means[0] - means[1]) < 6, (face, side, means)
        advances = [sum(ink.width(c, face, 100) for c in group) / len(group) for group in (have, lack)]
        assert abs(advances[0] - advances[1]) < 6, (face, advances)


def test_a_word_with_a_rare_syllable_is_written_whole():
    whole, parts = ink.width("한쀍글", "BlackHanSans", 80), [ink.width(c, "BlackHanSans", 80) for c in "한쀍글"]
    assert whole == pytest.approx(sum(parts), abs=3)
    assert [run.face for run in ink.runs("한쀍글", "BlackHanSans")] == [
        "BlackHanSans",
        "Pretendard-Black",
        "BlackHanSans",
    ]
    assert matching.match("Pretendard-Black", "NotoSans-Bold") == matching.SAME


def captions_of(testdata) -> list[str]:
    texts = json.loads((testdata / "tiktok" / "captions.json").read_text(encoding="utf-8"))
    return [text["text"] for text in texts]


def cut(strip: Image.Image | None) -> bool:
    """Whether the ink of a label is cut off at an edge of the strip that it is drawn on; soft shadows may be."""
    if strip is None:
        return False
    alpha, (wide, high) = strip.getchannel("A"), strip.size
    edges = [(0, 0, wide, 1), (0, high - 1, wide, high), (0, 0, 1, high), (wide - 1, 0, wide, high)]
    return any(alpha.crop(edge).getextrema()[1] > 200 for edge in edges)


def check_captions(texts: list[str], name: str, where: str) -> None:
    """Draw captions as labels, ten a board; read back that all is in the safe box and no glyph is missing."""
    for first in range(0, len(texts), 10):
        part = tuple(texts[first : first + 10])
        board = a_board(a_plan(name, len(part), where, part))
        assert missing_glyphs(board) == []
        listed = numbers(board, frozenset(range(1, len(part) + 1)))
        assert not outside(listed, board.target.box), (name, where, first)
        for rank, text in enumerate(part, 1):
            alone = label(board, rank)
            assert not cut(label_strip(board, rank, text, True)), (name, where, text)
            assert not cut(label_strip(board, rank, text, False)), (name, where, text)
            assert (alone is not None) == bool(glyphs.clean(text))
            assert alone is None or not outside(alone, board.target.box), (name, where, text)


@pytest.mark.parametrize("name", names())
def test_a_sample_of_the_recorded_captions_is_drawn_whole(testdata, name):
    texts = random.Random(name).sample(captions_of(testdata), 10)
    check_captions(texts, name, random.Random(name).choice(list(TARGETS)))


@pytest.mark.long
@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("where", TARGETS)
def test_all_recorded_captions_are_drawn_whole_in_every_target(testdata, name, where):
    texts = captions_of(testdata)
    assert len(texts) >= 69
    check_captions(texts, name, where)


@pytest.mark.parametrize("kind", overlays.MOTIONS)
def test_an_entrance_ends_as_the_picture_stands(kind):
    import av
    import numpy as np

    board = a_board(a_plan("classic", 3, labels=("바나나 실화? 🍌",)))
    picture = label(board, 1)
    film = overlays.entrance(picture, Motion(kind, 0.25))
    with av.open(str(film.path)) as opened:
        frames = [frame.to_ndarray(format="rgba") for frame in opened.decode(video=0)]
    assert len(frames) == 9
    x, y = picture.x - film.x, picture.y - film.y
    last = frames[-1][y : y + picture.image.height, x : x + picture.image.width]
    assert np.abs(last[..., 3].astype(int) - np.asarray(picture.image)[..., 3]).max() <= 2
    assert not (frames[0][..., 3] == frames[-1][..., 3]).all()


def test_a_style_that_slides_moves_by_an_expression_and_not_by_pictures():
    plan = a_plan("split", 5)
    layers = draw_layers(plan, 2, style_of(plan))
    steps, last = layer_steps(layers, "x0")
    assert [layer.kind for layer in layers].count("slide") == 1
    assert "pow(1-min(t/0.35,1),3)" in " ".join(steps) and last.startswith("y")


@pytest.fixture
def project(alice) -> Project:
    made = Project.objects.create(owner=alice, title="심장이 뛰는 | 순간 TOP 3")
    for number in range(3):
        video = Video.objects.create(
            source="upload", external_id=f"{number}", owner=alice, file="v.mp4", sha256=f"{number}" * 64
        )
        made.add(video, label=LABELS[number])
    return made


def test_the_gallery_shows_every_style_as_a_picture_of_this_project(client, project):
    page = client.get(reverse("styles", args=[project.pk]), headers={"HX-Request": "true"}).content.decode()
    for name in names():
        assert f'value="{name}"' in page
    address = page.split('<img src="')[1].split('"')[0]
    answer = client.get(address)
    picture = Image.open(io.BytesIO(b"".join(answer)))
    assert (picture.format, picture.size) == ("WEBP", (270, 480))
    assert "immutable" in answer["Cache-Control"]
    project.title = "다른 제목"
    project.save()
    assert address not in client.get(reverse("styles", args=[project.pk])).content.decode()


def test_choosing_a_style_stores_it_and_the_stage_is_told(client, project):
    answer = client.post(reverse("style-choose", args=[project.pk]), {"style": "split"}, headers={"HX-Request": "true"})
    project.refresh_from_db()
    assert project.style == "split" and "board-changed" in answer["HX-Trigger"]
    assert preview_frame(project).top > 20 and preview_frame(project).width == 100
    board = client.get(reverse("board", args=[project.pk])).content.decode()
    assert 'data-width="100' in board


def test_a_style_that_is_not_there_is_refused_with_a_sentence(client, project):
    answer = client.post(
        reverse("style-choose", args=[project.pk]), {"style": "own-99"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 422 and "own-99" in answer.content.decode()
    project.refresh_from_db()
    assert project.style == "classic"


def test_settings_keep_the_style_that_the_gallery_stored(client, project):
    Project.objects.filter(pk=project.pk).update(style="neon")
    client.post(
        reverse("project-settings", args=[project.pk]), {"target": "reels", "order": "countdown", "seconds": ""}
    )
    project.refresh_from_db()
    assert (project.style, project.target) == ("neon", "reels")


def upload(client, project, data: bytes, name: str = "mine.json"):
    file = io.BytesIO(data)
    file.name = name
    return client.post(reverse("style-upload", args=[project.pk]), {"file": file}, headers={"HX-Request": "true"})


def test_a_downloaded_style_changed_and_uploaded_is_filmed(client, project):
    mine = client.get(reverse("style-json", args=["neon"])).json()
    assert mine == data_of("neon")
    mine |= {"name": "우리 채널"}
    mine["title"]["lines"][0]["fill"] = "#00FF00"
    assert upload(client, project, json.dumps(mine).encode()).status_code == 200
    project.refresh_from_db()
    own = OwnStyle.objects.get()
    assert project.style == f"own-{own.pk}"
    plan = preview_plan(project)
    assert plan.look == own_look(project) == mine and style_of(plan).title.lines[0].fill == (0, 255, 0)
    assert style_of(Plan.from_json(json.loads(json.dumps(plan.to_json())))) == style_of(plan)
    answer = client.post(reverse("style-delete", args=[project.pk, own.pk]), headers={"HX-Request": "true"})
    assert answer.status_code == 422 and OwnStyle.objects.exists()
    client.post(reverse("style-choose", args=[project.pk]), {"style": "classic"})
    client.post(reverse("style-delete", args=[project.pk, own.pk]))
    assert not OwnStyle.objects.exists()


def test_the_same_name_again_replaces_a_users_own_style(alice):
    first = keep_own_style(alice, json.dumps(data_of()).encode())
    again = keep_own_style(alice, json.dumps({**data_of(), "version": 9}).encode())
    assert first.pk == again.pk and OwnStyle.objects.get().data["version"] == 9


def test_bob_neither_sees_nor_takes_nor_deletes_what_is_alices(bobs_client, bob, project, alice):
    own = keep_own_style(alice, json.dumps({**data_of(), "name": "alices"}).encode())
    his = Project.objects.create(owner=bob)
    assert "alices" not in bobs_client.get(reverse("styles", args=[his.pk])).content.decode()
    assert bobs_client.get(reverse("styles", args=[project.pk])).status_code == 404
    assert bobs_client.get(reverse("style-json", args=[f"own-{own.pk}"])).status_code == 404
    bobs_client.post(reverse("style-choose", args=[his.pk]), {"style": f"own-{own.pk}"})
    his.refresh_from_db()
    assert his.style == "classic"
    assert bobs_client.post(reverse("style-delete", args=[his.pk, own.pk])).status_code == 404
    assert OwnStyle.objects.filter(pk=own.pk).exists()


def changed(path: str, value: object) -> dict:
    """The classic style with one field, at a path of names and numbers, set to another value."""
    data = data_of()
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place = data
    for part in way:
        place = place[part]
    place[last] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("title.size", "big", "title: size must be a whole number"),
        ("title.size", True, "title: size must be a whole number"),
        ("title.face", "../../secret", "title: face must be one of"),
        ("title.lines.1.fill", "yellow", r"title: lines\[1\]: fill must be a colour"),
        ("label.motion.kind", "explode", "label: motion: kind must be one of"),
        ("label.dim", 3, "label: dim must be between 0 and 1"),
        ("label.dim", float("nan"), "label: dim must be between 0 and 1"),
        ("rows.pitches", [], "rows: pitches must be a list"),
        ("rows.pitches", [100] * 999, "rows: pitches must be a list"),
        ("number.colours.0", 7, r"number: colours\[0\] must be a colour"),
        ("frame.box", [0, 0, 1200, 10], "frame: box must lie within"),
        ("frame.box", [0, 0, 1079, 1001], "frame: box must be even"),
        ("frame.below_list", "yes", "frame: below_list must be one of"),
        ("badge.back", {"fills": []}, "badge: back: alpha is missing"),
        ("badge.least", 400, "badge: least must not be more than size"),
        ("label.now.scale", 1.9, "label: now: scale is too much"),
        ("badge.before", "x" * 41, "badge: before must be a text of at most 40"),
        ("called.ko", " ", "called: ko must not be empty"),
        ("glow", 1, "glow is not a field"),
        ("version", 1e99, "version must be a whole number"),
    ],
)
def test_a_wrong_field_is_named_in_one_sentence(alice, path, value, said):
    with pytest.raises(ValueError, match=said) as refused:
        keep_own_style(alice, json.dumps(changed(path, value)).encode())
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 300
    assert not OwnStyle.objects.exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Choose a file first"),
        (b"\xff\xfe\x00", "JSON in UTF-8"),
        (b"{\n  'name': 1}", "not JSON: look at line 2"),
        (b"[" * 50_000, "not JSON"),
        (b"[1, 2]", "must be an object"),
        (b" " * 70_000, "at most 64 KB"),
    ],
)
def test_a_file_that_is_no_style_is_refused_with_a_sentence(alice, data, said):
    with pytest.raises(ValueError, match=said):
        keep_own_style(alice, data)


def test_a_user_keeps_a_bounded_number_of_styles(alice):
    OwnStyle.objects.bulk_create(OwnStyle(owner=alice, name=f"{n}", data=data_of()) for n in range(MOST_STYLES))
    with pytest.raises(ValueError, match="delete one first"):
        keep_own_style(alice, json.dumps({**data_of(), "name": "more"}).encode())


def test_numbers_at_the_limits_of_the_fields_are_still_drawn():
    """A wild but valid style must not bring the drawing down."""
    for path, value in (
        ("title.size", 500),
        ("rows.top", 700),
        ("title.top", 0),
        ("label.left", 400),
        ("chip.height", 200),
    ):
        look = changed(path, value)
        plan = a_plan("own-1", 10, look=look)
        assert read(look, "x")
        assert len(art_pictures(plan, 3, style_of(plan))) >= 2


def test_the_command_lists_the_styles_and_draws_a_sheet(tmp_path, project):
    out = io.StringIO()
    call_command("styles", stdout=out)
    assert [line.split()[0] for line in out.getvalue().splitlines()] == names()
    file = tmp_path / "sheet.png"
    call_command("styles", sheet=file, project=project.pk, target="reels", stdout=out)
    with Image.open(file) as picture:
        assert picture.width > 270 * len(names()) and picture.height > 480
    with pytest.raises(CommandError, match="no project 99"):
        call_command("styles", sheet=file, project=99)


def filmed(name: str, tmp_path):
    """Film half a second of a plain clip in a style, and return the first and the last frame."""
    import av

    clip, count = make_clip(tmp_path / "grey.mp4", 1, color="gray", audio=False), 3
    plan = a_plan(name, count, labels=("바나나 실화? 🍌",))
    plan = dataclasses.replace(plan, clips=tuple(dataclasses.replace(c, clip="f" * 64, frames=18) for c in plan.clips))
    film = film_segment(prepare(plan, 1, lambda _sha256: clip))
    with av.open(str(film)) as opened:
        frames = [frame.to_image() for frame in opened.decode(video=0)]
    return plan, frames[0], frames[-1]


def check_film(name: str, tmp_path) -> None:
    """The last frame shows the art where the style has it; the label was not there yet in the first."""
    plan, first, last = filmed(name, tmp_path)
    grey = Image.new("RGB", (320, 568), (128, 128, 128))
    board, wanted, under = a_board(plan), poster(plan, 2, grey), under_art(grey, style_of(plan))
    for part, picture in pieces(board, 2, plan.shown_before(2)).items():
        apart = ImageChops.difference(last.crop(picture.box), wanted.crop(picture.box)).convert("L")
        off = apart.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
        assert off < 8, (part, off)
        assert (
            ImageChops.difference(wanted.crop(picture.box), under.crop(picture.box)).convert("L").getextrema()[1] > 60
        )
    box = label(board, 2).box
    assert ImageChops.difference(first.crop(box), last.crop(box)).convert("L").getextrema()[1] > 60


def test_a_sliding_style_is_filmed_as_it_is_drawn(tmp_path):
    check_film("split", tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("name", names())
def test_every_style_is_filmed_as_it_is_drawn(name, tmp_path):
    check_film(name, tmp_path)
