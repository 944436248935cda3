"""The admin is read by people: names in place of internal words, short numbers, reasons in the page's language."""

from importlib.resources import files

import polib
import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django_celery_results.models import GroupResult, TaskResult

from ranking import admin_words
from ranking.channels import Channel
from ranking.models import Project, User, Video
from rendering.models import OwnStyle, Render, Segment
from scraping.asked import line
from scraping.models import Download, Search, Trial

pytestmark = pytest.mark.django_db
CAPTION = "심장이 뛰는 순간 " * 12


@pytest.fixture
def owner(db) -> User:
    return User.objects.create_superuser("owner", password="owner's password")


@pytest.fixture
def korean(owner) -> Client:
    client = Client(headers={"accept-language": "ko"})
    client.force_login(owner)
    return client


@pytest.fixture
def project(owner) -> Project:
    project = Project.objects.create(owner=owner, title="심쿵 | TOP 3")
    project.add(Video.objects.create(source="tiktok", external_id="1", caption=CAPTION, play_count=1_234_567))
    return project


def read(client: Client, name: str, *args) -> str:
    answer = client.get(reverse(f"admin:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_of_videos_tells_counts_sources_and_dates_in_short(korean, project):
    published = timezone.localtime().replace(year=2026, month=3, day=5)
    Video.objects.update(published_at=published, duration=6.2, refused="private")
    page = read(korean, "ranking_video_changelist")

    for words in ("123만", ">TikTok<", "0:06", "2026-3-5<", "비공개"):
        assert words in page, words
    for words in ("1234567", ">tiktok<", CAPTION.strip(), "share_count", "save_count"):
        assert words not in page, words


def test_a_filter_offers_the_names_of_sources_also_with_their_counts(korean, project):
    Video.objects.create(source="file", external_id="2")
    counted = korean.get(reverse("admin:ranking_video_changelist"), {"_facets": "True"}).content.decode()
    assert "TikTok (1)" in counted and "내 파일 (1)" in counted

    only = korean.get(reverse("admin:ranking_video_changelist"), {"source": "file"})
    assert [video.source for video in only.context["cl"].queryset] == ["file"]


def test_no_way_leads_from_a_ranking_to_the_deleting_of_its_videos(korean, project):
    page = read(korean, "ranking_project_change", project.pk)

    assert "view_id_entries-0-video" in page  # one may look at it
    assert not [word for word in ("delete", "change", "add") if f"{word}_id_entries-0-video" in page]
    assert not [word for word in ("delete", "change", "add") if f'id="{word}_id_owner"' in page]
    assert 'name="entries-0-DELETE"' in page


def test_what_a_film_is_made_for_and_its_style_are_chosen_by_name(korean, project):
    page = read(korean, "ranking_project_change", project.pk)
    assert '<option value="tiktok">TikTok' in page and '<option value="classic" selected>클래식' in page

    page = read(korean, "ranking_project_changelist")
    assert ">YouTube Shorts<" in page and ">클래식<" in page
    assert ">shorts<" not in page and ">classic<" not in page


@pytest.mark.parametrize("fields", [{"target": "nowhere"}, {"style": "none"}, {"seconds": "1"}, {"voice": "nobody"}])
def test_a_channel_takes_only_what_a_film_can_be_made_with(korean, owner, fields):
    good = {"name": "심쿵", "owner": owner.pk, "top": 5, "target": "shorts", "style": "classic", "order": "countdown"}
    good |= {"transition": "cut", "track_start": 0, "track_volume": 1}
    assert korean.post(reverse("admin:ranking_channel_add"), good | fields).status_code == 200
    assert not Channel.objects.exists()
    assert korean.post(reverse("admin:ranking_channel_add"), good).status_code == 302
    assert Channel.objects.get().style == "classic"


def test_a_style_of_somebody_else_is_refused_where_the_owner_changes(korean, owner):
    own = OwnStyle.objects.create(owner=owner, name="내 것", data={})
    channel = Channel.objects.create(owner=owner, name="심쿵", style=f"own-{own.pk}")
    page = reverse("admin:ranking_channel_change", args=[channel.pk])
    assert "내 것" in korean.get(page).content.decode()

    other = User.objects.create_user("민지")
    fields = {
        "name": "심쿵",
        "owner": other.pk,
        "top": 5,
        "target": "shorts",
        "style": channel.style,
        "order": "countdown",
    }
    fields |= {"transition": "cut", "track_start": 0, "track_volume": 1}
    assert "민지 님에게 없는 스타일이에요." in korean.post(page, fields).content.decode()
    channel.refresh_from_db()
    assert channel.owner == owner


def test_a_style_that_is_gone_stays_as_it_is_while_something_else_is_changed(korean, owner):
    channel = Channel.objects.create(owner=owner, name="심쿵", style="own-99")
    fields = {
        "name": "새 이름",
        "owner": owner.pk,
        "top": 5,
        "target": "shorts",
        "style": "own-99",
        "order": "countdown",
    }
    fields |= {"transition": "cut", "track_start": 0, "track_volume": 1}
    page = reverse("admin:ranking_channel_change", args=[channel.pk])
    assert korean.post(page, fields).status_code == 302
    channel.refresh_from_db()
    assert (channel.name, channel.style) == ("새 이름", "own-99")


def test_a_job_is_called_by_what_it_works_on_and_its_state(project, owner):
    render = Render.objects.create(project=project, owner=owner, status="cancelled")
    with translation.override("ko"):
        assert str(render) == "심쿵 TOP 3 (취소됨)"
        assert str(Segment(render=render, position=2, frames=30)) == "심쿵 TOP 3 #2 (대기 중)"
        assert str(Trial(source="tiktok", status="done")) == "TikTok (완료)"
    assert render.mark == f"render {str(render.pk)[:8]}"


def test_a_reason_that_a_worker_stored_is_read_in_the_language_of_the_page(korean, project, owner):
    error = "The disk is full. Free some space and try again."
    render = Render.objects.create(project=project, owner=owner, status="failed", error=error, percent=40)
    for page in (read(korean, "rendering_render_changelist"), read(korean, "rendering_render_change", render.pk)):
        assert error not in page and "저장 공간이 가득 찼어요." in page
        assert "실패" in page and "실패 40" not in page


def test_how_far_a_job_is_stands_beside_its_state_while_it_goes_on(korean, owner, project):
    fields = {"owner": owner, "video": project.ranked()[0].video, "message": "Asking TikTok"}
    Download.objects.create(**fields, status="running", percent=40.7)
    assert "작업 중 40%" in read(korean, "scraping_download_changelist")


def test_what_each_source_said_is_told_in_sentences(korean, owner):
    told = [line("tiktok", "found", found=9), line("youtube", "off")]
    skipped = [{"what": "https://www.tiktok.com/@a/photo/1", "reason": "This entry is not a video."}]
    search = Search.objects.create(owner=owner, query="심쿵", source="auto", asked=told, skipped=skipped, language="ko")
    page = read(korean, "scraping_search_change", search.pk)

    assert "TikTok: 9개" in page and "YouTube Shorts: 꺼" in page
    assert "photo/1: 영상이 아닌 항목이에요." in page and "한국어" in page
    assert "&quot;source&quot;" not in page and ">auto<" not in page


def test_what_is_technical_is_folded_away_and_not_edited(korean, project):
    video = Video.objects.get()
    page = read(korean, "ranking_video_change", video.pk)

    assert "<details><summary>" in page and "기술 정보" in page
    assert reverse("video", args=[video.pk]) in page
    assert not [name for name in ("music", "cover_hashes", "hashes", "refused") if f'name="{name}"' in page]


def test_an_empty_list_says_what_comes_there_and_a_search_that_nothing_fits(korean):
    assert "찾거나 올린 영상이 여기에 모여요." in read(korean, "ranking_video_changelist")
    answer = korean.get(reverse("admin:ranking_video_changelist"), {"q": "없는낱말"})
    assert "이 조건에 맞는 것이 없어요." in answer.content.decode()


def test_celerys_results_are_read_and_never_written(korean):
    result = TaskResult.objects.create(task_id="t", task_name="download_video_task", status="FAILURE")
    assert "download_video_task" in read(korean, "django_celery_results_taskresult_changelist")
    assert "실패" in read(korean, "django_celery_results_taskresult_change", result.pk)
    assert korean.get(reverse("admin:django_celery_results_taskresult_add")).status_code == 403
    assert GroupResult not in admin.site._registry


def test_what_a_group_may_do_is_ticked_in_korean_for_what_the_admin_shows(korean):
    page = read(korean, "auth_group_add")
    assert "영상: 변경" in page and "Can change" not in page and "세션" not in page

    change = Permission.objects.get(codename="change_video")
    answer = korean.post(reverse("admin:auth_group_add"), {"name": "큐레이터", "permissions": [change.pk]})
    assert answer.status_code == 302
    curators = Group.objects.get()
    assert list(curators.permissions.all()) == [change]

    person = User.objects.create_user("민지", password="민지의 말", is_staff=True)
    person.groups.add(curators)
    client = Client(headers={"accept-language": "ko"})
    client.force_login(person)
    assert client.get(reverse("admin:ranking_video_changelist")).status_code == 200
    assert client.get(reverse("admin:ranking_project_changelist")).status_code == 403


def test_what_was_changed_is_told_under_one_name(korean, project):
    assert "변경 기록</a>" in read(korean, "ranking_project_change", project.pk)
    page = read(korean, "ranking_project_history", project.pk)
    assert "› 변경 기록<" in page and "작업 기록" not in page
    assert "랭킹 1개" in read(korean, "ranking_project_changelist")


def test_all_words_that_stand_in_for_those_of_django_are_still_its_own():
    kept = [files(f"django.contrib.{app}") / "locale/en/LC_MESSAGES/django.po" for app in ("admin", "auth")]
    theirs = {entry.msgid for path in kept for entry in polib.pofile(str(path))}
    assert [words for words in admin_words.DJANGO if words not in theirs] == []


@pytest.mark.parametrize("name", ["index", "ranking_video_changelist", "scraping_search_changelist"])
def test_the_broken_korean_of_others_is_met_nowhere(korean, project, name):
    page = read(korean, name)
    assert not [
        words for words in ("보기위한", "(으)로", "사용자(들)", "Celery Results", "Group", "필터에") if words in page
    ]


def test_the_count_of_what_is_chosen_is_said_in_order(korean):
    assert "%(cnt)s\\uac1c \\uc911 %(sel)s\\uac1c \\uc120\\ud0dd" in read(korean, "jsi18n")
