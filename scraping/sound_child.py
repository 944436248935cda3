"""The program that looks into one sound file apart from the studio, as scraping.probe_child does for videos.

Started by scraping.probe as `python -m scraping.sound_child PATH`: one JSON object on stdout, then it ends.
"""

import json
import sys
from typing import Any

from scraping.probe_child import ABSURD_SECONDS, ENOUGH, MOST_SECONDS, Refused, confine, known_audio, opened, packets

LEAST_SECONDS = 0.1
TRIES = 50  # packets that may pass before sound comes out of the decoder
EXTENSIONS = {"mov": "m4a", "matroska": "webm", "mpegts": "ts"}


def main(path: str) -> None:
    """Print {"facts": ...} or {"refused": code, "word": ...}."""
    confine()
    try:
        answer: dict[str, Any] = {"facts": listen(path)}
    except Refused as refused:
        answer = {"refused": SOUNDS.get(refused.code, refused.code), "word": refused.word}
    sys.stdout.write(json.dumps(answer))


# What a video is refused for is said of a sound in other words.
SOUNDS = {"corrupt": "corrupt_sound", "too_long": "sound_too_long", "unsupported": "unsupported_sound"}


def listen(path: str) -> dict[str, Any]:
    """What is heard in a file; raises Refused."""
    with opened(path) as container:
        audio = known_audio(container)
        if audio is None:
            raise Refused("no_sound")
        seconds = _seconds(container, audio)
        container_name = container.format.name.split(",")[0]
        context = audio.codec_context
        return {
            "seconds": round(seconds, 6),
            "container": EXTENSIONS.get(container_name, container_name),
            "codec": context.name,
            "rate": context.sample_rate or 0,
            "channels": context.channels or 0,
        }


def _seconds(container: Any, audio: Any) -> float:
    """Pass all packets, decoding the first: only this tells how long a sound truly is."""
    first, end, decoded, tries = None, 0.0, False, 0
    for packet in packets(container):
        moment = packet.pts if packet.pts is not None else packet.dts
        if packet.stream_index != audio.index or moment is None or not packet.size:
            continue
        begin = float(moment * packet.time_base)
        first = begin if first is None else first
        end = max(end, begin + float((packet.duration or 0) * packet.time_base))
        if not decoded and tries < TRIES:
            decoded, tries = _decodes(packet), tries + 1
    if first is None or not decoded:
        raise Refused("corrupt")
    declared = (container.duration or 0) / 1_000_000
    if declared < ABSURD_SECONDS and end - first < ENOUGH * declared - 0.5:
        raise Refused("corrupt")
    if end - first < LEAST_SECONDS:
        raise Refused("too_short")
    if end - first > MOST_SECONDS:
        raise Refused("too_long")
    return end - first


def _decodes(packet: Any) -> bool:
    import av

    try:
        return any(frame.samples for frame in packet.decode())
    except av.FFmpegError:  # the next one may be whole: _seconds decides
        return False


if __name__ == "__main__":
    main(sys.argv[1])
