"""What the stand-in has to show: forty posts about any keyword, the same each time, re-uploads and a slideshow too."""

import random
import zlib

from scraping.standin.items import Facts

POSTS = 40
CLIPS = 30
CLIP_SECONDS = (7, 9, 6, 8)
FIRST = 1_755_000_000  # Unix time of the oldest post
REUPLOADS = {13: 3, 17: 3, 29: 8}  # post -> the post whose video it shows once more
PHOTO, REMOVED, PRIVATE = 5, 34, 37  # the places of the odd ones
MIRRORED = frozenset({17})

CREATORS = (
    *(("mina.moves", "미나"), ("seoul.night_1", "서울의 밤"), ("nabi_cat", "나비네"), ("hyun.jun", "현준이")),
    *(("daily.bap", "오늘의 밥"), ("kkulkkul", "꿀꿀 상회"), ("jeju.wave", "제주 물결"), ("rooftop22", "옥상 22호")),
    *(("park_sora", "박소라"), ("team.bara", "팀 바라"), ("0su", "영수 🐣"), ("dal.bit", "달빛 ✨")),
)
LINES = (
    *("{k} 연습 첫날부터 이 정도면 🔥 #{k} #fyp", "이 {k} 보고 세 번 다시 봤어요 #{k}", "{k} 잘하는 법 10초 요약"),
    *("엄마 몰래 찍은 {k} 😂 #{k} #일상", "{k} 챌린지 실패 모음", "골목에서 만난 {k} #{k} #서울"),
    *("{k}, 이렇게 하면 된다고?", "일 년 동안의 {k} 변화", "{k} 레전드 순간 #{k} #레전드", "비 오는 날의 {k} ☔️"),
    *("{k} 1위는 역시 이거죠 #{k} #랭킹", "처음 해 본 {k} (끝까지 보세요)", "{k} 3초 만에 반함 💛", "오늘의 {k} #{k}"),
)
SONGS = ("", "한밤의 리듬 (대역)", "Loop of Loopback", "")


def about(keyword: str) -> list[Facts]:
    """The posts that a search for this keyword finds, the most fitting first."""
    word = " ".join(part for part in keyword.split() if not part.startswith("!")).lstrip("#@") or "춤"
    mode = next((part[1:] for part in keyword.split() if part.startswith("!")), "")
    seed = zlib.crc32(keyword.encode())
    return [_post(word.replace(" ", ""), word, seed, place, mode) for place in range(POSTS)]


def by(handle: str) -> list[Facts]:
    """The posts of one creator, whoever is asked for; newest first."""
    name = dict(CREATORS).get(handle, handle)
    posts = about(f"{name}의 하루")[:24]
    mine = [Facts(**{**vars(facts), "handle": handle, "nickname": name}) for facts in posts]
    return sorted(mine, key=lambda facts: -facts.created)


def _post(tag: str, word: str, seed: int, place: int, mode: str) -> Facts:
    dice = random.Random(f"{seed}-{place}")
    original = REUPLOADS.get(place, place)
    created = FIRST + (seed % 1_000_000) + dice.randrange(20_000_000)
    handle, nickname = CREATORS[(place * 5 + seed) % len(CREATORS)]
    plays = int(10 ** dice.uniform(3.2, 7.4)) if place else 3_104_552_871  # one that no 32-bit number holds
    clip = (original + seed) % CLIPS
    return Facts(
        id=str((created << 32) + ((seed & 0xFFFF) << 8) + place),
        caption=LINES[place % len(LINES)].replace("#{k}", f"#{tag}").format(k=word) if place != 21 else "",
        handle=handle,
        nickname=nickname,
        created=created,
        plays=plays,
        likes=0 if place == 9 else int(plays * dice.uniform(0.02, 0.2)),
        comments=int(plays * dice.uniform(0.0005, 0.01)),
        shares=None if place == 15 else int(plays * dice.uniform(0.001, 0.02)),
        saves=int(plays * dice.uniform(0.001, 0.03)),
        clip=clip + CLIPS if place in MIRRORED else clip,
        seconds=CLIP_SECONDS[clip % len(CLIP_SECONDS)],
        music=SONGS[place % len(SONGS)],
        photo=place == PHOTO,
        mode=mode or {REMOVED: "removed", PRIVATE: "private"}.get(place, ""),
    )
