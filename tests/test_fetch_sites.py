"""Shorts and Reels are fetched as TikToks are: by their site's one extractor, under limits; errors say its name."""

import json
import os
import subprocess
import sys

import pytest

from scraping import fetch_errors as told
from scraping import fetch_words
from scraping.addresses import parse_link
from scraping.extracted import SITES
from scraping.fetch import FetchOptions, download, metadata
from scraping.fetch_errors import classify
from scraping.fetch_process import ROOT
from scraping.providers.base import ProviderError, Query
from scraping.providers.links import Links
from scraping.standin import youtube
from tests.clips import make_clip, run
from tests.standin import StandIn, refusal

REEL = "https://www.instagram.com/reel/Cop84x6u7CP/"
CDN = "https://scontent-ssn1-1.cdninstagram.com"


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", size="288x512")


@pytest.fixture
def site(clip):
    with StandIn(clip.read_bytes()) as site:
        yield site


@pytest.fixture
def short(site):
    """A video of the stand-in's YouTube: its id, and what is true of it."""
    facts = next(facts for facts in site.find("춤") if not facts.photo)
    return youtube.video_id(facts.id), facts


def test_a_short_comes_with_its_numbers_and_its_file(site, options, tmp_path, clip, short):
    found, facts = short
    fetched = download(f"https://m.youtube.com/shorts/{found}?feature=share", tmp_path, options=options)
    post = fetched.post
    assert (post.source, post.external_id) == ("youtube", found)
    assert post.url == f"https://www.youtube.com/shorts/{found}"
    assert (post.author, post.author_name, post.play_count) == (facts.handle, facts.nickname, facts.plays)
    assert (post.like_count, post.duration) == (None, facts.seconds)
    assert post.cover_url.startswith("https://i.ytimg.com/")
    assert fetched.path.read_bytes() == clip.read_bytes()
    hosts = {host for _, host, _ in site.seen}
    assert hosts == {"www.youtube.com", youtube.MEDIA}


def test_picture_and_sound_of_youtube_are_put_together(site, options, tmp_path, clip, short):
    found, _facts = short
    picture, sound = tmp_path / "picture.mp4", tmp_path / "sound.m4a"
    run("-i", clip, "-an", "-c", "copy", picture)
    run("-i", clip, "-vn", "-c", "copy", sound)
    player = youtube._player(site, found)
    form = {"bitrate": 400_000, "approxDurationMs": "2000"}
    player["streamingData"]["adaptiveFormats"] = [
        form
        | {"itag": 137, "url": f"https://{youtube.MEDIA}/picture", "width": 1080, "height": 1920, "fps": 30}
        | {"mimeType": 'video/mp4; codecs="avc1.640028"', "contentLength": str(picture.stat().st_size)},
        form
        | {"itag": 140, "url": f"https://{youtube.MEDIA}/sound", "mimeType": 'audio/mp4; codecs="mp4a.40.2"'}
        | {"contentLength": str(sound.stat().st_size), "audioSampleRate": "44100", "audioChannels": 2},
    ]
    site.answers["www.youtube.com/youtubei/v1/player"] = (200, {}, json.dumps(player).encode())
    for name, path in (("picture", picture), ("sound", sound)):
        site.answers[f"{youtube.MEDIA}/{name}"] = (200, {"Content-Type": "video/mp4"}, path.read_bytes())
    fetched = download(f"https://youtu.be/{found}", tmp_path / "done", options=options)
    assert fetched.format_id == "137+140"
    from scraping.probe import probe

    facts = probe(fetched.path)
    assert (facts.video_codec, facts.has_audio, facts.audio_codec) == ("h264", True, "aac")


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("This is a private video", ("private", fetch_words.YOUTUBE[told.PRIVATE])),
        ("Video unavailable", ("unavailable", told.GONE)),
        ("Sign in to confirm you’re not a bot", ("verification", fetch_words.YOUTUBE[told.VERIFICATION])),
        ("Join this channel to get access to members-only content", ("private", fetch_words.YOUTUBE[told.PRIVATE])),
    ],
)
def test_youtubes_own_reasons_become_sentences_that_name_youtube(site, options, short, reason, expected):
    found, _facts = short
    status = {"status": "LOGIN_REQUIRED" if "Sign in" in reason else "ERROR", "reason": reason}
    answer = json.dumps({"playabilityStatus": status, "videoDetails": {"videoId": found}}).encode()
    site.answers["www.youtube.com/youtubei/v1/player"] = (200, {}, answer)
    page = b"<html><body><script>ytcfg.set({});</script></body></html>"
    site.answers["www.youtube.com/watch"] = (200, {"Content-Type": "text/html"}, page)
    assert refusal(lambda: metadata(f"https://youtu.be/{found}", options)) == expected


