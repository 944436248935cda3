"""The label that is suggested for every recorded caption, to be read by a person: `python -m bench.labels`.

What share of them one would keep as they are, only a reader can say; counted is what can be counted.
"""

import json
import sys
from collections import Counter
from pathlib import Path

import bench.alone  # noqa: F401 (first)
from bench.material import clips_folder
from ranking.labels import MAX_WIDTH, suggest_label, width


def captions() -> list[str]:
    """Return the captions of the test data. Ends the program with a sentence where there are none."""
    path: Path = clips_folder().parent / "tiktok" / "captions.json"
    if not path.exists():
        sys.exit(f"There are no recorded captions at {path} (set RANKING_TESTDATA).")
    return [row["text"] for row in json.loads(path.read_text(encoding="utf-8"))]


def kind_of(caption: str, label: str) -> str:
    """Return what became of a caption: nothing, all of it, or a part."""
    words = " ".join(caption.split())
    return "nothing to suggest" if not label else "all of it" if label == words else "a part of it"


def main() -> None:
    counts, widths = Counter(), []
    for number, caption in enumerate(captions(), 1):
        label = suggest_label(caption)
        counts[kind_of(caption, label)] += 1
        widths += [width(label)] if label else []
        print(f"{number:4}  {label or '-'}\n      {' '.join(caption.split())}")
    print(f"\n{sum(counts.values())} captions: {', '.join(f'{name} {count}' for name, count in counts.most_common())}")
    if widths:
        middle = sorted(widths)[len(widths) // 2]
        print(f"  columns of a label: middle {middle}, widest {max(widths)} of at most {MAX_WIDTH}")


if __name__ == "__main__":
    main()
