"""yt-dlp's newest wheel, found and unpacked into a folder by pip, from whatever index pip is set to. No Django in here.

Only wheels: nothing of a package runs while it is installed, and nothing of this environment is touched.
"""

import json
import logging
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ranking import child
from scraping.providers.base import gettext_noop
from scraping.releases import PACKAGE

SOLVER = "yt-dlp-ejs"  # solves YouTube's puzzles; each yt-dlp asks for the one version that fits it
OWN = re.compile(r"yt_dlp(_ejs)?(-[^/]+\.dist-info)?")  # all that is kept of what the wheels hold
DEADLINE = 240.0  # seconds for one run of pip
TICK = 0.5
PIP = (sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check")
ONLY = ("--no-deps", "--only-binary", ":all:", "--retries", "1", "--timeout", "15")
# Set for the account's own installations, these would have pip install elsewhere, or refuse.
NOT_FOR_US = frozenset({"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_REQUIRE_HASHES", "PIP_CONSTRAINT"})
OURS = {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}

UNREACHED = gettext_noop("The package index could not be reached. The version in use stays.")
NO_SUCH = gettext_noop("The package index has no such version of yt-dlp. The version in use stays.")
NO_SOLVER = gettext_noop("The package index has no yt-dlp-ejs that fits. The version in use stays.")
FAILED = gettext_noop("pip failed; the studio's log says why. The version in use stays.")
NO_PIP = gettext_noop("pip is missing in the studio's environment. Run make setup again.")
TOO_SLOW = gettext_noop("The package index took too long. The version in use stays.")
ODD = gettext_noop("What the package index gave is not yt-dlp. The version in use stays.")

_NO_MATCH = r"No matching distribution found for (\S+?)[=\s]"
_UNREACHED = (
    r"NewConnectionError|ConnectTimeout|Connection (refused|broken|reset)|[Rr]ead ?[Tt]imed ?out|Could not fetch URL"
    r"|name resolution|ProxyError|SSLError|HTTP error"
)

logger = logging.getLogger(__name__)

Tick = Callable[[], None]


class Refused(Exception):
    """The wheel cannot be had; the text is a sentence for people."""


@dataclass(frozen=True)
class Wheel:
    """A version on the index, with the SHA-256 of its file and the version of the solver that it asks for."""

    version: str
    sha256: str
    solver: str


def newest(work: Path, version: str = "", tick: Tick = lambda: None) -> Wheel:
    """The newest version on the index, or the one asked for; raises Refused. `tick` is called while pip works."""
    wanted = f"{PACKAGE}=={version}" if version else PACKAGE
    report = work / "found.json"
    _pip(["--dry-run", "--ignore-installed", "--report", str(report), *ONLY, wanted], work, tick)
    return _wheel(json.loads(report.read_text())["install"][0])


def unpack(wheel: Wheel, folder: Path, work: Path, tick: Tick = lambda: None) -> None:
    """The wheel's modules, compiled, in a new folder, with its solver; raises Refused."""
    wanted = [f"{PACKAGE}=={wheel.version}", *([f"{SOLVER}=={wheel.solver}"] if wheel.solver else [])]
    report = work / "unpacked.json"
    _pip(["--target", str(folder), "--no-compile", "--report", str(report), *ONLY, *wanted], work, tick)
    got = [_wheel(told) for told in json.loads(report.read_text())["install"] if _is_own(told)]
    if [found.sha256 for found in got] != [wheel.sha256] or not (folder / "yt_dlp" / "__init__.py").is_file():
        raise Refused(ODD)
    for path in folder.iterdir():  # programs and manuals, and whatever else would stand before other modules
        if not OWN.fullmatch(path.name):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    # The children write no bytecode: without this each would compile for seconds.
    _run([sys.executable, "-m", "compileall", "-q", "-j", "2", str(folder)], work, tick)


def _is_own(told: dict[str, Any]) -> bool:
    return told["metadata"]["name"].lower().replace("_", "-") == PACKAGE


def _wheel(told: dict[str, Any]) -> Wheel:
    needs = told["metadata"].get("requires_dist") or []
    solver = next((found[1] for need in needs if (found := re.match(rf"{SOLVER}\s*==\s*([\w.]+)", need))), "")
    sha256 = told["download_info"].get("archive_info", {}).get("hashes", {}).get("sha256", "")
    return Wheel(told["metadata"]["version"], sha256, solver)


def _pip(words: list[str], work: Path, tick: Tick) -> None:
    code, said = _run([*PIP, *words], work, tick)
    if code == 0:
        return
    if "No module named pip" in said:
        raise Refused(NO_PIP)
    if re.search(_UNREACHED, said):
        raise Refused(UNREACHED)
    if missing := re.search(_NO_MATCH, f"{said} "):
        raise Refused(NO_SOLVER if missing[1].startswith(SOLVER) else NO_SUCH)
    logger.error("pip failed: %s", said[-2000:])
    raise Refused(FAILED)


def _run(argv: list[str], work: Path, tick: Tick) -> tuple[int, str]:
    """Exit status and all words of a child, which is dead when `tick` raises; raises Refused after DEADLINE."""
    kept = {name: value for name, value in os.environ.items() if name not in NOT_FOR_US} | OURS
    with (work / "log").open("w+b") as log:
        # preexec_fn is not safe among the net worker's threads.
        process = child.start(argv, stdout=log, stderr=log, env=kept, preexec_fn=None)
        try:
            end = time.monotonic() + DEADLINE
            while process.poll() is None:
                tick()
                if time.monotonic() > end:
                    raise Refused(TOO_SLOW)
                try:
                    process.wait(TICK)
                except subprocess.TimeoutExpired:
                    continue
        finally:
            child.stop(process)
        log.seek(0)
        return process.returncode, log.read().decode(errors="replace")
