"""The Chromium or Chrome of this machine; nothing is downloaded."""

import os
import shutil

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def find_chromium() -> str:
    """Return the path of a Chromium or Chrome, or an empty string."""
    named = os.environ.get("CHROMIUM", "")
    found = (shutil.which(name) for name in (named, *CHROMIUM_NAMES, MAC_CHROME) if name)
    return next((path for path in found if path), "")