def test_what_is_only_for_grown_ups_is_said_to_need_a_login():
    words = "ERROR: [youtube] a: Sign in to confirm your age. This video may be inappropriate for some users."
    error = fetch_words.of_site(classify(words), "youtube")
    assert (error.kind, error.message) == ("login_required", fetch_words.YOUTUBE[told.AGE])


def reel(**changes):
    """A reel as Instagram's page of it carries it to somebody who is not logged in."""
    return {
        "pk": "3041293155426467983",
        "code": "Cop84x6u7CP",
        "user": {"username": "mina.k", "full_name": "미나", "pk": "1"},
        "caption": {"text": "춤 #서울"},
        "taken_at": 1_676_000_000,
        "like_count": 12_345,
        "comment_count": 0,
        "video_duration": 2.0,
        "has_audio": True,
        "video_versions": [{"id": "v1", "type": 101, "url": f"{CDN}/o1/v.mp4?oe=1", "width": 288, "height": 512}],
        "image_versions2": {
            "candidates": [
                {"url": f"{CDN}/v/large.jpg", "width": 640, "height": 1136},
                {"url": f"{CDN}/v/small.jpg", "width": 64, "height": 113},
            ]
        },
        **changes,
    }


@pytest.fixture
def instagram(site, clip):
    """Instagram on the stand-in; `give` says what the page of the reel carries."""
    host = "www.instagram.com"
    token = b'<script>["LSD",[],{"token":"abc"}]</script>'
    site.answers[f"{host}/"] = (200, {"Set-Cookie": "csrftoken=abc; Path=/"}, token)
    site.answers[f"{host}/api/v1/web/get_ruling_for_content/"] = (200, {}, b'{"status": "ok"}')
    site.answers[f"{CDN.removeprefix('https://')}/o1/v.mp4"] = (200, {"Content-Type": "video/mp4"}, clip.read_bytes())

    def give(media):
        held = {"__bbox": {"result": {"data": {"xig_polaris_media": {"if_not_gated_logged_out": media}}}}}
        row = ["RelayPrefetchedStreamCache", "next", [], ["key", held]]
        tree = {"require": [["ScheduledServerJS", "handle", None, [{"__bbox": {"require": [row]}}]]]}
        body = f'<html><script type="application/json" data-sjs>{json.dumps(tree)}</script></html>'.encode()
        site.answers[f"{host}/p/Cop84x6u7CP"] = (200, {"Content-Type": "text/html"}, body)

    return give


def test_a_reel_comes_with_its_numbers_and_its_file(site, options, tmp_path, clip, instagram):
    instagram(reel())
    fetched = download("https://instagram.com/mina.k/reel/Cop84x6u7CP?igsh=x", tmp_path, options=options)
    post = fetched.post
    assert (post.source, post.url) == ("instagram", REEL)
    assert (post.author, post.author_name, post.caption) == ("mina.k", "미나", "춤 #서울")
    assert (post.play_count, post.like_count, post.comment_count) == (None, 12_345, 0)
    assert post.cover_url == f"{CDN}/v/large.jpg"
    assert fetched.path.read_bytes() == clip.read_bytes()


def test_a_reel_without_sound_is_still_had(options, tmp_path, clip, instagram):
    instagram(reel(has_audio=False))
    assert download(REEL, tmp_path, options=options).path.read_bytes() == clip.read_bytes()


