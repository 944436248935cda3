"""Re-uploads: which videos count as the same, and which of them stands in front."""

import io
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from ranking.models import Video
from scraping import hashing, posts, reuploads
from scraping.ingest import ingest_file
from scraping.standin.looks import paint
from tests.clips import run

pytestmark = pytest.mark.django_db

SCENES = {"fractal": "mandelbrot=s=272x480:r=15:end_scale=0.02", "sky": "gradients=s=272x480:r=15:seed=7:nb_colors=6"}
COPIES = {
    "cropped": "crop=iw*0.8:ih*0.85",
    "mirrored": "hflip",
    "encoded anew": "scale=iw/2:-2",
    "captioned": "drawbox=y=ih*0.06:h=ih*0.08:t=fill:color=white,drawbox=y=ih*0.85:h=ih*0.07:x=iw*0.2:w=iw*0.6:t=fill",
    "faster": "setpts=PTS/1.3",
    "in bars": "pad=iw:ih*1.4:0:(oh-ih)/2",
    "all at once": "hflip,crop=iw*0.88:ih*0.88,drawbox=y=ih*0.85:h=ih*0.07:t=fill:color=white,setpts=PTS/1.1",
}


def film(folder: Path, name: str, scene: str, change: str = "null") -> Path:
    path = folder / f"{name}.mp4"
    graph = f"{SCENES[scene]},trim=duration=3,{change},scale=trunc(iw/2)*2:trunc(ih/2)*2,format=yuv420p"
    run("-f", "lavfi", "-i", graph, "-c:v", "libx264", "-preset", "ultrafast", "-crf", "32", path)
    return path


def post(number: int, picture: Image.Image | None = None, **fields: object) -> Video:
    """A post that is known by its cover only."""
    hashes = hashing.hashes([picture]) if picture else []
    return Video.objects.create(source="tiktok", external_id=str(number), cover_hashes=hashes, **fields)


def scene(number: int) -> Image.Image:
    return Image.fromarray(paint(number, 1.5))


def ids(groups: list[list[Video]]) -> list[list[str]]:
    return [[video.external_id for video in group] for group in groups]


@pytest.mark.long
def test_copies_of_a_film_are_one_group_and_another_film_is_none_of_them(tmp_path, alice):
    originals = [ingest_file(film(tmp_path, name, name), owner=alice) for name in SCENES]
    copies = [ingest_file(film(tmp_path, name, "fractal", change), owner=alice) for name, change in COPIES.items()]

    found = reuploads.groups([originals[1], *copies, originals[0]])

    missed = [copy.caption for copy in copies if not any(copy in group and originals[0] in group for group in found)]
    assert missed == []
    assert [originals[1]] in found


def test_a_cover_is_known_again_when_cropped_mirrored_or_saved_anew():
    picture = scene(3)
    width, height = picture.size
    small = io.BytesIO()
    picture.resize((width // 2, height // 2)).save(small, "JPEG", quality=30)
    pictures = [
        picture,
        picture.crop((0, 0, int(width * 0.84), int(height * 0.84))),
        ImageOps.mirror(picture),
        ImageOps.expand(picture, (0, 60)),
        Image.open(small),
    ]
    assert ids(reuploads.groups([post(number, one) for number, one in enumerate(pictures)])) == [list("01234")]


def test_thirty_different_pictures_stay_thirty():
    assert len(reuploads.groups([post(number, scene(number)) for number in range(30)])) == 30


def test_the_earliest_published_stands_in_front_and_where_no_date_is_known_the_most_seen():
    day = [datetime(2026, 11, day, tzinfo=UTC) for day in range(1, 4)]
    dated = [post(n, scene(1), published_at=day[2 - n], play_count=n) for n in range(3)]
    undated = [post(10 + n, scene(2), play_count=plays) for n, plays in enumerate((None, 5, 900))]

    assert ids(reuploads.groups(dated + undated)) == [["2", "1", "0"], ["12", "11", "10"]]


def test_frames_decide_where_both_files_are_here_whatever_the_covers_look_like():
    one, other = post(1, scene(1)), post(2, scene(1))
    one.hashes, other.hashes = hashing.hashes([scene(4)]), hashing.hashes([scene(8)])
    assert ids(reuploads.groups([one, other])) == [["1"], ["2"]]

    other.hashes, other.cover_hashes = one.hashes, hashing.hashes([scene(20)])
    assert ids(reuploads.groups([one, other])) == [["1", "2"]]


def test_the_same_bytes_are_the_same_and_a_slideshow_or_a_much_longer_video_is_no_copy():
    same = [post(1, sha256="a" * 64), post(2, sha256="a" * 64)]
    others = [post(3, scene(1), duration=10), post(4, scene(1), duration=31), post(5, scene(1), is_photo=True)]
    assert ids(reuploads.groups([*same, *others])) == [["1", "2"], ["3"], ["4"], ["5"]]


def test_what_shows_nothing_or_has_hashes_of_an_earlier_version_is_like_no_other():
    plain = Image.new("RGB", (90, 160), "navy")
    assert hashing.hashes([plain]) == []
    old = [post(number) for number in (1, 2)]
    for video in old:
        video.hashes = ["00ff00ff00ff00ff"] * 4
    assert ids(reuploads.groups([*old, post(3, plain), post(4, plain)])) == [["1"], ["2"], ["3"], ["4"]]
    assert reuploads.groups([]) == []


def test_each_copy_is_like_the_first_of_its_group_and_no_chain_is_made():
    start = np.frombuffer(bytes.fromhex(hashing.hashes([scene(1)])[0]), ">u8").copy()
    chain = [start]
    for step in range(3):  # each eight bits further off: like its neighbour only
        bits = np.uint64(0xFF << (8 * step))
        chain.append(chain[-1] ^ bits)
    videos = [post(number, play_count=100 - number) for number in range(4)]
    for video, hashes in zip(videos, chain, strict=True):
        video.cover_hashes = [np.repeat(hashes[:1], hashing.PARTS).astype(">u8").tobytes().hex()]
    assert ids(reuploads.groups(videos)) == [["0", "1"], ["2", "3"]]


def test_a_cover_that_arrives_is_hashed():
    picture = io.BytesIO()
    scene(5).save(picture, "JPEG")
    video = post(1)
    posts._keep_cover(video, picture.getvalue())

    kept = Video.objects.get()
    assert kept.cover and len(kept.cover_hashes) == 1
    assert ids(reuploads.groups([kept, post(2, ImageOps.mirror(scene(5)))])) == [["1", "2"]]
