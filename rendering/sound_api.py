"""The REST API of sound: a user's music, and the voice of a rank, spoken from text or recorded."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, File, Router, Schema, Status
from ninja.files import UploadedFile

from ranking.forms import first_error
from ranking.problems import ErrorOut, problem
from rendering import recording, voice
from rendering.project_api import EntryOut, ranked
from rendering.sound_forms import CreditForm, SayForm
from rendering.tracks import add_track, remove_track
from scraping.probe import BadFile

router = Router(tags=["sound"])
VOICE = "/projects/{int:pk}/entries/{int:rank}/voice"


class TrackOut(Schema):
    id: int = Field(description="To be named as a project's music.track")
    name: str
    credit: str = Field(description="Named in the texts of films with this music; empty for nobody")
    seconds: float


class CreditIn(Schema):
    credit: str = Field(max_length=300, description="Whom to name, such as a title, its maker and its licence")


class SayIn(Schema):
    text: str = Field(max_length=300, description="What is said over the clip")
    voice: str = Field("", description="Empty for the first voice that this studio has")


@router.get("/music", response=list[TrackOut], summary="Your music")
def list_music(request: HttpRequest) -> Any:
    return request.user.tracks.all()


@router.post("/music", response={201: TrackOut, 422: ErrorOut}, summary="Upload one piece of music")
def create_music(request: HttpRequest, file: File[UploadedFile]) -> Status:
    """Any file with sound will do; the same file again is the same music."""
    try:
        return Status(201, add_track(file, request.user))
    except BadFile as bad:
        return Status(422, problem(bad.code, bad.message))


@router.patch("/music/{int:pk}", response={200: TrackOut, 404: ErrorOut, 422: ErrorOut}, summary="Credit a music")
def change_music(request: HttpRequest, pk: int, data: CreditIn) -> Status:
    form = CreditForm(data.dict(), instance=get_object_or_404(request.user.tracks, pk=pk))
    if not form.is_valid():
        return Status(422, problem("invalid", first_error(form)))
    return Status(200, form.save())


@router.delete("/music/{int:pk}", response={204: None, 404: ErrorOut, 409: ErrorOut}, summary="Delete unused music")
def delete_music(request: HttpRequest, pk: int) -> Status:
    why_not = remove_track(get_object_or_404(request.user.tracks, pk=pk))
    return Status(409, problem("in_use", why_not)) if why_not else Status(204, None)


@router.post(VOICE, response={200: EntryOut, 404: ErrorOut, 422: ErrorOut}, summary="Have a text spoken over a rank")
def create_voice(request: HttpRequest, pk: int, rank: int, data: SayIn) -> Status:
    entry, form = ranked(request, pk, rank), SayForm(data.dict())
    if not form.is_valid():
        return Status(422, problem("invalid", first_error(form)))
    try:
        recording.say(entry, form.cleaned_data["text"], form.cleaned_data["voice"])
    except voice.VoiceError as error:
        return Status(422, problem("no_voice", str(error)))
    except BadFile as bad:
        return Status(422, problem(bad.code, bad.message))
    return Status(200, entry)


@router.post(
    f"{VOICE}/recording",
    response={200: EntryOut, 404: ErrorOut, 422: ErrorOut},
    summary="Upload what is said over a rank",
)
def create_recording(request: HttpRequest, pk: int, rank: int, file: File[UploadedFile]) -> Status:
    entry = ranked(request, pk, rank)
    try:
        recording.record(entry, file)
    except BadFile as bad:
        return Status(422, problem(bad.code, bad.message))
    return Status(200, entry)


@router.delete(VOICE, response={200: EntryOut, 404: ErrorOut}, summary="Take the voice of a rank away")
def delete_voice(request: HttpRequest, pk: int, rank: int) -> Any:
    entry = ranked(request, pk, rank)
    recording.remove(entry)
    return entry
