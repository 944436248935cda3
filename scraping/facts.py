"""The facts of a media file, as a frozen record; no Django in here, the probing child makes it."""

from dataclasses import asdict, dataclass
from typing import Any

HDR_TRANSFERS = ("smpte2084", "arib-std-b67")
# ffmpeg's own VP8 and VP9 decoders see only the opaque picture of a WebM with alpha (tried with ffmpeg 9.0.2).
ALPHA_DECODERS = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
MEDIA_TYPES = {"mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm", "mkv": "video/x-matroska"} | {
    "avi": "video/x-msvideo",
    "ts": "video/mp2t",
}


@dataclass(frozen=True)
class Facts:
    """What probing found. Width and height are as shown: after rotation and pixel aspect; times are in seconds."""

    width: int
    height: int
    coded_width: int
    coded_height: int
    rotation: int  # degrees counter-clockwise, 0, 90, 180 or 270, that players turn the picture by
    sar: float  # width of a pixel by its height
    fps: float
    frames: int  # counted packets of the video stream
    duration: float  # from the first frame to the end of the last, whatever the header says
    start_time: float  # of the first frame
    keyframe_gap: float  # the longest time between two frames that can be sought
    video_codec: str
    pix_fmt: str
    color_range: str  # these four by ffmpeg's names, "" where the file does not say
    color_space: str
    color_transfer: str
    color_primaries: str
    has_audio: bool
    audio_codec: str
    audio_rate: int
    audio_channels: int
    video_index: int  # of the stream, for -map 0:N
    audio_index: int  # -1 without sound
    container: str  # also the extension of the stored file, one of MEDIA_TYPES
    size: int  # bytes
    interlaced: bool = False  # some frames are two fields
    has_alpha: bool = False  # parts of the picture are transparent

    def as_dict(self) -> dict[str, Any]:
        """The facts as plain JSON values; Facts(**values) makes an equal record."""
        return asdict(self)

    @classmethod
    def of(cls, values: dict[str, Any]) -> "Facts":
        """The record that as_dict gave, by this version, an earlier one (defaults stand in) or a later one."""
        return cls(**{name: values[name] for name in cls.__dataclass_fields__ if name in values})

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height of the decoded frame once it is turned upright, in its own pixels."""
        size = self.coded_width, self.coded_height
        return size if self.rotation in (0, 180) else size[::-1]

    @property
    def upright_sar(self) -> float:
        """Width of a pixel by its height once the frame is turned upright."""
        return self.sar if self.rotation in (0, 180) else 1 / self.sar

    @property
    def alpha_decoder(self) -> str:
        """The decoder that reads the file's transparency, where ffmpeg's own choice leaves it out; else empty."""
        return ALPHA_DECODERS.get(self.video_codec, "") if self.has_alpha else ""

    @property
    def is_hdr(self) -> bool:
        return self.color_transfer in HDR_TRANSFERS

    @property
    def plays_in_browsers(self) -> bool:
        """True where Chromium and Safari play the file as it is: 8-bit H.264 with AAC, MP3 or no sound, MP4 or MOV."""
        picture = self.video_codec == "h264" and self.pix_fmt in ("yuv420p", "yuvj420p") and not self.is_hdr
        sound = not self.has_audio or self.audio_codec in ("aac", "mp3", "mp3float")
        return picture and sound and self.container in ("mp4", "mov")
