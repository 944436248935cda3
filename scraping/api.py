"""The REST API of searching, fetching and uploading, over the functions of the pages. Mounted by ranking/api.py."""

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, File, ModelSchema, Router, Schema, Status
from ninja.files import UploadedFile

from ranking.models import Video
from ranking.problems import ErrorOut, problem
from scraping import health
from scraping.downloading import start_downloads
from scraping.looking import moments_of
from scraping.models import Search
from scraping.moments import Moment
from scraping.searching import LIMIT, MOST, start_search
from scraping.uploads import receive

router = Router(tags=["search"])


class SearchIn(Schema):
    keyword: str = Field(min_length=1, max_length=5000, description="A keyword, or pasted links")
    source: str = Field("auto", max_length=32)
    limit: int = Field(LIMIT, ge=1, le=MOST)


class MomentOut(Schema):
    """A part worth showing: seconds, a score (0 to 1) to compare those of one video by, and codes of why."""

    start: float
    end: float
    score: float
    reasons: list[str]

    @staticmethod
    def resolve_reasons(moment: Moment) -> list[str]:
        return [code for code, _number in moment.reasons]


class VideoOut(ModelSchema):
    """A video as the studio knows it; a count that no source gave is null, never 0."""

    handle: str
    is_ready: bool
    moments: list[MomentOut] = Field(description="Up to three parts of 6 s, the best first; empty until looked at")

    @staticmethod
    def resolve_moments(video: Video) -> list[Moment]:
        return moments_of(video)

    class Meta:
        model = Video
        fields = (
            *("id", "source", "external_id", "url", "author", "caption", "duration", "published_at"),
            *("play_count", "like_count", "comment_count", "share_count", "save_count"),
        )


class SkippedOut(Schema):
    what: str
    reason: str


class AskedOut(Schema):
    """What a source said: kind is found, empty, off or one of refusal; `until` when a resting one is asked again."""

    source: str
    kind: str
    message: str
    found: int
    until: str
    age: int = Field(0, description="Seconds since this was answered; 0 for just now")


class SearchOut(Schema):
    id: uuid.UUID
    status: str
    percent: float
    query: str
    source: str
    message: str
    error: str
    note: str
    created_at: datetime
    finished_at: datetime | None
    answered: str = Field(description="The source that the videos are from; empty while none has answered")
    asked: list[AskedOut]
    skipped: list[SkippedOut]


class SearchWithVideos(SearchOut):
    videos: list[VideoOut]

    @staticmethod
    def resolve_videos(search: Search) -> list[Video]:
        return list(search.videos())


class DownloadsIn(Schema):
    videos: list[int] = Field(min_length=1, max_length=MOST, description="Ids of videos; each has one download")


class DownloadOut(Schema):
    """A download; it is followed under /jobs/{id} or by its WebSocket."""

    id: uuid.UUID
    video_id: int
    status: str
    percent: float
    message: str
    error: str


class SourceOut(Schema):
    """How a source does: state is ok, refused, resting, off, unasked, or local where nobody outside is asked."""

    name: str
    state: str
    on: bool
    needs: list[str]
    answered_at: datetime | None
    latency: float | None = Field(description="Of the last answer, in seconds")
    refused_at: datetime | None
    refusal: str = Field(description="The kind of the last refusal; empty for none")
    refusal_message: str
    failing_since: datetime | None
    failures: int = Field(description="Refusals in a row that rest a source")
    parked_until: datetime | None
    requests_left: int | None
    units_left: int | None
    cookies_set: datetime | None = Field(description="When the asker's own cookies were added")


class YtdlpOut(Schema):
    version: str
    age: int | None = Field(description="Days since the date that is its number")
    old: bool
    previous: str
    since: datetime | None
    taken_back: str
    fetched_at: datetime | None = Field(description="When the last file was fetched")
    failing_since: datetime | None
    refusal: str
    refusal_message: str


class SourcesOut(Schema):
    status: str = Field(description="ok, or degraded where a source that is on, or fetching, fails")
    sources: list[SourceOut]
    ytdlp: YtdlpOut


@router.get("/sources", response=SourcesOut, summary="How the sources do, and yt-dlp's version")
def read_sources(request: HttpRequest) -> dict[str, Any]:
    return health.as_json(request.user)


@router.post("/search", response={202: SearchOut, 422: ErrorOut}, summary="Start a search")
def create_search(request: HttpRequest, data: SearchIn) -> Status:
    keyword = data.keyword.replace("\0", "").strip()
    if not keyword:
        return Status(422, problem("empty_keyword", "The keyword is empty."))
    try:
        return Status(202, start_search(keyword, data.source, request.user, data.limit))
    except ValueError as error:
        return Status(422, problem("unknown_source", str(error)))


@router.get("/search/{uuid:pk}", response=SearchWithVideos, summary="A search and what it found")
def read_search(request: HttpRequest, pk: uuid.UUID) -> Search:
    return get_object_or_404(Search.objects.owned_by(request.user), pk=pk)


@router.post("/downloads", response={202: list[DownloadOut], 422: ErrorOut}, summary="Fetch the files of videos")
def create_downloads(request: HttpRequest, data: DownloadsIn) -> Status:
    videos = Video.objects.visible_to(request.user).filter(pk__in=data.videos)
    started = start_downloads(videos, request.user)
    if not started:
        return Status(422, problem("nothing_to_fetch", "None of these videos has a link to fetch it from."))
    return Status(202, started)


@router.post("/videos", response={201: VideoOut, 422: ErrorOut}, summary="Upload one video file")
def create_video(request: HttpRequest, file: File[UploadedFile]) -> Status:
    received = receive(file, request.user)
    if received.video is None:
        return Status(422, problem(received.code, received.error))
    return Status(201, received.video)
