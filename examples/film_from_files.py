"""Make a ranking film from video files by the studio's API, and fetch it.

    .venv/bin/python examples/film_from_files.py --title "오늘의 순간 | TOP 3" best.mp4 second.mp4 third.mp4

The first file is rank 1, and each file's name is its label. STUDIO is the studio's address (http://127.0.0.1:8000),
TOKEN one of your account's page; the embedded studio on your own machine asks for none, only for its own cookie.
"""

import argparse
import os
import sys
import time
from pathlib import Path

import httpx

STUDIO = os.environ.get("STUDIO", "http://127.0.0.1:8000")


def connected() -> httpx.Client:
    """Return a client that may write: by TOKEN, or by the cookies that the studio gives its owner."""
    client = httpx.Client(base_url=STUDIO, timeout=120)
    if token := os.environ.get("TOKEN"):
        client.headers["Authorization"] = f"Bearer {token}"
    else:
        client.get("/api/v1/health")
        client.headers.update({"X-CSRFToken": client.cookies["csrftoken"], "Referer": STUDIO})
    return client


def answer(response: httpx.Response, about: str = "") -> dict:
    """Return what the studio says; ends with its own sentence where that is a refusal."""
    said = response.json()
    if response.is_error:
        sys.exit(about + said["error"]["message"])
    return said


def uploaded(client: httpx.Client, path: Path) -> int:
    """Return the number of the video that a file has become."""
    with path.open("rb") as file:
        return answer(client.post("/api/v1/videos", files={"file": file}), f"{path}: ")["id"]


def when(client: httpx.Client, path: str, there: str) -> dict:
    """Return the state of a thing once this part of it is there; what the studio works on is asked for every second."""
    while not (state := answer(client.get(path)))[there]:
        if state.get("status") in ("failed", "cancelled"):
            sys.exit(state["error"] or "The film was cancelled.")
        print(f"  {state.get('percent', 0):3.0f} %", end="\r", file=sys.stderr)
        time.sleep(1)
    return state


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("files", nargs="+", type=Path, metavar="FILE", help="the best first, three to ten")
    asked.add_argument("--title", default="TOP", help="“ | ” splits it into two lines")
    asked.add_argument("--seconds", type=float, help="of the film; without it, as long as Shorts like")
    asked.add_argument("--out", type=Path, default=Path("film.mp4"))
    said = asked.parse_args()
    client = connected()
    ranks = [{"id": uploaded(client, path), "label": path.stem} for path in said.files]
    project = {"title": said.title.replace(" | ", "\n"), "seconds": said.seconds, "videos": ranks}
    number = answer(client.post("/api/v1/projects", json=project))["id"]
    render = answer(client.post(f"/api/v1/projects/{number}/generate"))
    film = when(client, f"/api/v1/renders/{render['id']}", "film")["film"]
    said.out.write_bytes(client.get(film).raise_for_status().content)
    print(f"{said.out}; to change it: {STUDIO}/projects/{number}/")


if __name__ == "__main__":
    main()
