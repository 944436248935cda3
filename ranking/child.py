"""Child processes that cannot outlive us: a session of their own, and on Linux a death signal from the kernel."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from functools import partial
from typing import Any

PR_SET_PDEATHSIG = 1  # linux/prctl.h
TERM_SECONDS = 1.0  # how long a child may take to end by itself before it is killed

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent() -> None:
    """Ask the kernel to kill this process when the thread that started it ends."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def be_nicer(by: int) -> None:
    """Let others go first from now on, for this thread and what it starts; there is no way back.

    Only Linux does that to a thread alone (nice(2), "C library/kernel differences"); elsewhere nothing happens.
    """
    if sys.platform == "linux":
        os.nice(by)


def _before_exec(niceness: int) -> None:
    """Runs in the child between fork and exec."""
    die_with_parent()
    level = os.nice(niceness)
    # Linux shares the processor out between sessions first, whatever nice says within them (sched(7), autogroup);
    # a kernel without that has no such file, and one in a hurry refuses: then the child is merely less nice.
    with contextlib.suppress(OSError), open("/proc/self/autogroup", "w") as group:
        group.write(str(level))


def start(argv: list[str], *, niceness: int = 0, **options: Any) -> subprocess.Popen:
    """Start a program without a shell or standard input; return its process, the leader of a group of its own.

    `niceness` is added to ours and goes on to what the program starts.
    """
    before = partial(_before_exec, niceness)
    options = {"stdin": subprocess.DEVNULL, "start_new_session": True, "preexec_fn": before} | options
    return subprocess.Popen(argv, **options)


def stop(process: subprocess.Popen) -> None:
    """End a child and all that it started: asked first, killed after TERM_SECONDS."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(TERM_SECONDS)
