"""Tables of posts, and counts and times as strangers write them."""

from datetime import UTC, datetime

import pytest

from scraping.shapes import read
from scraping.shapes.numbers import count, moment, seconds
from tests.test_shapes import OTHER, told

NONE = (None,) * 4
LINK = f"https://www.tiktok.com/@bob/video/{OTHER}"


def csv(*lines: str) -> str:
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (csv("url,views,likes", f'{LINK},1.2M,"1,234"'), (OTHER, "bob", None, (1200000, 1234, *NONE[1:]), None)),
        (
            csv("sep=;", "Link;조회수;좋아요;게시일;길이", f"{LINK};3.4만;12;2025-06-07 03:12:22;0:18").encode(
                "utf-16"
            ),
            (OTHER, "bob", 1749265942, (34000, 12, None, None, None), 18),
        ),
        (
            csv("주소\t조회수\t제목", f"{LINK}\t1 234\t춤").encode("cp949"),
            (OTHER, "bob", None, (1234, *[None] * 4), None),
        ),
        (
            csv(
                "id,author,author_full,body,timestamp,unix_timestamp,is_ad,tiktok_url,likes,comments,shares,plays",
                f'7.44E+18,bob,Bob,"두 줄\n자막",2025-06-07 03:12:22,1749265942,no,{LINK},1,2,3,4',
            ).encode("utf-8-sig"),
            (OTHER, "bob", 1749265942, (4, 1, 2, 3, None), None),
        ),
    ],
)
def test_a_table_is_read_whatever_parts_its_cells_and_whatever_its_letters(table, expected):
    assert told(read(table).posts[0]) == expected


def test_rows_of_a_table_that_cannot_be_used_are_told():
    rows = ("id,views", f"{OTHER},5", ",7", "12345,7", "7.44E+18,9")
    links = read(csv("url,title", "https://example.org/video/1,x", f"https://www.tiktok.com/@b/photo/{OTHER},y"))

    assert [item.what for item in read(csv(*rows)).skipped] == ["#2", "12345", "7.44E+18"]
    assert [item.reason for item in links.skipped] == ["This entry is not from TikTok, YouTube or Instagram."]
    assert links.posts[0].is_photo


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        *((12, (12, False)), ("0", (0, False)), (1.0, (1, False)), ("3000000000", (3_000_000_000, False))),
        *(("1.2M", (1_200_000, True)), ("12,3 тыс", (12_300, True)), ("1 234", (1234, False))),
        *(("3.4만", (34_000, True)), ("1.2億", (120_000_000, True)), ("1,234,567", (1_234_567, False))),
        *(("1\u202f234", (1234, False)), ("1,234.5K", (1_234_500, True)), ("조회수 5천회", (5000, True))),
        *(("1.2E+06", (1_200_000, True)), ("123.0", (123, False)), ("٣٤٥", (345, False)), ("7k views", (7000, True))),
        *(("1,234K", (None, False)), ("12,3", (None, False)), (1.5, (None, False)), (-1, (None, False))),
        *((None, (None, False)), ("", (None, False)), ("—", (None, False)), (True, (None, False))),
        *((2**63, (None, False)), (float("nan"), (None, False)), ([3], (None, False)), ("many", (None, False))),
    ],
)
def test_a_count_is_read_as_people_write_it_and_never_guessed(written, read_as):
    assert count(written) == read_as


def test_times_and_lengths_are_read_as_they_come():
    exact = datetime(2025, 6, 7, 3, 12, 22, tzinfo=UTC)

    assert {moment(t) for t in (1749265942, "1749265942", 1749265942000, "2025-06-07T12:12:22+09:00")} == {exact}
    assert [moment(t) for t in (0, "", None, "0", "yesterday", -5, [], float("inf"))] == [None] * 8
    assert [seconds(s) for s in (18, "18.5", "1:02", 0, "0", None, True, "long", float("nan"), -3)] == [
        *(18, 18.5, 62),
        *[None] * 7,
    ]
