"""The pages of a studio in which nobody works: full of rows of every state (see faces.py), or with nothing at all."""

import json
import subprocess
import sys
from pathlib import Path

from tests.studio import ROOT, Studio
from tests.test_film import lavfi

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 740}
OPEN_ALL = "document.querySelectorAll('main details').forEach((box) => { box.open = true })"
# Such a request came through somebody's proxy, so it is not the local owner's (see ranking/owner.py).
FROM_ELSEWHERE = {"X-Forwarded-For": "203.0.113.9"}


class House(Studio):
    """The pages alone: what waits or is worked on stays so. `faces` holds the address of each page by its name."""

    def __init__(self, data_dir: Path, debug: str = "0") -> None:
        super().__init__(data_dir, DEBUG=debug, LOCAL_OWNER="1")
        self.faces: dict[str, str] = {}

    def argv(self) -> list[str]:
        uvicorn = [self.python, "-m", "uvicorn", "ranking.asgi:application"]
        return [*uvicorn, "--port", str(self.port), "--log-level", "warning", *self.options]

    def furnish(self, *clip: Path) -> "House":
        """Fill the database with what the faces show; without a clip only with its tables and the local owner."""
        fill = [sys.executable, "-m", "tests.faces", *map(str, clip)]
        answer = subprocess.run(fill, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=90)
        assert answer.returncode == 0, answer.stderr
        self.faces = json.loads(answer.stdout)
        return self


def full_house(folder: Path) -> House:
    return House(folder).furnish(lavfi(folder / "clip.mp4", "testsrc2=s=360x640:r=30", seconds=6))
