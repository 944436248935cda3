"""The same film as one ffmpeg command that a careful person types: the reference of what the studio's way saves.

One graph for all entries: blur at a sixteenth of the size, the clip over it, the board's art as stills, concat,
loudnorm, x264 veryfast crf 20. It does less than the studio: no badge or label moves, and no peak is measured.
"""

from collections.abc import Callable
from pathlib import Path

from ranking import ffmpeg
from rendering.layers import art_pictures
from rendering.picture import BLUR_SHRINK
from rendering.plan import FPS, Plan
from rendering.style import style
from rendering.targets import HEIGHT, WIDTH

CRF, PRESET = "20", "veryfast"
TALL = f"crop='min(iw,ih*{WIDTH}/{HEIGHT})':'min(ih,iw*{HEIGHT}/{WIDTH})'"
SAME_SOUND = "aresample=48000,aformat=sample_fmts=fltp:channel_layouts=stereo"


def film_by_hand(plan: Plan, find_clip: Callable[[str], Path], out: Path) -> Path:
    """Write the film of the plan's clips by one command; return its path. Raises ffmpeg.FFmpegError."""
    look = style(plan.style)
    left, top, right, bottom = look.frame.box
    width, height = right - left, bottom - top
    inputs: list[str] = []
    steps: list[str] = []
    count = 0

    def add(*words: str) -> int:
        nonlocal count
        inputs.extend(words)
        count += 1
        return count - 1

    for number, clip in enumerate(plan.playing()):
        at = add("-ss", f"{clip.start:.3f}", "-t", f"{clip.seconds:.3f}", "-i", str(find_clip(clip.clip)))
        light = f"{1 - look.frame.darken:.2f}"
        steps += [
            f"[{at}:v]fps={FPS},split[a{number}][b{number}]",
            f"[a{number}]{TALL},scale={WIDTH // BLUR_SHRINK}:{HEIGHT // BLUR_SHRINK}:flags=area,"
            f"gblur=sigma={look.frame.blur / BLUR_SHRINK:.2f},lutyuv=y=val*{light},"
            f"scale={WIDTH}:{HEIGHT}:flags=bilinear,setsar=1,format=yuv420p[g{number}]",
            f"[b{number}]scale={width}:{height}:force_original_aspect_ratio=increase:flags=bicubic,"
            f"crop={width}:{height},setsar=1,format=yuv420p[c{number}]",
            f"[g{number}][c{number}]overlay={left}:{top}[o{number}]",
        ]
        under = f"o{number}"
        for layer, (picture, kind) in enumerate(art_pictures(plan, clip.rank, look)):
            path = out.with_name(f"{number}-{layer}.png")
            path.write_bytes(picture.png())
            shown = ":enable='lt(t,1.3)'" if kind == "badge" else ""
            over = f"o{number}l{layer}"
            steps.append(f"[{under}][{add('-i', str(path))}:v]overlay={picture.x}:{picture.y}{shown}[{over}]")
            under = over
        steps.append(
            f"[{under}]tpad=stop_mode=clone:stop=3,trim=end_frame={clip.frames},setpts=PTS-STARTPTS[v{number}]"
        )
        sound = f"[{at}:a]{SAME_SOUND},loudnorm=I=-14:TP=-1" if clip.has_audio else "anullsrc=r=48000:cl=stereo"
        steps.append(f"{sound},{SAME_SOUND},apad,atrim=end={clip.seconds:.3f},asetpts=PTS-STARTPTS[s{number}]")
    joined = "".join(f"[v{number}][s{number}]" for number in range(len(plan.clips)))
    steps.append(f"{joined}concat=n={len(plan.clips)}:a=1[v][j];[j]loudnorm=I=-14:TP=-1,aresample=48000[s]")
    encoder = ["-c:v", "libx264", "-preset", PRESET, "-crf", CRF, "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "192k"]
    ffmpeg.run([*inputs, "-filter_complex", ";".join(steps), "-map", "[v]", "-map", "[s]", *encoder, str(out)])
    return out
