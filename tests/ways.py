"""The ways in which people come, by language and size: the first in `make test`, all four in `make test-long`."""

import pytest

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}

_WAYS = {
    "ko desk": ("ko-KR", DESKTOP),
    "en phone": ("en-US", PHONE),
    "en desk": ("en-US", DESKTOP),
    "ko phone": ("ko-KR", PHONE),
}
WAYS = [pytest.param(*way, id=name, marks=[pytest.mark.long][: name != "ko desk"]) for name, way in _WAYS.items()]
PAIRS = [pytest.param(way, id=name) for name, way in _WAYS.items()]  # for a fixture whose tests are all long
