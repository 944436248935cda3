"""The Chromium or Chrome of this machine, of which nothing is downloaded, and what its console complains of."""

import os
import re
import shutil

from playwright.sync_api import ConsoleMessage

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def find_chromium() -> str:
    """Return the path of a Chromium or Chrome, or an empty string."""
    named = os.environ.get("CHROMIUM", "")
    found = (shutil.which(name) for name in (named, *CHROMIUM_NAMES, MAC_CHROME) if name)
    return next((path for path in found if path), "")


def complaint(message: ConsoleMessage) -> str:
    """Return what a console message complains of. 409 and 422 are how what is refused is answered, and no fault.

    Nor is it one that a request was left with its page, which htmx says of in two of its own words.
    """
    if message.type != "error" or re.search("status of 4(09|22)|htmx:(sendAbort|afterRequest)", message.text):
        return ""
    return f"{message.text} {message.location}"
