"""What a finished film really is, read back from its file."""

import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rendering.sound import measure
from scraping.probe import probe


def read_back(path: Path) -> dict[str, Any]:
    """Return the facts of a film: sizes in pixels and bytes, seconds, frames a second, LUFS and dBTP."""
    with ThreadPoolExecutor(1) as pool:  # two children side by side: one looks, one listens
        listening = pool.submit(measure, ["-i", str(path)])
        facts = probe(path)
        loudness = listening.result()
    return {
        "width": facts.width,
        "height": facts.height,
        "fps": round(facts.fps, 3),
        "frames": facts.frames,
        "seconds": round(facts.duration, 3),
        "bytes": path.stat().st_size,
        "video": facts.video_codec,
        "pix_fmt": facts.pix_fmt,
        "color": [facts.color_primaries, facts.color_transfer, facts.color_space, facts.color_range],
        "audio": facts.audio_codec,
        "audio_rate": facts.audio_rate,
        "lufs": loudness.lufs,
        "true_peak": loudness.peak,
        "faststart": is_faststart(path),
    }


def is_faststart(path: Path) -> bool:
    """Return whether an MP4's index stands before its data, so that it plays while it loads."""
    with path.open("rb") as file:
        while len(head := file.read(8)) == 8:
            size, kind = struct.unpack(">I4s", head)
            if kind in (b"moov", b"mdat"):
                return kind == b"moov"
            if size == 1:
                size = struct.unpack(">Q", file.read(8))[0] - 8
            if size < 8:
                return False
            file.seek(size - 8, 1)
    return False
