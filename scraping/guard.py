"""What a stranger's media file may be made of, as the arguments that every ffmpeg of the studio gets before its -i."""

from pathlib import Path

# ffmpeg and PyAV know hundreds of formats and codecs, and most of their known holes lie in the rare ones. A video of
# today's phones, cameras and sites needs these. HLS, DASH, ffconcat, SVG and images are left out on purpose: they
# name other files. (Measured against ffmpeg 9.0.2: its exit code says nothing about whether a file is sound.)
FORMATS = ("mov", "matroska", "avi", "mpegts", "mp3", "wav", "flac", "ogg")
VIDEO_CODECS = ("h264", "hevc", "av1", "libdav1d", "vp8", "vp9", "mpeg4")
AUDIO_CODECS = (
    *("aac", "mp3float", "mp3", "opus", "vorbis", "flac"),
    *("pcm_u8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_f32le"),
)
ALPHA_DECODERS = ("libvpx", "libvpx-vp9")  # asked for by name, only for the WebM files that need them
MAX_PIXELS = 4096 * 2304
MAX_STREAMS = 16

INPUT_GUARD: tuple[str, ...] = (
    *("-protocol_whitelist", "file"),
    *("-format_whitelist", ",".join(FORMATS)),
    *("-codec_whitelist", ",".join((*VIDEO_CODECS, *ALPHA_DECODERS, *AUDIO_CODECS, "mov_text"))),
    *("-max_pixels", str(MAX_PIXELS)),
    *("-max_streams", str(MAX_STREAMS)),
)


def input_args(path: Path | str, *options: str) -> list[str]:
    """The arguments that open a file under guard, its options before it; the name is inert, whatever it is."""
    return [*INPUT_GUARD, *options, "-i", f"file:{Path(path).resolve()}"]
