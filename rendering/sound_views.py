"""Pages of sound: the music of a ranking, the voice of a rank, muting and replacing what a clip brought."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import reswap, retarget, trigger_client_event

from ranking.clashes import Changed, check, edit, offer_both, unsettled
from ranking.forms import first_error
from ranking.history import changing, volume_before
from ranking.media import serve
from ranking.models import Entry, Project, Track
from ranking.owned import entry_of, project_of
from rendering import recording
from rendering.sound_forms import CreditForm, MusicForm, SayForm
from rendering.tracks import add_track, remove_track
from rendering.voice import VoiceError
from rendering.voiceover import voice_path
from scraping.probe import BadFile

TYPES = {"mp3": "audio/mpeg", "wav": "audio/wav", "flac": "audio/flac", "ogg": "audio/ogg", "m4a": "audio/mp4"}


def _told(request: HttpRequest, project: Project, problem: str, note: str) -> HttpResponse:
    """Answer with the project page, which says the problem or the note."""
    if problem or note:
        messages.add_message(request, messages.ERROR if problem else messages.INFO, problem or note)
    return redirect(project)


def _music(request: HttpRequest, project: Project, problem: str = "", note: str = "") -> HttpResponse:
    """Answer a change of the music: its box as it is now, or the project page where there is no htmx."""
    if not request.htmx:
        return _told(request, project, problem, note)
    project.refresh_from_db()
    context = {"project": project, "problem": problem, "note": note, "open": True}
    return render(request, "rendering/_music.html", context, status=422 if problem else 200)


def _voice(
    request: HttpRequest, entry: Entry, problem: str = "", note: str = "", *, list_too: bool = False
) -> HttpResponse:
    """Answer a change of a rank's sound: its box as it is now, or the project page where there is no htmx."""
    if not request.htmx:
        return _told(request, entry.project, problem, note)
    context = {"entry": entry, "video": entry.video, "problem": problem, "note": note, "open": True}
    response = render(request, "rendering/_voice.html", context, status=422 if problem else 200)
    return trigger_client_event(response, "entries-changed") if list_too else response


@require_POST
def choose_music(request: HttpRequest, project_id: int) -> HttpResponse:
    project = project_of(request, project_id)
    form, clashes = edit(project, MusicForm, request.POST)
    if clashes and not request.htmx:
        return _music(request, project, _("Another tab changed the music meanwhile. This is how it is now."))
    if clashes:
        shown = {"clashes": clashes, "was": unsettled(request.POST, clashes)}
        response = render(request, "ranking/_clash.html", shown, status=409)
        return reswap(retarget(response, "#both-music"), "innerHTML")
    if form.errors:
        return _music(request, project, first_error(form))
    return _music(request, project, note=_("saved"))


@require_POST
def add_music(request: HttpRequest, project_id: int) -> HttpResponse:
    project, upload = project_of(request, project_id), request.FILES.get("music")
    if upload is None:
        return _music(request, project, _("Choose a music file first."))
    try:
        track = add_track(upload, request.user)
    except BadFile as bad:
        return _music(request, project, bad.message)
    with changing(project):
        project.track, project.track_start = track, 0
        project.save(update_fields=["track", "track_start", "updated_at"])
    return _music(request, project, note=_("%(name)s lies under the film now.") % {"name": track.name})


@require_POST
def remove_music(request: HttpRequest, project_id: int, track_id: int) -> HttpResponse:
    project = project_of(request, project_id)
    problem = remove_track(get_object_or_404(request.user.tracks, pk=track_id))
    return _music(request, project, problem, "" if problem else _("The music is deleted."))


@require_POST
def credit_music(request: HttpRequest, project_id: int, track_id: int) -> HttpResponse:
    project = project_of(request, project_id)
    form = CreditForm(request.POST, instance=get_object_or_404(request.user.tracks, pk=track_id))
    if not form.is_valid():
        return _music(request, project, first_error(form))
    form.save()
    return _music(request, project, note=_("saved"))


