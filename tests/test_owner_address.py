"""The studio without a login is never open on an address of others: real requests to the studio's own web server."""

import os
import socket
import subprocess
import sys
import time

import pytest

from ranking import child
from ranking.processes import commands
from tests.studio import ROOT, free_port


@pytest.fixture(scope="module")
def open_web(tmp_path_factory):
    """The worst case: LOCAL_OWNER and every host name are set by hand, and the server listens on all addresses."""
    data, port = tmp_path_factory.mktemp("open"), free_port()
    env = os.environ | {"DATA_DIR": str(data), "LOCAL_OWNER": "1", "ALLOWED_HOSTS": "*", "REDIS_URL": ""}
    env.pop("DATABASE_URL", None)
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=env, check=True, timeout=120)
    process = child.start(commands("0.0.0.0", port)["web"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not answers(port):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield port
    finally:
        child.stop(process)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def ask(port: int, *headers: str, path: str = "/", version: str = "1.1", to: str = "127.0.0.1") -> str:
    """Return the head of the answer to a request that is sent byte for byte."""
    lines = [f"GET {path} HTTP/{version}", *headers, "Connection: close", "", ""]
    with socket.create_connection((to, port), timeout=60) as connection:
        connection.sendall("\r\n".join(lines).encode())
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    return answer.split(b"\r\n\r\n")[0].decode().lower()


def is_let_in(head: str) -> bool:
    if " 302 " in head.splitlines()[0]:
        assert "location: /login/" in head and "sessionid" not in head
        return False
    assert " 200 " in head.splitlines()[0], head
    return True


def test_the_control_a_browser_on_this_machine_is_let_in(open_web):
    assert is_let_in(ask(open_web, "Host: 127.0.0.1:8000"))
    assert is_let_in(ask(open_web, "Host: localhost", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"))


@pytest.mark.parametrize(
    "headers",
    [
        ["Host: studio.example.com"],
        ["Host: 192.168.0.2:8000"],
        ["Host: rebound.evil.example:8000"],
        ["Host: localhost.evil.example"],
        ["Host: 127.0.0.1@evil.example"],
        ["Host: 0.0.0.0:8000"],
        ["Host: [::ffff:127.0.0.1]:8000"],
        ["Host: localhost", "X-Forwarded-For: 127.0.0.1"],
        ["Host: localhost", "x-forwarded-for: ::1", "X-Forwarded-Proto: http"],
        ["Host: localhost", "X-Forwarded-Proto: https"],
        ["Host: localhost", "X-Forwarded-Host: localhost"],
        ["Host: evil.example", "X-Forwarded-Host: localhost"],
        ["Host: localhost", "Forwarded: for=127.0.0.1;host=localhost"],
        ["Host: localhost", "X-Real-IP: 127.0.0.1"],
        ["Host: localhost", "Via: 1.1 proxy"],
        ["Host: localhost", "CF-Connecting-IP: 203.0.113.9"],
        ["Host: localhost", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"],
    ],
    ids=" ".join,
)
def test_whatever_shows_a_proxy_or_another_name_is_sent_to_the_login_page(open_web, headers):
    head = ask(open_web, *headers)
    assert " 400 " in head.splitlines()[0] or not is_let_in(head)


def test_a_proxy_that_tells_nothing_but_speaks_http_1_0_is_sent_to_the_login_page(open_web):
    """What nginx does without any proxy_set_header: the studio's own address as Host, and HTTP/1.0."""
    assert not is_let_in(ask(open_web, "Host: 127.0.0.1:8000", version="1.0"))
