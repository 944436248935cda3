"""manage.py styles: the styles there are, and a contact sheet of them."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from PIL import Image, ImageDraw, ImageOps

from ranking.command import StudioCommand
from ranking.models import Project
from rendering import ink
from rendering.gallery import cover_of
from rendering.plan import Clip, Plan
from rendering.posters import landscape, poster
from rendering.preview import preview_plan
from rendering.style import names, style
from rendering.targets import TARGETS

CELL = (270, 480)  # of one picture on the sheet
GAP, CAPTION = 16, 40
COUNTS = (3, 5, 7, 10)  # rows of the sample lists
TITLE = ("웃다가 눈물나는", "반려동물 랭킹 TOP {}")
LABELS = (
    *("농구장 매너 무엇 😭🙏", "할머니 아직 살아있네 🔥", "바나나 실화? 🍌", "충전 완료🔋", "산책하다 텐션 폭발 💥"),
    *("뷁쀍 꿹 드문 글자도 한 낱말처럼", "두 줄로 나뉘어야 들어가는 그런 꽤나 긴 라벨입니다", "Wait for it... 😂 LOL"),
    *("東京の夜景がきれい", "ผู้ใหญ่บ้าน 안녕"),
)


class Command(StudioCommand):
    help = "List the styles, or draw all of them on one contact sheet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sheet", type=Path, metavar="FILE", help="write a contact sheet to this PNG")
        parser.add_argument("--project", type=int, metavar="ID", help="draw this project instead of samples")
        parser.add_argument("--target", choices=TARGETS, help="lay out for this target")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["sheet"]:
            for name in names():
                self.stdout.write(f"{name}  {style(name).called.en} / {style(name).called.ko}")
            return
        rows = project_rows(options["project"], options["target"]) if options["project"] else sample_rows(options)
        try:
            sheet(rows).save(options["sheet"], "PNG")
        except (OSError, ValueError) as error:
            raise CommandError(f"{options['sheet']} cannot be written: {error}") from error
        self.stdout.write(str(options["sheet"]))


def sample_rows(options: dict[str, Any]) -> list[list[Image.Image]]:
    """Return one row of pictures for each length of list, a picture a style; the second-best clip plays."""
    where, back = options["target"] or "shorts", landscape()
    return [
        [thumbnail(poster(sample_plan(name, where, count), 1 + (count > 3), back)) for name in names()]
        for count in COUNTS
    ]


def sample_plan(name: str, where: str, count: int) -> Plan:
    """Return the plan of a made-up ranking of so many rows."""
    credit = "@dog_walk · 조회수 123만"
    clips = tuple(Clip(rank, "", 0, 0, LABELS[rank - 1], credit) for rank in range(1, count + 1))
    title = (TITLE[0], TITLE[1].format(count))
    return Plan(title, name, where, tuple(range(count, 0, -1)), clips)


def project_rows(pk: int, where: str | None) -> list[list[Image.Image]]:
    """Return one row of pictures of a project, a picture a style. Raises CommandError for one that is not there."""
    project = Project.objects.filter(pk=pk).first()
    if project is None or not project.entries.exists():
        raise CommandError(f"There is no project {pk} with videos.")
    project.target = where or project.target
    plans = [preview_plan(project, name, None) for name in names()]
    cover = cover_of(project, plans[0].order[-1])
    return [[thumbnail(poster(plan, plan.order[-1], cover)) for plan in plans]]


def thumbnail(picture: Image.Image) -> Image.Image:
    return ImageOps.contain(picture, CELL, Image.Resampling.LANCZOS)


def sheet(rows: list[list[Image.Image]]) -> Image.Image:
    """Return the pictures in a grid under the names of the styles."""
    wide, high = CELL[0] + GAP, CELL[1] + GAP
    picture = Image.new("RGB", (wide * len(rows[0]) + GAP, high * len(rows) + CAPTION), (24, 24, 28))
    draw = ImageDraw.Draw(picture)
    for place, name in enumerate(names()):
        draw.text((GAP + place * wide, 8), name, fill="white", font=ink.font("Pretendard-Bold", 20))
    for down, row in enumerate(rows):
        for across, cell in enumerate(row):
            picture.paste(cell, (GAP + across * wide, CAPTION + down * high))
    return picture
