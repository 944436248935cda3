"""Two tabs on one ranking: the later one is told and offered both; neither overwrites what it never saw."""

import html
import json
import re

import pytest
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from ranking import ffmpeg
from ranking.asgi import application
from ranking.history import changing
from ranking.models import Project
from rendering.masks import fingerprint
from tests.test_history import entry, labels, post, project  # noqa: F401 (fixture)
from tests.test_journey import clips, upload, visitor  # noqa: F401 (fixtures)
from tests.test_websocket import cookie_of, in_loop
from tests.ways import PHONE

MASK = {"x": 0.1, "y": 0.1, "width": 0.2, "height": 0.2, "start": 0.0, "end": None}
LABEL = "[data-entry] input[name=label]"


def was(**fields: str) -> str:
    return json.dumps(fields)


def offers_both(answer, box: str, now: str) -> None:
    """The answer leaves the page's form as it is, and offers to send it all the same, or to take what is stored."""
    words = answer.content.decode()
    assert answer.status_code == 409 and answer["HX-Retarget"] == f"#both-{box}"
    assert f'name="was" value="{now}"' in words and f'hx-select="#{box}"' in words


@pytest.mark.django_db
def test_a_field_that_says_something_else_than_the_tab_knew_is_not_overwritten(client, project):  # noqa: F811
    first = entry(project, 1)
    post(client, "entry-edit", first.pk, label="the other tab's", was=was(label="label 0"))
    answer = post(client, "entry-edit", first.pk, label="<b>mine</b>", was=was(label="label 0"))
    words = answer.content.decode()
    assert answer.status_code == 409 and labels(project)[0] == "the other tab's"
    assert 'data-theirs="the other tab&#x27;s"' in words and "&lt;b&gt;mine&lt;/b&gt;" in words
    answer = post(client, "entry-edit", first.pk, label="mine", was=was(label="the other tab's"))
    assert answer.status_code == 200 and labels(project)[0] == "mine"


@pytest.mark.django_db
def test_who_types_the_old_value_back_after_a_clash_is_asked_still(client, project):  # noqa: F811
    first = entry(project, 1)
    post(client, "entry-edit", first.pk, label="the other tab's", was=was(label="label 0"))
    words = post(client, "entry-edit", first.pk, label="mine", was=was(label="label 0")).content.decode()
    sent = html.unescape(re.search('name="was" value="([^"]*)"', words)[1])
    for typed in ("label 0", "mine", "something else"):
        answer = post(client, "entry-edit", first.pk, label=typed, was=sent)
        assert answer.status_code == 409 and labels(project)[0] == "the other tab's"
    assert post(client, "entry-edit", first.pk, label="the other tab's", was=sent).status_code == 200  # they agree
    assert post(client, "entry-edit", first.pk, label="label 0", was=was(label="the other tab's")).status_code == 200
    assert labels(project)[0] == "label 0"


@pytest.mark.django_db
def test_both_tabs_typing_the_same_is_no_clash(client, project):  # noqa: F811
    first = entry(project, 1)
    for _tab in range(2):
        assert post(client, "entry-edit", first.pk, label="same", was=was(label="label 0")).status_code == 200


@pytest.mark.django_db
def test_settings_that_a_tab_did_not_touch_keep_what_the_other_tab_chose(client, project):  # noqa: F811
    known = was(target="shorts", order="countdown", seconds="", transition="cut", hook="", card="", effects="")
    page = {"target": "shorts", "order": "countdown", "seconds": "", "transition": "cut", "card": ""}
    post(client, "project-settings", project.pk, **page | {"order": "listed", "hook": "on"}, was=known)
    answer = post(client, "project-settings", project.pk, **page | {"target": "reels"}, was=known)
    project.refresh_from_db()
    assert answer.status_code == 200 and (project.target, project.order, project.hook) == ("reels", "listed", True)
    answer = post(client, "project-settings", project.pk, **page | {"order": "shuffled"}, was=known)
    words = answer.content.decode()
    assert answer.status_code == 409 and "Shuffled, #1 last" in words and "As listed, #1 first" in words


@pytest.mark.django_db
def test_numbers_and_line_ends_that_only_look_different_are_no_clash(client, project):  # noqa: F811
    Project.objects.filter(pk=project.pk).update(title="one\r\ntwo", seconds=12.34)
    first = entry(project, 1)
    post(client, "entry-edit", first.pk, start="1.50")
    assert post(client, "project-title", project.pk, title="three", was=was(title="one\ntwo")).status_code == 200
    assert post(client, "entry-edit", first.pk, start="2", was=was(start="1.5")).status_code == 200
    page = {"target": "shorts", "order": "countdown", "seconds": "20", "was": was(seconds="12.3")}
    assert post(client, "project-settings", project.pk, **page).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["", "nonsense", "[1]", '{"label": 5}', '{"nobody": "x"}', '{"rank": "9"}'])
