"""What is said where another site than TikTok refuses: the sentences of fetch_errors with its name and remedy."""

from scraping import fetch_errors as told
from scraping.providers.base import ProviderError, gettext_noop

YOUTUBE = {
    told.NO_FORMAT: gettext_noop("YouTube offers no version of this video that can be played here."),
    told.AGE: gettext_noop("YouTube shows this video only to people who are logged in. Upload the file instead."),
    told.LOGIN: gettext_noop("YouTube asks for a login. Upload the file instead, or choose another video."),
    told.VERIFICATION: gettext_noop("YouTube doubts that a person asks. Try again later, or through another network."),
    told.RATE_LIMITED: gettext_noop("YouTube asks for a pause after so many requests. Try again later."),
    told.BLOCKED: gettext_noop("YouTube refused this server. A proxy or a newer yt-dlp may help."),
    told.MEDIA_REFUSED: gettext_noop("YouTube refused to hand out the video file. A newer yt-dlp may help."),
    told.NETWORK: gettext_noop("YouTube could not be reached. Check the connection and try again."),
    told.SITE_DOWN: gettext_noop("YouTube has a fault at the moment. Try again later."),
    told.CHANGED: gettext_noop("YouTube's answer was not understood. A newer yt-dlp may help."),
    told.NOT_MEDIA: gettext_noop("What YouTube sent is not a video file. Try again later."),
    told.PRIVATE: gettext_noop("This video is private, or only for members of its channel."),
}
INSTAGRAM = {
    told.NO_FORMAT: gettext_noop("Instagram offers no version of this reel that can be played here."),
    told.AGE: gettext_noop("Instagram shows this reel only to people who are logged in. Upload the file instead."),
    told.LOGIN: gettext_noop("Instagram asks for a login. Upload the file instead, or try again later."),
    told.VERIFICATION: gettext_noop("Instagram asks for verification. Upload the file instead, or try again later."),
    told.RATE_LIMITED: gettext_noop("Instagram asks for a pause after so many requests. Try again later."),
    told.BLOCKED: gettext_noop("Instagram refused this server. A proxy or a newer yt-dlp may help."),
    told.MEDIA_REFUSED: gettext_noop("Instagram refused to hand out the video file. Try again later."),
    told.NETWORK: gettext_noop("Instagram could not be reached. Check the connection and try again."),
    told.SITE_DOWN: gettext_noop("Instagram has a fault at the moment. Try again later."),
    told.CHANGED: gettext_noop("Instagram's answer was not understood. A newer yt-dlp may help."),
    told.NOT_MEDIA: gettext_noop("What Instagram sent is not a video file. Try again later."),
    told.PRIVATE: gettext_noop("This reel is private: only its author's followers can see it."),
}
_SAID = {"youtube": YOUTUBE, "instagram": INSTAGRAM}
OTHERS = tuple(_SAID.values())


def of_site(error: ProviderError, site: str) -> ProviderError:
    """The error with the sentence of that site; one that names no site, or TikTok's own, stays as it is."""
    message = _SAID.get(site, {}).get(error.message, error.message)
    return ProviderError(error.kind, message, error.retry_after, error.skipped)
