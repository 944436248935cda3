"""What 3 to 50 entries cost: `python -m bench.growth`. CPU for an entry should stay the same, memory too."""

import os
import shutil
import tempfile
from functools import partial
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="bench-"))
os.environ["DATA_DIR"] = str(FOLDER)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ranking.settings")

import django

django.setup()

import numpy as np
from django.conf import settings

from bench.costs import measured, peak_of_a_child
from bench.material import long_plan
from rendering import film
from rendering.plan import Plan
from rendering.pool import film_pool
from rendering.segments import kept, prepare

COUNTS = (3, 5, 10, 20, 50)
FRAMES = 30  # of each entry
PEAK_MIB = 350


def make(plan: Plan, find: object) -> None:
    ready = [prepare(plan, position, find) for position in range(len(plan.pieces()))]
    film_pool(plan, dict(enumerate(ready)), lambda percent: None, meanwhile=partial(film.sound_of, plan, find))
    film.join_film(plan, [kept(prepared.key) for prepared in ready], find, FOLDER)


def main() -> None:
    costs = []
    try:
        for count in COUNTS:
            plan, paths = long_plan(count, FRAMES)
            shutil.rmtree(settings.SEGMENTS_DIR, ignore_errors=True)
            with measured(f"TOP {count}, {plan.seconds:g} s") as cost:
                peak = peak_of_a_child(partial(make, plan, paths.__getitem__))
            costs.append(cost.cpu)
            print(cost, f"largest process {peak:.0f} MiB (at most {PEAK_MIB})", flush=True)
        slope, start = np.polyfit(COUNTS, costs, 1)
        off = max(abs(slope * count + start - cost) / cost for count, cost in zip(COUNTS, costs, strict=True))
        print(f"  fit: {start:.2f} s + {slope:.3f} s for an entry of {FRAMES} frames; at most {off:.0%} off")
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)


if __name__ == "__main__":
    main()