def test_a_request_that_does_not_say_what_it_knew_is_stored(client, project, said):  # noqa: F811
    assert post(client, "entry-edit", entry(project, 1).pk, label="new", was=said).status_code == 200
    assert labels(project)[0] == "new"


@pytest.mark.django_db
def test_a_move_from_where_the_rank_stands_no_more_is_offered_again(client, project):  # noqa: F811
    third = entry(project, 3)
    assert post(client, "entry-move", third.pk, rank=1, was=3).status_code == 200
    answer = post(client, "entry-move", third.pk, rank=2, was=3)
    assert answer.status_code == 409 and "Make it rank 2 all the same" in answer.content.decode()
    assert entry(project, 1) == third
    assert post(client, "entry-move", third.pk, rank=2).status_code == 200
    assert entry(project, 2) == third


@pytest.mark.django_db
def test_blurred_areas_and_music_of_another_tab_stay(client, project, alice):  # noqa: F811
    first, area = entry(project, 1), {"y": 10, "width": 20, "height": 20, "start": "", "end": ""}
    assert post(client, "entry-masks", first.pk, x=10, **area, was=fingerprint([])).status_code == 200
    answer = post(client, "entry-masks", first.pk, x=50, **area, was=fingerprint([]))
    offers_both(answer, f"masks-{first.pk}", fingerprint([MASK]))
    first.refresh_from_db()
    assert [mask["x"] for mask in first.masks] == [0.1]
    assert post(client, "entry-masks", first.pk, x=50, **area, was=fingerprint([MASK])).status_code == 200
    one, two = (
        alice.tracks.create(name=name, file=f"tracks/{name}", seconds=9, sha256=name * 64) for name in ("a", "b")
    )
    assert post(client, "music-choose", project.pk, track=one.pk, was=was(track="")).status_code == 200
    answer = post(client, "music-choose", project.pk, track=two.pk, was=was(track=""))
    project.refresh_from_db()
    words = answer.content.decode()
    assert answer.status_code == 409 and project.track == one and answer["HX-Retarget"] == "#both-music"
    assert "Keep mine" in words and f'data-theirs="{one.pk}"' in words


@pytest.mark.django_db
def test_a_style_that_another_tab_chose_stays_and_ones_own_is_offered(client, project):  # noqa: F811
    assert post(client, "style-choose", project.pk, style="neon", was="classic").status_code == 200
    answer = post(client, "style-choose", project.pk, style="retro", was="classic")
    project.refresh_from_db()
    assert answer.status_code == 409 and project.style == "neon"
    words = answer.content.decode()
    assert '<button name="style" value="retro">' in words and 'name="was" value="neon"' in words
    assert post(client, "style-choose", project.pk, style="neon", was="classic").status_code == 200  # they agree
    assert post(client, "style-choose", project.pk, style="retro", was="neon").status_code == 200


@pytest.mark.django_db
def test_two_tabs_that_mute_the_same_clip_leave_it_muted(client, project):  # noqa: F811
    first = entry(project, 1)
    for _tab in range(2):
        assert post(client, "entry-mute", first.pk, sound="off", was="on").status_code == 200
    first.refresh_from_db()
    assert first.volume == 0
    offers_both(post(client, "entry-mute", first.pk, sound="on", was="on"), f"sound-{first.pk}", "off")
    first.refresh_from_db()
    assert first.volume == 0
    assert post(client, "entry-mute", first.pk, sound="on", was="off").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_voice_of_another_tab_is_not_recorded_over(client, project, tmp_path):  # noqa: F811
    first = entry(project, 1)

    def record(tone: int, was: str):
        path = tmp_path / f"{tone}.wav"
        ffmpeg.run(["-f", "lavfi", "-i", f"sine=frequency={tone}", "-t", "1", str(path)], seconds=20)
        with path.open("rb") as file:
            return post(client, "voice-record", first.pk, voice=file, was=was)

    assert record(300, "none").status_code == 200
    first.refresh_from_db()
    theirs, files = first.voice_sha256, set((settings.MEDIA_ROOT / "voices").iterdir())
    offers_both(record(600, "none"), f"sound-{first.pk}", theirs)
    offers_both(post(client, "voice-remove", first.pk, was="none"), f"sound-{first.pk}", theirs)
    first.refresh_from_db()
    assert first.voice_sha256 == theirs and set((settings.MEDIA_ROOT / "voices").iterdir()) == files
    assert record(600, theirs).status_code == 200
    first.refresh_from_db()
    assert first.voice_sha256 not in ("", theirs)


