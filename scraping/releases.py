"""Newer versions of yt-dlp beside the installed one: which is in use, which goes before it, and which was taken back.

They lie in one folder, a folder each, and the file `current` names the one in use; each fetching child looks there, so
a change needs no restart. A version that was switched to is on trial with each site: where its first fetch from there
is not understood and the version before it does understand, it is taken back. No Django in here.
"""

import fcntl
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TypeVar

from packaging.version import InvalidVersion, Version

from scraping.providers.base import ProviderError

Found = TypeVar("Found")

PACKAGE = "yt-dlp"
TRIALS = ("tiktok", "youtube", "instagram", "list")  # sites, and YouTube's lists
# A version that reads a page wrongly ends in one of these: also in "verification", for to yt-dlp a page that is built
# anew looks like one that asks for it. Whoever asks for a pause or a login is not asked twice.
ITS_FAULT = frozenset({"bad_response", "unsupported", "unavailable", "verification"})
COMPARED = 600.0  # seconds until a site that both versions failed at is asked with both again
OLD_DAYS = 60  # sites change so often that an older yt-dlp begins to fail

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class State:
    """What `current` says; "" for a version is the one that is installed with the studio."""

    version: str = ""
    previous: str = ""
    installed: str = ""  # what was installed with the studio when this was written
    since: str = ""  # ISO
    trials: tuple[str, ...] = ()
    taken_back: str = ""  # the last version that proved worse
    why: str = ""  # the sentence with which it failed
    compared: str = ""  # ISO, when both versions last failed at a site that asks for verification


class Releases:
    """The folder of versions; it need not be there, and then the installed one is in use."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def state(self) -> State:
        """What is in use now: the installed version where it is newer than the one that was switched to."""
        try:
            told = json.loads((self.folder / "current").read_text())
            state = State(**{**told, "trials": tuple(told["trials"])})
        except FileNotFoundError:
            return State()
        except (OSError, ValueError, KeyError, TypeError):
            logger.exception("%s cannot be read: the installed yt-dlp is used", self.folder / "current")
            return State()
        installed = version_of(PACKAGE)
        is_newer = installed != state.installed and number(installed) > number(state.version or "0")
        return replace(state, version="", trials=()) if is_newer or not self._is_there(state.version) else state

    def version(self) -> str:
        """The number of the version in use."""
        return self.state().version or version_of(PACKAGE)

    def path(self, version: str) -> str:
        """The folder that is to come first among a child's modules; "" for the installed version."""
        return str(self.folder / version) if version else ""

    def switch_to(self, version: str) -> None:
        """Use a version that lies in the folder; only the one before it stays beside it."""
        with self._alone() as state:
            previous = state.previous if state.version == version else state.version
            now, installed = datetime.now(UTC).isoformat(), version_of(PACKAGE)
            is_past = number(version) >= number(state.taken_back or "0")
            bad = ("", "") if is_past else (state.taken_back, state.why)
            self._write(State(version, previous, installed, now, TRIALS, *bad))
        for folder in self.folder.iterdir():
            if folder.is_dir() and folder.name not in (version, previous):
                shutil.rmtree(folder, ignore_errors=True)

    def take_back(self, version: str, why: str) -> bool:
        """Use the version before this one again; return whether this one was still in use."""
        with self._alone() as state:
            if not version or state.version != version:
                return False
            previous = state.previous if self._is_there(state.previous) else ""
            now, installed = datetime.now(UTC).isoformat(), version_of(PACKAGE)
            self._write(State(previous, "", installed, now, (), version, why))
        logger.warning("yt-dlp %s is taken back: %s", version, why)
        return True

    def tried(self, what: str, work: Callable[[str], Found]) -> Found:
        """The work's result with the version in use, or with the one before it where only that one can do it."""
        state = self.state()
        on_trial = what in state.trials
        try:
            found = work(self.path(state.version))
        except ProviderError as error:
            if not on_trial or not self._may_compare(state, error):
                raise
            try:
                found = work(self.path(state.previous))
            except ProviderError:
                self._compared(state.version)
                raise error from None  # the older one cannot do it either: not this version's fault
            self.take_back(state.version, error.message)
            return found
        if on_trial:
            self._passed(state.version, what)
        return found

    def _may_compare(self, state: State, error: ProviderError) -> bool:
        """Whether the version before is asked for the same: not each time where the site may doubt who asks."""
        if error.kind not in ITS_FAULT or not self._is_there(state.previous):
            return False
        since = datetime.fromisoformat(state.compared) if state.compared and error.kind == "verification" else None
        return since is None or (datetime.now(UTC) - since).total_seconds() > COMPARED

    def _compared(self, version: str) -> None:
        with self._alone() as state:
            if state.version == version:
                self._write(replace(state, compared=datetime.now(UTC).isoformat()))

    def _passed(self, version: str, what: str) -> None:
        with self._alone() as state:
            if state.version == version and what in state.trials:
                self._write(replace(state, trials=tuple(name for name in state.trials if name != what)))

    def _is_there(self, version: str) -> bool:
        return not version or (self.folder / version / "yt_dlp").is_dir()

    @contextmanager
    def _alone(self) -> Iterator[State]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield self.state()

    def _write(self, state: State) -> None:
        fresh = self.folder / "current.new"
        fresh.write_text(json.dumps(asdict(state)))
        os.replace(fresh, self.folder / "current")


def number(version: str) -> Version:
    """A version to compare by; what is none counts as the oldest."""
    try:
        return Version(version)
    except InvalidVersion:
        return Version("0")


def age_in_days(version: str, today: date | None = None) -> int | None:
    """How old a version is by the date that is its number; None where that is no date."""
    try:
        year, month, day = number(version).release[:3]
        return max(0, ((today or datetime.now(UTC).date()) - date(year, month, day)).days)
    except ValueError:
        return None
