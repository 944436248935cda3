"""Made-up rankings, as plans and as boards, in any style and for any target."""

import json

from rendering.board import Board, Row, badge, chip, label, numbers, title, title_lines
from rendering.plan import Clip, Plan
from rendering.style import FOLDER, style_of
from rendering.targets import target

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