@pytest.mark.django_db
def test_without_scripts_the_later_tab_is_told_and_nothing_is_stored(client, project):  # noqa: F811
    first = entry(project, 1)
    post(client, "entry-mute", first.pk, sound="off", was="on")
    answer = client.post(reverse("entry-mute", args=[first.pk]), {"sound": "on", "was": "on"}, follow=True)
    assert "Another tab changed this meanwhile" in answer.content.decode()
    first.refresh_from_db()
    assert first.volume == 0


@pytest.mark.django_db
def test_a_rank_that_is_gone_is_not_there_for_the_other_tab(client, project):  # noqa: F811
    pk = entry(project, 1).pk
    entry(project, 1).remove()
    for name, data in (("entry-edit", {"label": "x"}), ("entry-move", {"rank": 2})):
        assert post(client, name, pk, **data).status_code == 404


@pytest.mark.django_db(transaction=True)
@in_loop
async def test_open_pages_hear_of_an_edit_once_it_is_stored(project, alice, bob, valkey):  # noqa: F811
    def page_of(user: str) -> WebsocketCommunicator:
        cookie = (b"cookie", f"{settings.SESSION_COOKIE_NAME}={user}".encode())
        headers = [cookie, (b"host", b"localhost"), (b"origin", b"http://localhost"), (b"accept-language", b"en")]
        return WebsocketCommunicator(application, f"/ws/projects/{project.pk}/", headers)

    def edit() -> None:
        with changing(project):
            Project.objects.filter(pk=project.pk).update(title="new")

    page = page_of(await sync_to_async(cookie_of)(alice))
    assert (await page.connect())[0]
    assert 'data-version="0"' in await page.receive_from(timeout=3)
    await sync_to_async(edit, thread_sensitive=False)()
    state = await page.receive_from(timeout=3)
    assert 'data-version="1"' in state and "Undo: title" in state
    await page.disconnect()
    for who in (await sync_to_async(cookie_of)(bob), "forged"):
        refused = page_of(who)
        assert await refused.connect() == (False, 4404)
    await database_sync_to_async(project.delete)()


def open_twice(visitor, files) -> tuple[Page, Page]:  # noqa: F811
    one = visitor("en-US")
    upload(one, files)
    two = visitor("en-US", PHONE)
    two.goto(one.url)
    expect(two.locator("[data-entry]")).to_have_count(len(files))
    return one, two


@pytest.mark.browser
def test_what_one_tab_does_is_seen_in_the_other_and_undone_after_a_reload(visitor, clips):  # noqa: F811
    one, two = open_twice(visitor, clips[:3])
    one.locator(LABEL).first.fill("typed here")
    expect(two.locator(LABEL).first).to_have_value("typed here")
    one.locator("#id_order").select_option("listed")
    expect(two.locator("#id_order")).to_have_value("listed")
    one.locator("[name=effects]").evaluate("box => { box.closest('details').open = true }")
    one.locator("[name=effects]").check()
    expect(two.locator("[name=effects]")).to_be_checked()
    second = one.locator("[data-entry]").nth(1)
    second.focus()
    one.keyboard.press("ArrowUp")
    expect(two.locator(LABEL).nth(1)).to_have_value("typed here")
    two.reload()
    for _step in range(2):
        two.locator("#stage").click()
        two.keyboard.press("Control+z")
        two.wait_for_timeout(700)
    expect(two.locator("[name=effects]")).not_to_be_checked()
    expect(two.locator(LABEL).first).to_have_value("typed here")
    expect(one.locator("[name=effects]")).not_to_be_checked()
    expect(one.locator(LABEL).first).to_have_value("typed here")
    two.keyboard.press("Control+Shift+z")
    expect(two.locator("[name=effects]")).to_be_checked()
    expect(two.get_by_role("button", name="Undo: sound effects")).to_be_enabled()