@require_safe
def music_file(request: HttpRequest, track_id: int) -> HttpResponseBase:
    track: Track = get_object_or_404(request.user.tracks, pk=track_id)
    kind = TYPES.get(track.file.name.rpartition(".")[2], "application/octet-stream")
    return serve(request, settings.MEDIA_ROOT / track.file.name, kind, immutable=True)


@require_POST
def mute(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Turn the sound of a clip off or on, as the form says; without that it is turned over."""
    entry, wanted = entry_of(request, entry_id), request.POST.get("sound")
    try:
        with changing(entry.project, gettext_noop("muting or unmuting")):
            entry.refresh_from_db(fields=["volume"])
            heard = "on" if entry.volume > 0 else "off"
            if wanted != heard:
                check(request.POST.get("was", ""), heard)
                entry.volume = 0.0 if heard == "on" else volume_before(entry)
                entry.save(update_fields=["volume"])
    except Changed as changed:
        return offer_both(request, entry.project, changed, f"sound-{entry.pk}")
    return _voice(request, entry, list_too=True)


@require_POST
def replace_sound(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Mute a clip and have music in its place: the ranking's, or the user's newest where it has none yet."""
    entry = entry_of(request, entry_id)
    project = entry.project
    track = project.track or request.user.tracks.order_by("-created_at").first()
    if track is None:
        return _voice(request, entry, _("There is no music yet. Add some under “Music” above the ranking."))
    with changing(project, gettext_noop("replacing a sound by music")):
        project.track = track
        project.save(update_fields=["track", "updated_at"])
        entry.volume = 0.0
        entry.save(update_fields=["volume"])
    note = _("%(name)s plays in place of what was muted.") % {"name": track.name}
    response = _voice(request, entry, list_too=True)
    if request.htmx:  # the music's own box on the same page says so
        context = {"project": project, "note": note, "open": True, "out_of_band": True}
        response.write(render_to_string("rendering/_music.html", context, request))
    return response


@require_POST
def record(request: HttpRequest, entry_id: int) -> HttpResponse:
    entry, upload = entry_of(request, entry_id), request.FILES.get("voice")
    if upload is None:
        return _voice(request, entry, _("Record something first, or choose a sound file."))
    try:
        recording.record(entry, upload, request.POST.get("was", ""))
    except Changed as changed:
        return offer_both(request, entry.project, changed, f"sound-{entry.pk}")
    except BadFile as bad:
        return _voice(request, entry, bad.message)
    return _voice(request, entry)


@require_POST
def say(request: HttpRequest, entry_id: int) -> HttpResponse:
    entry, form = entry_of(request, entry_id), SayForm(request.POST)
    if not form.is_valid():
        return _voice(request, entry, first_error(form))
    try:
        recording.say(entry, form.cleaned_data["text"], form.cleaned_data["voice"], request.POST.get("was", ""))
    except Changed as changed:
        return offer_both(request, entry.project, changed, f"sound-{entry.pk}")
    except (VoiceError, BadFile) as error:
        entry.voice_text = form.cleaned_data["text"]  # shown again, so that it can be changed; not stored
        return _voice(request, entry, str(error))
    return _voice(request, entry)


@require_POST
def remove_voice(request: HttpRequest, entry_id: int) -> HttpResponse:
    entry = entry_of(request, entry_id)
    try:
        recording.remove(entry, request.POST.get("was", ""))
    except Changed as changed:
        return offer_both(request, entry.project, changed, f"sound-{entry.pk}")
    return _voice(request, entry)


@require_safe
def voice_file(request: HttpRequest, entry_id: int) -> HttpResponseBase:
    entry = get_object_or_404(Entry.objects.exclude(voice=""), pk=entry_id, project__owner=request.user)
    return serve(request, voice_path(entry.voice_sha256), "audio/flac")
