"""The admin: projects with their ranking, and a history of jobs that nobody edits."""

import pytest
from django.contrib import admin
from django.urls import reverse

from ranking.jobs import Job
from ranking.models import Project, Video
from rendering.models import Render


@pytest.fixture
def curator(client, alice):
    alice.is_staff = alice.is_superuser = True
    alice.save()
    return client


@pytest.fixture
def project(alice):
    project = Project.objects.create(owner=alice, title="TOP 3")
    for name in "abc":
        project.add(Video.objects.create(source="file", external_id=name, caption=name), label=name)
    return project


def saved(browser, project, *rows, new=0):
    """Send the project's form with rows of (entry, place), or (video, place) for those that are new."""
    names = ("title", "target", "style", "order", "transition", "track_start", "track_volume")
    data = {name: getattr(project, name) for name in names} | {"owner": project.owner_id}
    data |= {"entries-TOTAL_FORMS": len(rows), "entries-INITIAL_FORMS": len(rows) - new, "seconds": ""}
    for number, (row, place, *more) in enumerate(rows):
        is_entry = hasattr(row, "video_id")
        fields = {
            "place": place,
            "label": getattr(row, "label", "new"),
            "fit": "cover",
            "volume": 1,
            "start": "",
            "end": "",
        }
        fields |= {
            "video": row.video_id if is_entry else row.pk,
            "id": row.pk if is_entry else "",
            "project": project.pk,
        }
        fields |= {"DELETE": "on"} if "delete" in more else {}
        data |= {f"entries-{number}-{name}": value for name, value in fields.items()}
    return browser.post(reverse("admin:ranking_project_change", args=[project.pk]), data)


def order(project):
    return [(entry.rank, entry.label) for entry in project.ranked()]


def entries(project):
    return list(project.ranked())


def test_two_ranks_are_swapped_in_one_form(curator, project):
    a, b, c = entries(project)
    assert saved(curator, project, (a, 2), (b, 1), (c, 3)).status_code == 302
    assert order(project) == [(1, "b"), (2, "a"), (3, "c")]


@pytest.mark.parametrize(("places", "expected"), [((3, 2, 3), "bca"), ((1, 2, 1), "cab"), ((1, 2, 3), "abc")])
def test_moving_one_entry_makes_room_for_it(curator, project, places, expected):
    assert saved(curator, project, *zip(entries(project), places, strict=True)).status_code == 302
    assert order(project) == list(enumerate(expected, 1))


def test_a_removed_entry_closes_the_gap_and_a_new_one_is_put_in(curator, project):
    a, b, c = entries(project)
    video = Video.objects.create(source="file", external_id="d", caption="d")
    answer = saved(curator, project, (a, 1, "delete"), (b, 2), (c, 3), (video, 1), new=1)
    assert answer.status_code == 302
    assert order(project) == [(1, "new"), (2, "b"), (3, "c")]


def test_the_same_video_twice_is_refused_and_nothing_changes(curator, project):
    a, b, c = entries(project)
    answer = saved(curator, project, (a, 1), (b, 2), (c, 3), (a.video, 4), new=1)
    assert answer.status_code == 200
    assert order(project) == [(1, "a"), (2, "b"), (3, "c")]


def test_every_list_and_form_of_the_admin_opens(curator, project):
    for model, model_admin in admin.site._registry.items():
        names = model._meta.app_label, model._meta.model_name
        assert curator.get(reverse("admin:{}_{}_changelist".format(*names))).status_code == 200, names
        if model_admin.search_fields:
            assert curator.get(reverse("admin:{}_{}_changelist".format(*names)), {"q": "춤"}).status_code == 200, names
    assert curator.get(reverse("admin:ranking_project_change", args=[project.pk])).status_code == 200


def test_the_list_of_projects_costs_the_same_for_one_and_for_many(
    curator, project, alice, django_assert_max_num_queries
):
    for number in range(15):
        Project.objects.create(owner=alice, title=f"more {number}")
    with django_assert_max_num_queries(12):
        curator.get(reverse("admin:ranking_project_changelist"))


def test_job_history_is_read_and_never_edited(curator, project, alice):
    job = Render.objects.create(project=project, owner=alice, status="failed", error="no disk")
    page = reverse("admin:rendering_render_change", args=[job.pk])
    assert "no disk" in curator.get(page).content.decode()
    assert curator.post(page, {"status": "done"}).status_code == 403
    assert curator.get(reverse("admin:rendering_render_add")).status_code == 403
    job.refresh_from_db()
    assert job.status == "failed"


def test_every_kind_of_job_and_the_task_results_have_a_history():
    from django_celery_results.models import TaskResult

    admin.autodiscover()
    assert {*Job.__subclasses__(), TaskResult} <= set(admin.site._registry)


def test_bob_without_staff_rights_sees_no_admin(bobs_client):
    assert bobs_client.get(reverse("admin:index")).status_code == 302