@pytest.mark.browser
@pytest.mark.parametrize("choice", ["Keep mine", pytest.param("Take the other one", marks=pytest.mark.long)])
def test_the_later_tab_is_told_and_offered_both(visitor, clips, choice):  # noqa: F811
    one, two = open_twice(visitor, clips[:3])
    field = two.locator(LABEL).first
    field.focus()
    field.evaluate("field => { field.value = 'of the second tab' }")  # typed, and not sent yet
    one.locator(LABEL).first.fill("of the first tab")
    expect(one.locator(".label-form .kept-word").first).to_be_attached()
    one.locator(LABEL).first.blur()
    field.dispatch_event("input")
    expect(two.get_by_role("button", name="Keep mine")).to_be_visible()
    expect(field).to_have_value("of the second tab")
    with two.expect_response(re.compile(r"/edit/$")) as asked:  # what it said before either tab typed
        field.fill(field.evaluate("field => field.defaultValue"))
    assert asked.value.status == 409
    field.fill("of the second tab")
    expect(two.get_by_role("button", name="Keep mine: “of the second tab”")).to_be_visible()
    two.get_by_role("button", name=choice).click()
    kept = "of the second tab" if choice == "Keep mine" else "of the first tab"
    for page in (one, two):
        expect(page.locator(LABEL).first).to_have_value(kept)
    expect(two.locator(".clash")).to_have_count(0)
    two.reload()
    expect(two.locator(LABEL).first).to_have_value(kept)


@pytest.mark.long
@pytest.mark.browser
def test_the_question_and_what_was_typed_stay_when_the_field_is_left_and_the_page_looks_again(visitor, clips):  # noqa: F811
    one, two = open_twice(visitor, clips[:3])
    two.evaluate("shown = Infinity")  # it hears of the first tab later than one types here
    one.locator(LABEL).first.fill("of the first tab")
    expect(one.locator(".label-form .kept-word").first).to_be_attached()
    field = two.locator(LABEL).first
    field.fill("of the second tab")
    expect(two.get_by_role("button", name="Keep mine")).to_be_visible()
    field.press("Tab")
    two.wait_for_timeout(500)
    with two.expect_response(re.compile(r"/projects/\d+/$")):
        two.evaluate("shown = 0, refresh()")
    two.wait_for_timeout(500)
    expect(field).to_have_value("of the second tab")
    expect(two.get_by_role("button", name="Keep mine: “of the second tab”")).to_be_visible()
    two.get_by_role("button", name="Take the other one: “of the first tab”").click()
    expect(two.locator(".clash")).to_have_count(0)
    expect(field).to_have_value("of the first tab")
    two.reload()
    expect(two.locator(LABEL).first).to_have_value("of the first tab")


@pytest.mark.long
@pytest.mark.browser
def test_what_is_typed_while_the_studio_does_not_answer_is_sent_when_it_does(browser, studio_server, clips):  # noqa: F811
    context = browser.new_context(locale="en-US", base_url=studio_server.url)
    page = context.new_page()
    upload(page, clips[:3])
    context.route(re.compile(r"/(edit|title)/$"), lambda route: route.abort())
    page.locator(LABEL).first.fill("typed in the dark")
    expect(page.locator(".label-form .saved").first).to_have_text("not saved yet")
    warned: list[str] = []
    page.on("dialog", lambda dialog: (warned.append(dialog.type), dialog.dismiss()))
    page.evaluate("location.reload()")
    page.wait_for_timeout(500)
    assert warned == ["beforeunload"]
    context.unroute(re.compile(r"/(edit|title)/$"))
    expect(page.locator(".label-form .kept-word").first).to_be_attached(timeout=8000)
    page.reload()
    assert warned == ["beforeunload"]
    expect(page.locator(LABEL).first).to_have_value("typed in the dark")
    context.close()


@pytest.mark.long
@pytest.mark.browser
def test_what_was_typed_as_a_page_was_left_is_asked_about_when_it_comes_back(visitor, clips):  # noqa: F811
    """Nobody hears the answer to what is sent in the last moment."""
    one, two = open_twice(visitor, clips[:3])
    two.evaluate("shown = Infinity")  # it does not hear of the first tab
    one.locator(LABEL).first.fill("of the first tab")
    expect(one.locator(".label-form .kept-word").first).to_be_attached()
    one.locator(LABEL).first.blur()
    two.locator(LABEL).first.evaluate(
        """field => {
          field.value = "of the second tab";
          field.dispatchEvent(new Event("input", { bubbles: true }));
          location.reload();
        }"""
    )
    expect(two.get_by_role("button", name="Keep mine: “of the second tab”")).to_be_visible()
    expect(two.locator(LABEL).first).to_have_value("of the second tab")
    two.get_by_role("button", name="Keep mine").click()
    expect(one.locator(LABEL).first).to_have_value("of the second tab")
    two.reload()
    expect(two.locator(LABEL).first).to_have_value("of the second tab")
    expect(two.locator(".clash")).to_have_count(0)


