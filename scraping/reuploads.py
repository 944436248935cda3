"""Which videos show the same: the first of them stands in front, its re-uploads behind it."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from ranking.models import Video
from scraping import hashing

# Bits of 64 in which two hashes may differ, chosen on the clips of `python -m bench.reuploads`: covers of different
# videos differ in 13 at least, frames of different videos in 12.25 at least, in 13.25 but for one pair in 10,000.
COVERS = 9.0
FRAMES = 12.5
STILL = 11.0  # of videos that show one and the same picture all along: that is little to tell them by
ALIKE = 10  # bits up to which two frames of one video are the same picture
FAR = 64.0  # what cannot be compared
LENGTHS = 2.0  # where covers alone are known, a video this many times as long is no copy

LAST = datetime.max.replace(tzinfo=UTC)


def groups(videos: Sequence[Video]) -> list[list[Video]]:
    """The videos in groups that show the same, each in the order of `is_first`; alone what is like no other.

    Two videos that are both here are compared by their frames, others by their covers. Each group's others are like
    its first: a chain of small differences makes no group. 100 videos take some 0.1 s.
    """
    alike = _alike(videos)
    found: list[list[int]] = []
    for number in sorted(range(len(videos)), key=lambda n: is_first(videos[n])):
        group = next((group for group in found if alike[group[0], number]), None)
        if group is None:
            found.append([number])
        else:
            group.append(number)
    return [[videos[number] for number in group] for group in found]


def is_first(video: Video) -> tuple[datetime, int]:
    """What videos that show the same are sorted by: the earliest published first, of others the most seen."""
    return video.published_at or LAST, -(video.play_count or 0)


def _alike(videos: Sequence[Video]) -> np.ndarray:
    """Whether each two of the videos show the same, as a square of booleans."""
    films = [hashing.numbers([] if video.is_photo else video.hashes) for video in videos]
    covers = [hashing.numbers([] if video.is_photo else video.cover_hashes)[:1] for video in videos]
    here = np.array([len(film) > 0 for film in films], bool)
    by_covers = (distances(covers) <= COVERS) & _lengths_fit(videos)
    same = np.where(here[:, None] & here[None, :], same_frames(films), by_covers)
    digests = [video.sha256 or number for number, video in enumerate(videos)]
    return same | np.array([[one == other for other in digests] for one in digests], bool).reshape(same.shape)


def same_frames(films: Sequence[np.ndarray]) -> np.ndarray:
    """Whether each two of these videos (each frames x PARTS of hashes) show the same, as a square of booleans."""
    most = np.where([_is_still(film) for film in films], STILL, FRAMES)
    return distances(films) <= np.minimum(most[:, None], most[None, :])


def _is_still(film: np.ndarray) -> bool:
    whole = film[:, :1]
    return bool(np.bitwise_count(whole ^ whole.T).max(initial=0) <= ALIKE)


def _lengths_fit(videos: Sequence[Video]) -> np.ndarray:
    """Whether each two could be the same by their lengths; those of unknown length always could."""
    lengths = np.array([video.duration or np.nan for video in videos], float)
    ratios = lengths[:, None] / lengths[None, :]
    return ~((ratios > LENGTHS) | (ratios < 1 / LENGTHS))


def distances(films: Sequence[np.ndarray]) -> np.ndarray:
    """In how many of 64 bits each two of these differ (each frames x PARTS of hashes); FAR where one has no frames.

    One's whole pictures are looked for among the other's whole pictures and parts, mirrored too, whatever their time;
    the better half of them counts, always in the same part. Then the other way round.
    """
    count, most = len(films), max([len(film) for film in films], default=0)
    padded = np.zeros((count, most, hashing.PARTS), np.uint64)
    known = np.zeros((count, most), bool)
    for number, film in enumerate(films):
        padded[number, : len(film)], known[number, : len(film)] = film, True
    one_way = np.full((count, count), FAR)
    for number, film in enumerate(films):
        if len(film):
            one_way[number] = _from(film[:, 0], padded, known)
    return np.minimum(one_way, one_way.T)


def _from(wholes: np.ndarray, padded: np.ndarray, known: np.ndarray) -> np.ndarray:
    """The distance from these whole pictures to each of the films."""
    best = []
    for mirror in (np.uint64(0), hashing.MIRROR):
        bits = np.bitwise_count(padded[:, None] ^ wholes[None, :, None, None] ^ mirror)  # films, wholes, frames, parts
        best.append(np.where(known[:, None, :, None], bits, np.uint8(FAR)).min(axis=2))
    nearest = np.sort(np.concatenate(best, axis=2), axis=1)  # films, wholes, parts of both ways
    half = (len(wholes) + 1) // 2 + (len(wholes) > 3)
    return nearest[:, :half].mean(axis=1).min(axis=1)
