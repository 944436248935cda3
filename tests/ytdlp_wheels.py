"""Small wheels of yt-dlp, made of the installed one with other numbers and other extractors, and an index of them."""

import base64
import hashlib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import yt_dlp

SOURCE = Path(yt_dlp.__file__).parent
# All that reading a post of TikTok loads; a whole wheel has 1,000 extractors.
EXTRACTORS = {"__init__", "common", "commonmistakes", "commonprotocols", "extractors", "lazy_extractors", "tiktok"} | {
    "adobepass",
    "afreecatv",
    "openload",
}

RAISES = (
    "\n\ndef _broken(self, url):\n    raise KeyError('webapp.video-detail')\n\n\nTikTokIE._real_extract = _broken\n"
)
NOTHING = """

def _nothing(self, url):
    return {"id": self._match_id(url), "title": "x", "formats": []}


TikTokIE._real_extract = _nothing
"""
# Reads the post of the smoke test as ever, and nothing else.
ONLY_KNOWN = """

_whole = TikTokIE._real_extract


def _only_known(self, url):
    if self._match_id(url) == "7513039993741397256":
        return _whole(self, url)
    return {"id": self._match_id(url), "title": "x", "formats": []}


TikTokIE._real_extract = _only_known
"""
# As TikTok's usual change looks to a version that does not know it yet: a page, and nothing that it can read on it.
ODD_PAGE = """

_whole = TikTokIE._real_extract


def _odd_page(self, url):
    if self._match_id(url) == "7513039993741397256":
        return _whole(self, url)
    self._download_webpage(url, self._match_id(url))
    raise ExtractorError("Unable to extract universal data for rehydration")


TikTokIE._real_extract = _odd_page
"""
FOREIGN = {"json.py": "raise SystemExit('a module that nobody asked for')\n"}


def modules(version: str, extractor: str = "") -> dict[str, str]:
    """The files of a version, by path; `extractor` is appended to TikTok's."""
    files = {}
    for path in SOURCE.rglob("*.py"):
        if (path.parent.name == "extractor" and path.stem not in EXTRACTORS) or "youtube" in path.parts:
            continue
        files[f"yt_dlp/{path.relative_to(SOURCE)}"] = path.read_text("utf-8")
    files["yt_dlp/extractor/tiktok.py"] += extractor
    lines = files["yt_dlp/version.py"].splitlines()
    spelled = [f"__version__ = {version!r}" if line.startswith("__version__") else line for line in lines]
    files["yt_dlp/version.py"] = "\n".join(spelled) + "\n"
    return files


def lay(folder: Path, version: str, extractor: str = "") -> None:
    """Put a version into a folder as an update does."""
    for name, text in modules(version, extractor).items():
        path = folder / version / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def wheel(folder: Path, name: str, version: str, files: dict[str, str], needs: str = "") -> Path:
    """A wheel in the folder."""
    stem = f"{name.replace('-', '_')}-{version}"
    info = f"{stem}.dist-info"
    about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    more = f"Provides-Extra: default\nRequires-Dist: {needs}; extra == 'default'\n" if needs else ""
    tags = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    whole = {**files, f"{info}/METADATA": about + more, f"{info}/WHEEL": tags}
    record = "".join(f"{path},{_digest(text)},{len(text.encode())}\n" for path, text in whole.items())
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for inner, text in {**whole, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            archive.writestr(inner, text)
    return path


def ytdlp_wheel(folder: Path, version: str, extractor: str = "", **files: str) -> None:
    """A wheel of yt-dlp, and one of the solver that it asks for."""
    wheel(folder, "yt-dlp", version, modules(version, extractor) | files, "yt-dlp-ejs==0.8.0")
    wheel(folder, "yt-dlp-ejs", "0.8.0", {"yt_dlp_ejs/__init__.py": "version = '0.8.0'\n"})


def _digest(text: str) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


@contextmanager
def index(folder: Path) -> Iterator[str]:
    """A page of links to the wheels in the folder, on loopback; its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
