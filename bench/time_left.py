"""What films tell of the time left beside the truth: `python -m bench.time_left [--films 12] [--seed 1]`.

A real studio films rankings of five real clips at random: style, length and transition too, all pieces new. From the
first third of each film on, what its page would tell is noted four times a second. Ends by itself.
"""

import argparse
import json
import random
import sys
from typing import Any

import bench.alone  # noqa: F401 (first)
from bench.real import begin, load, studio_of

SHARE, ROOM = 0.2, 1.0  # of the truth, and seconds: the page tells whole ones
TRANSITIONS = ("cut", "crossfade", "whip")
# In the studio's own process of commands, so that nothing is started while a film is made.
WATCH = """
import json, time
from django.utils import timezone
from ranking.models import Project
from rendering.generate import start_render
from rendering.models import Render
job = start_render(Project.objects.get(pk={project}))
told, deadline = [], time.monotonic() + {wait}
while True:
    film = Render.objects.get(pk=job.pk)
    if not film.is_active or time.monotonic() > deadline: break
    told.append((timezone.now().timestamp(), film.seconds_left))
    time.sleep(0.25)
ends = [moment.timestamp() if moment else 0 for moment in (film.started_at, film.finished_at)]
print(json.dumps([film.status, *ends, told]))
"""


def film(studio: Any, project: int) -> tuple[float, list[tuple[float, float]]]:
    """Make a film; return its seconds, and what was told and what was true at each moment after its first third."""
    from bench.real import WAIT

    status, began, ended, told = json.loads(studio.shell(WATCH.format(project=project, wait=WAIT // 3)))
    if status != "done":
        sys.exit(f"a film ended as {status}: {studio.output()[-2000:]}")
    late = [(left, ended - at) for at, left in told if left is not None and at >= began + (ended - began) / 3]
    return ended - began, late


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    from bench.material import clips_folder
    from rendering.style import names

    chance = random.Random(options.seed)
    paths = sorted(path for path in clips_folder().iterdir() if path.suffix in (".mp4", ".webm"))
    every: list[tuple[float, float]] = []
    with studio_of(paths, ahead=False) as (studio, videos):
        for number in range(1, options.films + 1):
            seconds = chance.choice((15, 20, 25, 30))
            look = {"style": chance.choice(names()), "transition": chance.choice(TRANSITIONS)}
            took, late = film(studio, begin(studio, chance.sample(videos, 5), seconds, **look))
            every += late
            print(f"  {number}: {look['style']}, {seconds} s, {look['transition']}, took {took:.1f} s: {right(late)}")
    print(f"told after the first third: {right(every)}; {load()}")


def right(late: list[tuple[float, float]]) -> str:
    """Return how many moments were told within SHARE of the truth, and within that or ROOM."""
    close = sum(abs(left - truth) <= SHARE * truth for left, truth in late)
    near = sum(abs(left - truth) <= max(SHARE * truth, ROOM) for left, truth in late)
    count = len(late) or 1
    return f"{len(late)} told, within 20 % {close / count:.0%}, or a second {near / count:.0%}"


if __name__ == "__main__":
    main()