@pytest.mark.long
@pytest.mark.browser
def test_blurred_areas_of_both_tabs_are_offered_and_one_is_taken(visitor, clips):  # noqa: F811
    one, two = open_twice(visitor, clips[:3])
    two.evaluate("shown = Infinity")
    for page in (one, two):
        page.locator(".cut-box > summary").first.click()
        page.locator(".masks-box > summary").first.click()
    one.locator("[data-add]").first.click()
    expect(one.locator(".masks-form .kept-word").first).to_be_attached()
    two.locator("[data-add]").first.click()
    two.locator(".masks-form > [data-mask] [name=x]").first.fill("11")
    two.locator(".masks-form > [data-mask] [name=x]").first.blur()
    expect(two.get_by_role("button", name="Keep mine")).to_be_visible()
    expect(two.locator(".masks-form > [data-mask] [name=x]").first).to_have_value("11")
    two.get_by_role("button", name="Keep mine").click()
    expect(two.locator(".clash")).to_have_count(0)
    one.reload()
    expect(one.locator(".masks-form > [data-mask] [name=x]").first).to_have_value("11")
    one.locator(".cut-box > summary").first.click()
    one.locator(".masks-box > summary").first.click()
    two.locator(".masks-form > [data-mask] [name=x]").first.fill("12")
    two.locator(".masks-form > [data-mask] [name=x]").first.blur()
    expect(two.locator(".masks-form .kept-word").first).to_be_attached()
    one.evaluate("shown = Infinity")
    field = one.locator(".masks-form > [data-mask] [name=x]").first
    field.evaluate("field => { field.form.elements.was.value = 'what it knew'; field.value = 13 }")
    field.dispatch_event("change")
    one.get_by_role("button", name="Take the other one").click()
    expect(one.locator(".masks-form > [data-mask] [name=x]").first).to_have_value("12")
    expect(one.locator(".clash")).to_have_count(0)


@pytest.mark.long
@pytest.mark.browser
def test_the_browser_asks_before_it_leaves_an_upload_or_a_recording(browser, studio_server, clips):  # noqa: F811
    context = browser.new_context(locale="en-US", base_url=studio_server.url, permissions=["microphone"])
    page, warned = context.new_page(), []
    upload(page, clips[:3])
    page.on("dialog", lambda dialog: (warned.append(dialog.type), dialog.dismiss()))
    page.locator(".sound-box > summary").first.click()
    page.locator("[data-record]").first.click()
    expect(page.locator(".voice-clock").first).to_have_text("0:01")
    page.evaluate("location.reload()")
    page.wait_for_timeout(500)
    assert warned == ["beforeunload"]
    with page.expect_response(re.compile(r"/voice/")):
        page.locator("[data-record]").first.click()
    page.wait_for_timeout(300)
    context.route(re.compile(r"/upload/$"), lambda route: None)  # it stays on its way
    page.locator("[data-drop] input[type=file]").first.set_input_files(clips[3])
    page.wait_for_timeout(300)
    page.evaluate("location.reload()")
    page.wait_for_timeout(500)
    assert warned == ["beforeunload"] * 2
    context.close()


@pytest.mark.browser
def test_the_question_mark_shows_the_keys_on_every_page(visitor, clips):  # noqa: F811
    page = visitor("ko-KR")
    for address in ("/", "/library/"):
        page.goto(address)
        page.locator("h1, h2").first.click()
        page.keyboard.press("?")
        expect(page.locator("#keys")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#keys")).to_be_hidden()
    page.goto("/")
    page.locator("#q").fill("a?")
    page.locator("#q").press("?")
    expect(page.locator("#keys")).to_be_hidden()
    page.locator("[data-keys]").click()
    expect(page.locator("#keys")).to_be_visible()


@pytest.mark.django_db
def test_a_page_without_scripts_can_move_and_edit(client, project):  # noqa: F811
    third = entry(project, 3)
    client.post(reverse("entry-move", args=[third.pk]), {"rank": 1, "was": 3})
    answer = client.post(reverse("entry-move", args=[third.pk]), {"rank": 2, "was": 3}, follow=True)
    assert "Another tab moved this rank" in answer.content.decode()
