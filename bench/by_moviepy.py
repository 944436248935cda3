"""The same composition by moviepy's own means: the reference that the film's cost is measured against."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from moviepy import CompositeVideoClip, ImageClip, VideoClip, VideoFileClip, concatenate_videoclips
from PIL import Image, ImageFilter

from rendering.layers import art_pictures
from rendering.picture import BLUR_SHRINK
from rendering.plan import FPS, Clip, Plan
from rendering.segments import ENCODER
from rendering.style import Style, style
from rendering.targets import HEIGHT, WIDTH


def compose(plan: Plan, find_clip: Callable[[str], Path], out: Path, seconds: float) -> Path:
    """Write a film of the plan's clips, each cut to its share of these seconds; return its path."""
    look = style(plan.style)
    share = seconds / plan.seconds
    parts = [_segment(plan, clip, find_clip(clip.clip), look, clip.seconds * share) for clip in plan.playing()]
    film = concatenate_videoclips(parts)
    film.write_videofile(
        str(out),
        fps=FPS,
        codec="libx264",
        preset=ENCODER[ENCODER.index("-preset") + 1],
        audio_codec="aac",
        ffmpeg_params=ENCODER[ENCODER.index("-crf") :],
        logger=None,
    )
    return out


def _segment(plan: Plan, clip: Clip, path: Path, look: Style, seconds: float) -> VideoClip:
    """Return one entry: blurred background, inset clip, and the board art over it."""
    source = VideoFileClip(str(path)).subclipped(clip.start, clip.start + seconds)
    left, top, right, bottom = look.frame.box
    inset = _covering(source, right - left, bottom - top).with_position((left, top))
    background = _covering(source, WIDTH, HEIGHT).image_transform(lambda frame: _blurred(frame, look))
    layers = [background, inset]
    for picture, kind in art_pictures(plan, clip.rank, look):
        length = min(1.3, seconds) if kind == "badge" else seconds
        image = np.asarray(picture.image)
        layers.append(ImageClip(image).with_duration(length).with_position((picture.x, picture.y)))
    return CompositeVideoClip(layers, size=(WIDTH, HEIGHT)).with_duration(seconds)


def _covering(source: VideoClip, width: int, height: int) -> VideoClip:
    """Return the clip scaled and cropped so that it fills a box."""
    scale = max(width / source.w, height / source.h)
    big = source.resized((max(width, round(source.w * scale)), max(height, round(source.h * scale))))
    return big.cropped(x_center=big.w / 2, y_center=big.h / 2, width=width, height=height)


def _blurred(frame: np.ndarray, look: Style) -> np.ndarray:
    """Blur at a sixteenth of the size, as the film does."""
    small = Image.fromarray(frame).resize((WIDTH // BLUR_SHRINK, HEIGHT // BLUR_SHRINK), Image.Resampling.BOX)
    small = small.filter(ImageFilter.GaussianBlur(look.frame.blur / BLUR_SHRINK))
    small = small.point(lambda value: value * (1 - look.frame.darken))
    return np.asarray(small.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC))
