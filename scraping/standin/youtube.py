"""www.youtube.com: the search that yt-dlp asks (innertube), with videos and Shorts among the results."""

from typing import TYPE_CHECKING

from scraping.standin.wire import Reply, Request

if TYPE_CHECKING:
    from scraping.standin.site import Site

MEDIA = "rr1---standin.googlevideo.com"
PICTURES = "i.ytimg.com"


def answer(site: "Site", request: Request) -> Reply:
    return Reply(404)


def media(site: "Site", request: Request) -> Reply:
    return Reply(404)


def picture(site: "Site", request: Request) -> Reply:
    return Reply(404)
