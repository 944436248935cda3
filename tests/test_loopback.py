"""No test leaves this machine: neither its own process, nor a Python that it starts, nor what fetches videos."""

import socket
import subprocess
import sys
import urllib.request

import pytest

from scraping import fetch_errors as told
from scraping.fetch import FetchOptions, cover, metadata
from tests.loopback import is_address, is_loopback
from tests.settings import LEFT_LOOPBACK
from tests.standin import PICTURES, VIDEO_ID, refusal

pytestmark = pytest.mark.offline
OUTSIDE = "192.0.2.1"  # an address for documentation, which nobody has (RFC 5737)
POST = f"https://www.tiktok.com/@a/video/{VIDEO_ID}"


@pytest.fixture
def left():
    """What was written down since the test began."""
    before = LEFT_LOOPBACK.stat().st_size

    def read():
        with LEFT_LOOPBACK.open() as file:
            file.seek(before)
            return file.read()

    return read


@pytest.mark.parametrize("address", [(OUTSIDE, 80), ("2001:db8::1", 80), ("::ffff:192.0.2.1", 80)])
def test_a_connection_out_of_loopback_is_refused_and_written_down(left, address):
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as connection, pytest.raises(OSError, match="may not leave loopback"):
        connection.settimeout(1)
        connection.connect(address)
    assert f"connected to ('{address[0]}'" in left()


def test_a_packet_without_a_connection_is_refused_too(left):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as packets, pytest.raises(OSError, match="loopback"):
        packets.sendto(b"x", (OUTSIDE, 53))
    assert OUTSIDE in left()


def test_no_name_server_is_asked(left):
    with pytest.raises(OSError, match="not known"):
        urllib.request.urlopen("http://www.tiktok.com/", timeout=1)
    assert "asked for www.tiktok.com" in left()


def test_a_program_that_a_test_starts_is_bound_as_well(left):
    code = f"import socket; socket.create_connection(({OUTSIDE!r}, 80), 1)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "may not leave loopback" in ran.stderr
    assert OUTSIDE in left()


def test_the_child_that_fetches_is_bound_as_well(left):
    """Without a proxy, which is how a studio runs by default, it would ask the real site."""
    assert refusal(lambda: metadata(POST, FetchOptions(timeout=1))) == ("network", told.NETWORK)
    assert "asked for www.tiktok.com (-s -m scraping.fetch_child" in left()


def test_covers_are_bound_as_well(left):
    assert refusal(lambda: cover(f"https://{PICTURES}/obj/a.jpeg", FetchOptions(timeout=1))) == (
        "network",
        told.NETWORK,
    )
    assert f"asked for {PICTURES}" in left()


def test_what_stays_here_is_let_through(left):
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1]), 1).close()
    assert all(is_loopback(host) for host in ("127.0.0.1", "127.8.8.8", "::1", "localhost", "::ffff:127.0.0.1"))
    assert not any(is_loopback(host) for host in (OUTSIDE, "10.0.0.1", "::ffff:10.0.0.1", "tiktok.com", "fe80::1"))
    assert all(is_address(host) for host in (OUTSIDE, "::1", "2130706433", "0x7f000001", "127.1"))
    assert not any(is_address(host) for host in ("tiktok.com", "1.tiktok.com", "localhost"))
    assert left() == ""
