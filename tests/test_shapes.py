"""Search results of every recorded shape, read exactly: the values here were read off the files by hand."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from scraping.providers.base import Post, ProviderError
from scraping.shapes import aweme, read, research, tikwm, web

COUNTS = ("play_count", "like_count", "comment_count", "share_count", "save_count")
# file: posts, left out, and of the first and the last post: number, handle, second, the five counts, seconds.
BY_HAND = {
    "web-itemlist-user-posts-2025-10.json": (
        *(1, 0),
        ("7513039993741397256", "c8a262", 1749265942, (1900000, 68300, 1502, 2528, 5012), 18),
        ("7513039993741397256", "c8a262", 1749265942, (1900000, 68300, 1502, 2528, 5012), 18),
    ),
    "web-search-general-full-2022-09.json": (
        *(12, 1),
        ("7078702986083503403", "creator_d3ade2", 1648138974, (1300000, 56100, 398, 725, None), 25),
        ("7102143422584114437", "c6edff044", 1653596626, (275400, 4479, 17, 35, None), 11),
    ),
    "web-recommend-itemlist-2022-11.json": (
        *(14, 0),
        ("7158770362770099483", "creator_7e38", 1666781116, (376700, 56900, 0, 118, None), 13),
        ("7147533391888420097", "c15e30c83", 1664164828, (54400000, 10400000, 115800, 98000, None), 15),
    ),
    "web-recommend-itemlist-kr-2024-12.json": (
        *(1, 0),
        ("7444705554666130708", "creator_8481", 1733355614, (1585253, 38884, 504, 2124, 3207), 61),
        ("7444705554666130708", "creator_8481", 1733355614, (1585253, 38884, 504, 2124, 3207), 61),
    ),
    "synthetic-web-search-general-full.json": (
        *(12, 1),
        ("7513039993741397256", "c8a262", 1749265942, (1900000, 68300, 1502, 2528, 5012), 18),
        ("7131313907288771866", "creator_7e38", 1660388412, (383000, 44700, 427, 167, None), 14),
    ),
    "synthetic-web-search-item-full.json": (
        *(12, 0),
        ("7513039993741397256", "c8a262", 1749265942, (1900000, 68300, 1502, 2528, 5012), 18),
        ("7131313907288771866", "creator_7e38", 1660388412, (383000, 44700, 427, 167, None), 14),
    ),
    "synthetic-web-challenge-item_list.json": (
        *(12, 0),
        ("7513039993741397256", "c8a262", 1749265942, (1900000, 68300, 1502, 2528, 5012), 18),
        ("7131313907288771866", "creator_7e38", 1660388412, (383000, 44700, 427, 167, None), 14),
    ),
    "synthetic-video-page-rehydration.html": (
        *(1, 0),
        ("7513039993741397256", "c8a262", 1749265942, (1900000, 68300, 1502, 2528, 5012), 18),
        ("7513039993741397256", "c8a262", 1749265942, (1900000, 68300, 1502, 2528, 5012), 18),
    ),
    "app-search-videos-2021-08.json": (
        *(2, 0),
        ("6932229950720216325", "ce32f092e4e", 1614035575, (16509966, 1256636, 21992, 56460, None), 27.002),
        ("6985955634940480773", "cd90988555", 1626544550, (356320, 14914, 315, 549, None), 15.3),
    ),
    "app-hashtag-videos-2021-08.json": (
        *(2, 0),
        ("6864614389329284357", "creator_d8d8f3", 1598292592, (4163152, 353011, 1269, 725, None), 28.652),
        ("6992456889573379334", "c80211c", 1628058242, (1823449, 319879, 1626, 932, None), 9.913),
    ),
    "app-video-detail-2022-01.json": (
        *(1, 0),
        ("6832324357851778309", "creator_c0eb0c6855fb", 1590774479, (1200000, 231700, 1463, 739, None), 6),
        ("6832324357851778309", "creator_c0eb0c6855fb", 1590774479, (1200000, 231700, 1463, 739, None), 6),
    ),
    "tikwm-GetTrendingVideosByRegion.json": (
        *(3, 0),
        ("7038251244372135170", "c05428cd1", 1638720568, (2043045, 160518, 281, None, None), None),
        ("7032215126509882625", "c8e934fe", 1637315175, (1451374, 113319, 219, None, None), None),
    ),
    "tikwm-GetChallengehashTagFeed.json": (
        *(3, 0),
        ("6903138515253497089", "creator_84349e0f3", 1607262185, (46179804, 9180341, 47647, None, None), None),
        ("6964490620589067525", "c028f4dfa49", 1621546837, (20954285, 5721639, 24702, None, None), None),
    ),
    "tikwm-SearchVideoByKeywords.json": (
        *(1, 0),
        ("7029978737823272193", "creator_6e225332", 1636794475, (8237295, 577778, 4658, None, None), None),
        ("7029978737823272193", "creator_6e225332", 1636794475, (8237295, 577778, 4658, None, None), None),
    ),
    "research-api-page_1_of_2.json": (
        *(27, 0),
        ("7320768196569599275", "c27a4d71", 1704499196, (4, 6, 0, 0, None), None),
        ("7320768004067691818", "c0b14392", 1704499152, (298, 34, 2, 0, None), None),
    ),
}
# What no video is in, and what is said of it.
WITHOUT = {
    "captions.json": ("bad_response", "No videos could be found in this answer"),
    "tikwm-GetChallengehashTagDetail.json": ("bad_response", "No videos could be found in this answer"),
    "tikwm-SearchChallengehashTag.json": ("bad_response", "No videos could be found in this answer"),
    "synthetic-video-page-unavailable.html": ("unavailable", "removed, private, or not available"),
    "synthetic-video-page-private.html": ("private", "only its author's friends"),
}
GOOD: dict[str, Any] = {
    "id": "7513039993741397256",
    "desc": "춤 #dance",
    "createTime": 1749265942,
    "author": {"uniqueId": "seoul.night_1", "nickname": "서울의 밤"},
    "video": {"duration": 18, "cover": "https://p16-sign-sg.tiktokcdn.com/a.jpeg"},
    "stats": {"playCount": 1, "diggCount": 2, "commentCount": 3, "shareCount": 4, "collectCount": 5},
}
OTHER = "7444705554666130708"


def told(post: Post) -> tuple[Any, ...]:
    """The post as BY_HAND tells it."""
    second = int(post.published_at.timestamp()) if post.published_at else None
    return post.external_id, post.author, second, tuple(getattr(post, name) for name in COUNTS), post.duration


def listed(*items: Any) -> str:
    return json.dumps({"status_code": 0, "item_list": items, "has_more": 0, "cursor": 12})


@pytest.mark.parametrize("name", BY_HAND)
def test_a_recorded_answer_is_read_exactly(testdata, name):
    posts, left_out, first, last = BY_HAND[name]
    answer = read((testdata / "tiktok" / name).read_bytes(), name)

    assert (len(answer.posts), len(answer.skipped)) == (posts, left_out)
    assert (told(answer.posts[0]), told(answer.posts[-1])) == (first, last)
    assert not any(post.rounded or post.is_photo for post in answer.posts)


@pytest.mark.parametrize("name", WITHOUT)
def test_a_recorded_answer_without_a_video_says_why(testdata, name):
    kind, words = WITHOUT[name]
    with pytest.raises(ProviderError, match=words) as refused:
        read((testdata / "tiktok" / name).read_bytes())

    assert refused.value.kind == kind


def test_every_recorded_file_is_spoken_of_here(testdata):
    others = {"synthetic-web-search-empty.json", "tikwm-WithoutWatermark.json"}

    assert {path.name for path in (testdata / "tiktok").iterdir()} == {*BY_HAND, *WITHOUT, *others}


def test_no_results_are_told_from_no_answer(testdata):
    empty = web.answer(json.loads((testdata / "tiktok" / "synthetic-web-search-empty.json").read_text()))
    without_a_number = read((testdata / "tiktok" / "tikwm-WithoutWatermark.json").read_bytes())

    assert (empty.posts, empty.skipped, empty.more) == ((), (), False)
    assert [item.reason for item in without_a_number.skipped] == ["This entry has no video number."]
    for body in ({}, [], {"status_code": 0}, {"status_code": 2484, "item_list": [], "has_more": 0}):
        with pytest.raises(ProviderError) as refused:
            web.answer(body)
        assert refused.value.kind == "bad_response"


def test_paging_is_as_the_source_says_it(testdata):
    def paging(name: str, shape: Any) -> tuple[str | None, bool, str]:
        answer = shape.answer(json.loads((testdata / "tiktok" / name).read_text()))
        return answer.cursor, answer.more, answer.search_id

    assert paging("web-search-general-full-2022-09.json", web) == ("12", True, "202209080435420396FB19F313460E2373")
    assert paging("app-search-videos-2021-08.json", aweme) == ("10", True, "20210811135508010191062197330D805B")
    assert paging("tikwm-SearchVideoByKeywords.json", tikwm) == ("1", True, "")
    assert paging("research-api-page_1_of_2.json", research) == ("100", True, "7354367454467855403")


def test_the_rest_of_a_post_is_read_too(testdata):
    post = read((testdata / "tiktok" / "web-itemlist-user-posts-2025-10.json").read_bytes()).posts[0]

    assert post.url == "https://www.tiktok.com/@c8a262/video/7513039993741397256"
    assert post.author_name == "風海川海🇨🇳" and post.caption == "高铁穿过莆田市湄洲湾跨海特大桥#china #中国高铁🚅"
    assert post.cover_url.startswith(
        "https://p19-common-sign.tiktokcdn-us.com/tos-alisg-p-0037/ooBvExDaAtlrZsOKBbEajAh"
    )
    assert post.extra["music_title"] == "原声 - Youmile" and post.extra["music_original"] == "1"


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ({"data": {"search_item_list": [{"aweme_info": {"aweme_id": OTHER, "desc": "x", "video": {}}}]}}, OTHER),
        ({"data": [{"type": 1, "aweme_info": {"aweme_id": int(OTHER), "desc": "x", "video": {}}}]}, OTHER),
        ({"status_code": 0, "aweme_detail": {"aweme_id": OTHER, "desc": "x", "statistics": {}}}, OTHER),
        ({"itemInfo": {"itemStruct": GOOD}, "statusCode": 0}, GOOD["id"]),
        ({"ItemModule": {GOOD["id"]: {**GOOD, "author": "seoul.night_1"}}, "UserModule": {"users": {}}}, GOOD["id"]),
        ([GOOD], GOOD["id"]),
        (GOOD, GOOD["id"]),
        ({"code": 0, "data": {"id": OTHER, "title": "x", "play_count": 1, "digg_count": 2, "play": "/a"}}, OTHER),
        ({"result": {"body": {"response": {"data": {"itemList": [GOOD]}}}}}, GOOD["id"]),
    ],
)
def test_siblings_of_the_shapes_are_known_by_their_rows(body, number):
    assert [post.external_id for post in read(json.dumps(body)).posts] == [number]


@pytest.mark.parametrize(
    "body",
    [
        {
            "challenge_list": [
                {"id": "7025577443821879297", "title": "x", "view_count": 5, "user_count": 3, "cover": "c"}
            ]
        },
        {"userInfo": {"user": {"id": OTHER, "uniqueId": "a"}, "stats": {"followerCount": 1, "heartCount": 2}}},
        {"music": {"id": OTHER, "title": "x", "authorName": "y", "duration": 5, "playUrl": "https://a.tiktok.com/b"}},
        {"comments": [{"cid": OTHER, "text": "x", "create_time": 5, "digg_count": 3, "user": {"unique_id": "a"}}]},
    ],
)
def test_hashtags_people_sounds_and_comments_are_not_taken_for_videos(body):
    with pytest.raises(ProviderError, match="No videos could be found"):
        read(json.dumps({"status_code": 0, **body}))


def test_a_scrapers_export_and_the_lines_of_yt_dlp_are_read():
    export = {
        **{"id": OTHER, "text": "말", "createTimeISO": "2025-06-07T03:12:22.000Z", "diggCount": 1, "playCount": 3},
        **{"webVideoUrl": f"https://www.tiktok.com/@bob/video/{OTHER}", "videoMeta": {"duration": 9}},
        "authorMeta": {"id": "1", "name": "bob", "nickName": "Bob"},
    }
    line = {
        **{"id": "dQw4w9WgXcQ", "webpage_url": "https://www.youtube.com/shorts/dQw4w9WgXcQ", "extractor": "youtube"},
        **{"view_count": 5, "uploader": "u", "title": "t", "upload_date": "20250607", "duration": 4},
    }

    assert told(read(json.dumps([export])).posts[0]) == (OTHER, "bob", 1749265942, (3, 1, None, None, None), 9)
    short = read(f"{json.dumps(line)}\n{json.dumps(export)}\n").posts[0]
    assert (short.source, short.external_id, short.play_count) == ("youtube", "dQw4w9WgXcQ", 5)
    assert short.published_at == datetime(2025, 6, 7, tzinfo=UTC)


def test_ads_live_people_slideshows_and_private_posts_are_told_apart():
    body = {
        "status_code": 0,
        "data": [
            {"type": 1, "item": GOOD},
            {"type": 1, "item": {**GOOD, "id": "7513039993741397001", "isAd": True}},
            {"type": 1, "item": {**GOOD, "id": "7513039993741397002", "liveRoomInfo": {"id": 1}}},
            {"type": 1, "item": {**GOOD, "id": "7513039993741397003", "privateItem": True}},
            {"type": 1, "item": {**GOOD, "id": "7513039993741397004", "imagePost": {"images": [{}]}}},
            {"type": 4, "user_list": [{"user_info": {"uid": "1"}}]},
            {"type": 20, "lives": [{"id": "2"}]},
            {"type": 77, "something": "new"},
        ],
    }
    answer = read(json.dumps(body))

    assert [(post.external_id[-3:], post.is_photo, post.duration) for post in answer.posts] == [
        ("256", False, 18),
        ("004", True, None),
    ]
    assert [item.reason for item in answer.skipped] == [
        "This is an advertisement.",
        "This is a live broadcast.",
        "This post is private: only its author's friends can see it.",
        "These are people and not a video.",
        "This is a live broadcast.",
        "This entry is not a video.",
    ]
    assert answer.posts[1].url.endswith("/photo/7513039993741397004")


def test_a_broken_row_never_takes_the_others_with_it():
    rows = (
        *(None, 7, "row", [], {}, {"desc": "x", "createTime": 5, "id": None}, {**GOOD, "id": 7.513e18}),
        {**GOOD, "author": None, "video": None, "stats": [], "desc": None, "createTime": "soon", "music": 3},
        {**GOOD, "id": int(OTHER), "author": {"uniqueId": "@춤🔥\u202e.a"}, "desc": "a\0\u202eb", "createTime": 0},
    )
    answer = read(listed(*rows).replace('"soon"', "NaN"))
    bare, odd = answer.posts

    assert len(answer.skipped) == 7 and {item.what for item in answer.skipped} >= {"#1", "#6"}
    assert told(bare) == (GOOD["id"], "", None, (None,) * 5, None)
    assert bare.url == f"https://www.tiktok.com/@_/video/{GOOD['id']}"
    assert (odd.external_id, odd.author, odd.caption, odd.published_at) == (OTHER, "춤🔥.a", "ab", None)
    assert odd.url == f"https://www.tiktok.com/@_/video/{OTHER}", "an address holds only what TikTok's hold"


def test_one_post_counts_once_and_exact_numbers_go_before_rounded_ones():
    rough = {**GOOD, "stats": {"playCount": "1.2M"}}
    bare = {"id": GOOD["id"], "desc": "", "createTime": None, "video": {}}
    (post,) = read(listed(bare, rough, GOOD)).posts
    (only_rough,) = read(listed(bare, rough)).posts

    assert (post.play_count, post.rounded, post.author) == (1, False, "seoul.night_1")
    assert (only_rough.play_count, only_rough.rounded) == (1_200_000, True)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("[" * 10_000 + "]" * 10_000, "nested too deeply"),
        ('{"a":' * 300 + json.dumps(GOOD) + "}" * 300, "No videos could be found"),
        (b"\xff" * 5_000_000, "not a file of search results"),
        (bytes(range(256)), "not a file of search results"),
        (listed(GOOD)[:-40], "broken off or damaged"),
        ('{"item_list": [{"id": ' + "9" * 5000 + "}]}", "broken off or damaged"),
        ("안녕하세요\n반갑습니다", "not a file of search results"),
        ("link,views\n", "no rows under its names"),
        (" \n\0", "nothing in this file"),
        ("<html><body>TikTok</body></html>", "This page holds no video"),
        ('{"statusCode": 10000, "verify_event": {"type": "slide"}}', "asks for verification"),
        ('{"code": -1, "msg": "Free Api Limit: 1 request/second."}', "No videos could be found"),
    ],
)
def test_what_cannot_be_read_ends_in_a_sentence(data, words):
    with pytest.raises(ProviderError, match=words):
        read(data)


def test_a_saved_search_page_gives_its_links_and_no_numbers():
    card = f'<a href="https://www.tiktok.com/@mina.moves/video/{OTHER}?q=x"><strong>1.2M</strong></a>'
    page = f'<html><body>{card}{card}<a href="/@b/photo/{GOOD["id"]}">b</a><a href="https://evil.example/video/1">c</a>'
    video, photo = read(page).posts

    assert told(video) == (OTHER, "mina.moves", None, (None,) * 5, None)
    assert (photo.external_id, photo.is_photo) == (GOOD["id"], True)


def test_damaged_letters_and_doubled_names_cost_at_most_their_own_row():
    damaged = read(listed({**GOOD, "desc": "good"}).encode().replace(b"good", b"g\xffd"))
    twice = read(listed(GOOD).replace('"id": "7513', f'"id": "{OTHER}", "id": "7513'))

    assert damaged.posts[0].caption == "g\ufffdd"
    assert [item.reason for item in twice.skipped] == ["Two different values stand under one name in this entry."]


def test_the_lines_of_zeeschuimer_are_read_and_a_broken_one_is_named():
    line = {"nav_index": "1_2_3", "item_id": GOOD["id"], "source_platform": "tiktok.com", "data": GOOD}
    elsewhere = {**line, "source_platform": "instagram.com", "data": {"id": "3_4", "code": "b"}}
    lines = [json.dumps(line), '{"data": {', json.dumps(elsewhere), json.dumps(line)]
    answer = read("\n".join(lines).encode(), "춤.ndjson")

    assert [post.external_id for post in answer.posts] == [GOOD["id"]]
    assert {(item.what, item.reason) for item in answer.skipped} == {
        ("3_4", "This entry is not from TikTok, YouTube or Instagram."),
        ("춤.ndjson:2", "This line is not readable JSON."),
    }
