"""Keeps a Python process on loopback: whatever would leave it fails, and is written down for the test to see.

Every test process does so, and every Python that it starts: tests/settings.py puts this file, as `sitecustomize`, into
PYTHONPATH. What is not Python is bound in other ways: ffmpeg by its protocols, Chromium by its resolver rules. (uv, in
test_install.py, installs packages from wherever it is set to.)
"""

import ipaddress
import os
import socket
import sys
from typing import Any

CONNECTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
LOOKUPS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})
OWN = {"", "localhost", "localhost.", "ip6-localhost"}
_logs: list[str] = []


def watch(log: str) -> None:
    """From here on nothing of this process reaches further than loopback; what tried to is a line in the log.

    Called again it only changes the log.
    """
    _logs.append(log)
    if len(_logs) == 1:
        _look()


def _look() -> None:
    names = OWN | {socket.gethostname().lower()}

    def look(event: str, args: tuple[Any, ...]) -> None:
        if event in CONNECTS and isinstance(args[1], tuple) and not is_loopback(str(args[1][0])):
            note(f"connected to {args[1]}")
            raise OSError(f"a test may not leave loopback: {args[1]}")
        if event in LOOKUPS:
            host = args[0].decode() if isinstance(args[0], bytes) else str(args[0] or "")
            if host.lower() not in names and not is_address(host):
                if not host.lower().rstrip(".").endswith((".invalid", ".test")):
                    note(f"asked for {host}")
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    def note(what: str) -> None:
        with open(_logs[-1], "a") as file:
            file.write(f"{what} ({' '.join(sys.orig_argv[1:4])}, {os.environ.get('PYTEST_CURRENT_TEST', '')})\n")

    sys.addaudithook(look)


def is_address(host: str) -> bool:
    """True for a number, in any spelling that needs no name server."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host.replace(".", "").removeprefix("0x").isalnum() and host.rpartition(".")[2][:1].isdigit()
    return True


def is_loopback(host: str) -> bool:
    """True for an address of this machine's loopback, also one that is IPv4 within IPv6."""
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host.lower() in OWN
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback or found.is_unspecified
