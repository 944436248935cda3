"""Every edit of a ranking can be undone and done again, also later and in another place."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from ranking import history, steps
from ranking.history import MOST, changing
from ranking.models import Change, Entry, Project, Track, Video

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(alice) -> Project:
    project = Project.objects.create(owner=alice, title="개 TOP 3")
    for number in range(3):
        fields = {"source": "tiktok", "external_id": str(number), "caption": f"clip {number}", "duration": 12.0}
        project.add(Video.objects.create(**fields), label=f"label {number}")
    return project


def post(client, name, pk, **data):
    return client.post(reverse(name, args=[pk]), data, headers={"HX-Request": "true"})


def later(project) -> None:
    """Let the time of a run of typing go by."""
    project.changes.update(made_at=timezone.now() - timedelta(seconds=6))


def labels(project) -> list[str]:
    return [entry.label for entry in project.ranked()]


def entry(project, rank) -> Entry:
    return project.entries.get(rank=rank)


def test_each_kind_of_edit_is_undone_and_done_again_to_the_very_same_state(client, project, alice):
    second, third = entry(project, 2), entry(project, 3)
    more = Video.objects.create(source="tiktok", external_id="new", duration=5.0, caption="A dog that sings")
    Track.objects.create(owner=alice, name="Loop", file="tracks/a.mp3", seconds=9, sha256="a" * 64)
    mask = {"x": 10, "y": 10, "width": 20, "height": 20, "start": "", "end": ""}
    edits = [
        ("project-title", project.pk, {"title": "고양이"}),
        ("project-settings", project.pk, {"target": "reels", "order": "listed", "seconds": "30"}),
        ("entry-edit", second.pk, {"label": "둘"}),
        ("entry-edit", second.pk, {"reason": "because"}),
        ("entry-edit", second.pk, {"start": "1.5", "end": "4", "fit": "contain", "volume": "0.5"}),
        ("entry-move", third.pk, {"rank": "1"}),
        ("entry-add", project.pk, {"video": more.pk}),
        ("project-labels", project.pk, {}),
        ("entry-remove", second.pk, {}),
        ("style-choose", project.pk, {"style": "neon"}),
        ("music-choose", project.pk, {"track": alice.tracks.get().pk}),
        ("entry-mute", third.pk, {}),
        ("entry-masks", third.pk, mask),
    ]
    states = [history.state(project)]
    for name, pk, data in edits:
        assert post(client, name, pk, **data).status_code == 200, name
        states.append(history.state(project))
        assert project.changes.count() == len(states) - 1, name
    for state in reversed(states[:-1]):
        assert post(client, "project-undo", project.pk).status_code == 200
        assert history.state(project) == state
    assert history.undo(project) is None
    for state in states[1:]:
        post(client, "project-redo", project.pk)
        assert history.state(project) == state
    assert history.redo(project) is None


def test_a_removed_rank_comes_back_with_all_of_it_at_its_old_place(client, project):
    second = entry(project, 2)
    Entry.objects.filter(pk=second.pk).update(reason="so", start=1, end=3, volume=0.25, fit="bars", masks=[{"x": 0.1}])
    before = history.state(project)
    post(client, "entry-remove", second.pk)
    assert labels(project) == ["label 0", "label 2"]
    history.undo(project)
    assert history.state(project) == before and entry(project, 2).pk == second.pk


def test_what_is_typed_at_one_go_is_one_step_and_another_field_is_another(client, project):
    first = entry(project, 1)
    for label in ("d", "do", "dog"):
        post(client, "entry-edit", first.pk, label=label)
    post(client, "entry-edit", first.pk, reason="barks")
    later(project)
    post(client, "entry-edit", first.pk, reason="barks loudly")
    assert project.changes.count() == 3
    history.undo(project)
    assert entry(project, 1).reason == "barks"
    history.undo(project)
    history.undo(project)
    assert labels(project)[0] == "label 0"


def test_what_was_typed_and_taken_back_at_one_go_is_no_step(client, project):
    post(client, "entry-edit", entry(project, 1).pk, label="oops")
    post(client, "entry-edit", entry(project, 1).pk, label="label 0")
    assert not project.changes.exists()


def test_an_edit_that_changes_nothing_is_no_step(client, project):
    post(client, "entry-edit", entry(project, 1).pk, label="label 0")
    post(client, "entry-move", entry(project, 1).pk, rank=1)
    post(client, "project-title", project.pk, title="x" * 500)
    assert not project.changes.exists() and Project.objects.get(pk=project.pk).version == 0


def test_a_new_edit_drops_what_was_undone(client, project):
    post(client, "project-title", project.pk, title="one")
    history.undo(project)
    post(client, "project-title", project.pk, title="two")
    assert history.redo(project) is None and project.changes.get().after["project"] == {"title": "two"}


def test_steps_tell_what_they_would_do_in_the_language_of_the_page(client, project):
    post(client, "entry-edit", entry(project, 2).pk, label="다른 라벨")
    page = client.get(project.get_absolute_url(), headers={"Accept-Language": "en"}).content.decode()
    assert "Undo: label of rank 2" in page and "Nothing to redo" in page
    post(client, "entry-remove", entry(project, 3).pk)
    with translation.override("en"):
        assert steps.offers(project)["undo"].told == "removing rank 3"
        history.undo(project)
        offered = steps.offers(project)
        assert (offered["undo"].told, offered["redo"].told) == ("label of rank 2", "removing rank 3")
        post(client, "project-settings", project.pk, target="tiktok", order="countdown")
        assert steps.offers(project)["undo"].told == "made for"


def test_a_button_that_another_tab_overtook_undoes_nothing(client, project):
    post(client, "project-title", project.pk, title="one")
    shown = project.changes.last().number
    post(client, "entry-edit", entry(project, 1).pk, label="the other tab's")
    post(client, "project-undo", project.pk, number=shown)
    assert labels(project)[0] == "the other tab's" and Project.objects.get(pk=project.pk).title == "one"


def test_at_most_200_steps_are_kept(project):
    for number in range(MOST + 5):
        with changing(project, "step"):
            Project.objects.filter(pk=project.pk).update(title=str(number))
    assert project.changes.count() == MOST
    while history.undo(project):
        pass
    assert Project.objects.get(pk=project.pk).title == "4"


def voiced(project, rank: int, name: str):
    """Give a rank a voice with a real file, as recording does."""
    path = settings.MEDIA_ROOT / "voices" / f"{name}.flac"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"fLaC")
    Entry.objects.filter(project=project, rank=rank).update(voice=f"voices/{name}.flac", voice_sha256=name)
    return path


@pytest.mark.django_db(transaction=True)
def test_a_voice_stays_as_long_as_a_step_could_bring_it_back(client, project, valkey):
    path = voiced(project, 2, "a" * 64)
    post(client, "entry-remove", entry(project, 2).pk)
    assert path.exists()
    history.undo(project)
    assert entry(project, 2).voice.name == f"voices/{'a' * 64}.flac"
    post(client, "entry-remove", entry(project, 2).pk)
    Change.objects.all().delete()
    assert not path.exists()


@pytest.mark.django_db(transaction=True)
def test_a_deleted_project_takes_its_history_and_voices_along(client, project, valkey):
    path = voiced(project, 1, "b" * 64)
    post(client, "entry-remove", entry(project, 1).pk)
    client.post(reverse("project-delete", args=[project.pk]))
    assert not Change.objects.exists() and not path.exists()


def test_what_is_gone_since_is_left_out_and_the_rest_comes_back(client, project, alice):
    track = Track.objects.create(owner=alice, name="Loop", file="tracks/a.mp3", seconds=9, sha256="a" * 64)
    post(client, "music-choose", project.pk, track=track.pk)
    post(client, "music-choose", project.pk, track="")
    track.delete()
    history.undo(project)
    assert Project.objects.get(pk=project.pk).track is None
    gone = entry(project, 2)
    post(client, "entry-remove", gone.pk)
    gone.video.delete()
    history.undo(project)
    assert labels(project) == ["label 0", "label 2"]


def test_edits_through_the_api_are_steps_too(client, project):
    sent = {"content_type": "application/json"}
    assert client.patch(f"/api/v1/projects/{project.pk}", {"title": "by api"}, **sent).status_code == 200
    assert client.patch(f"/api/v1/projects/{project.pk}/entries/1", {"label": "api"}, **sent).status_code == 200
    assert project.changes.count() == 2
    history.undo(project)
    history.undo(project)
    assert labels(project)[0] == "label 0" and Project.objects.get(pk=project.pk).title == "개 TOP 3"


def test_bob_neither_sees_nor_undoes_alices_steps(client, bobs_client, project):
    post(client, "project-title", project.pk, title="hers")
    for name in ("project-undo", "project-redo"):
        assert post(bobs_client, name, project.pk).status_code == 404
    assert bobs_client.get(reverse("project-history", args=[project.pk])).status_code == 404
    assert Project.objects.get(pk=project.pk).title == "hers"


def test_undo_works_without_scripts(client, project):
    post(client, "project-title", project.pk, title="hers")
    answer = client.post(reverse("project-undo", args=[project.pk]), follow=True)
    assert answer.redirect_chain and "개 TOP 3" in answer.content.decode()