def test_what_instagram_does_not_show_is_told_with_its_name(site, options, tmp_path, instagram):
    instagram(reel(video_versions=[], carousel_media=[{"pk": "1"}, {"pk": "2"}]))
    assert refusal(lambda: metadata(REEL, options)) == ("unsupported", told.NO_VIDEO)
    instagram(None)
    assert refusal(lambda: metadata(REEL, options)) == ("unavailable", told.GONE)
    site.redirects["www.instagram.com/p/Cop84x6u7CP"] = "https://www.instagram.com/accounts/login/"
    site.answers["www.instagram.com/accounts/login/"] = (200, {}, b"<html></html>")
    assert refusal(lambda: metadata(REEL, options))[1] == fetch_words.INSTAGRAM[told.RATE_LIMITED]
    site.answers["www.instagram.com/"] = (429, {}, b"")
    assert refusal(lambda: metadata(REEL, options)) == ("rate_limited", fetch_words.INSTAGRAM[told.RATE_LIMITED])


def test_tiktoks_cookies_go_to_no_other_site(site, short):
    found, _facts = short
    jar = ".tiktok.com\tTRUE\t/\tTRUE\t0\tsessionid\tsecret\n"
    metadata(f"https://youtu.be/{found}", FetchOptions(proxy=site.url, insecure_tls=True, cookies_text=jar))
    assert site.cookies and not any("secret" in sent for _, sent in site.cookies)


def test_every_sentence_with_tiktoks_name_has_its_like_for_the_other_sites():
    ours = {words for name, words in vars(told).items() if name.isupper() and isinstance(words, str)}
    named = {words for words in ours if "TikTok" in words and "TIKTOK" not in words and "links to" not in words}
    for site, words in (("YouTube", fetch_words.YOUTUBE), ("Instagram", fetch_words.INSTAGRAM)):
        assert named <= set(words)
        assert not any("TikTok" in sentence or "cookies" in sentence for sentence in words.values())
        error = fetch_words.of_site(classify("", 403), site.lower())
        assert error.message.startswith(f"{site} refused")


def test_one_extractor_is_let_loose_on_each_kind_of_link():
    from yt_dlp import YoutubeDL

    for site in SITES.values():
        with YoutubeDL({"quiet": True, "allowed_extractors": [site.allowed]}) as ydl:
            assert list(ydl._ies) == [site.extractor]


def test_links_of_several_sites_come_together_and_one_sites_refusal_stops_only_its_own(site, options, short, instagram):
    found, _facts = short
    instagram(reel())
    ids = [str(70000000 + n) for n in range(6)]
    for post_id in ids:
        site.pages[post_id] = (429, {}, b"")
    text = " ".join(f"https://www.tiktok.com/@a/video/{post_id}" for post_id in ids)
    page = Links(options).search(Query(f"{text} {REEL} https://youtu.be/{found}"))
    assert [post.source for post in page.posts] == ["instagram", "youtube"]
    assert len(page.skipped) == len(ids)


@pytest.mark.parametrize(("has_script", "works"), [(True, True), (False, False)])
def test_the_script_runtime_starts_under_the_childs_limits_only_where_they_are_raised_for_it(
    has_script, works, tmp_path
):
    """yt-dlp's own runner, with the package of the puzzle's solver, in the limits of the fetching child."""
    program = """
import sys, deno
from scraping import extraction, fetch_child
from scraping.addresses import parse_link
fetch_child._limit(10**8, sys.argv[1] == "True")
request = {"cookies_text": "", "proxy": "", "insecure_tls": False, "timeout": 5, "deno": deno.find_deno_bin()}
extractor = extraction._youtube_dl(parse_link("https://youtu.be/abcdefghijk"), request).get_info_extractor("Youtube")
extractor._real_initialize()
runner = extractor._jsc_director.providers["Deno"]
print(runner._lib_script.source.value, runner._run_js_runtime("console.log([1, 2, 3].map(x => x * x).join())"))
"""
    ran = subprocess.run(
        [sys.executable, "-c", program, str(has_script)],
        cwd=ROOT,
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"], "YTDLP_NO_PLUGINS": "1", "DENO_NO_UPDATE_CHECK": "1"},
        capture_output=True,
        text=True,
    )
    assert (ran.stdout.strip() == "python package 1,4,9") == works, ran.stderr


def test_a_live_stream_is_no_video_yet():
    from scraping.extracted import post_from_info

    link = parse_link("https://youtu.be/abcdefghijk")
    with pytest.raises(ProviderError) as refused:
        post_from_info({"id": "abcdefghijk", "live_status": "is_live", "formats": [{"vcodec": "avc1"}]}, link)
    assert refused.value.message == told.LIVE
