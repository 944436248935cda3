"""A post's cover, fetched from a stand-in of TikTok's picture servers on loopback."""

import io
import struct
import zlib

import pytest
from PIL import Image

from scraping import fetch_errors as told
from scraping.covers import COVER_GONE, COVER_TOO_LARGE, NO_COVER_HOST, NO_PICTURE, _public_address
from scraping.fetch import cover
from tests.standin import PICTURES, refusal

COVER = f"https://{PICTURES}/obj/cover.jpeg?x-expires=1"


def picture(kind, size=(1200, 1600), **more):
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 60)).save(out, kind, **more)
    return out.getvalue()


def png_header(width, height):
    """A PNG that claims a size and holds next to nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    body = (struct.pack(">I", len(d)) + name + d + struct.pack(">I", zlib.crc32(name + d)) for name, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_cover_comes_as_a_jpeg_of_bounded_size(site, options, kind):
    site.pictures["/obj/cover.jpeg"] = ("image/whatever", picture(kind))
    with Image.open(io.BytesIO(cover(COVER, options))) as found:
        assert (found.format, found.size) == ("JPEG", (720, 960))


def test_what_is_no_picture_or_too_much_of_one_is_no_cover(site, options):
    bad = {
        "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "bad_response", NO_PICTURE),
        "gif": (picture("GIF", (8, 8)), "bad_response", NO_PICTURE),
        "half": (picture("JPEG")[:3000], "bad_response", NO_PICTURE),
        "empty": (b"", "bad_response", NO_PICTURE),
        "bomb": (png_header(20000, 20000), "too_large", COVER_TOO_LARGE),
        "wide": (png_header(30000, 1000), "too_large", COVER_TOO_LARGE),
        "heavy": (b"\0" * (9 * 1024**2), "too_large", COVER_TOO_LARGE),
    }
    for name, (body, *expected) in bad.items():
        site.pictures[f"/obj/{name}"] = ("image/jpeg", body)
        assert refusal(lambda name=name: cover(f"https://{PICTURES}/obj/{name}", options)) == tuple(expected), name


def test_a_cover_that_is_gone_is_told(site, options):
    assert refusal(lambda: cover(COVER, options)) == ("unavailable", COVER_GONE)


def test_a_cover_is_not_followed_to_another_host(site, options):
    site.redirects[f"{PICTURES}/obj/cover.jpeg"] = f"http://127.0.0.1:{site.server.server_port}/secret"
    assert refusal(lambda: cover(COVER, options)) == ("blocked", NO_COVER_HOST)
    assert {host for _, host, _ in site.seen} == {PICTURES}


def test_a_name_that_answers_with_an_inside_address_is_not_connected_to():
    assert refusal(lambda: _public_address("localhost")) == ("blocked", told.REFUSED_ADDRESS)
