"""The Celery tasks of finding and fetching: an id in, one call out."""

from celery import shared_task

from ranking.models import User, Video
from scraping import downloading, health, saved, searching, ytdlp


@shared_task(name="scrape_tiktok_task", ignore_result=True)
def scrape_tiktok_task(search_id: str) -> None:
    searching.run_search(search_id)


@shared_task(name="download_video_task", ignore_result=True)
def download_video_task(download_id: str) -> None:
    downloading.run_download(download_id)


@shared_task(name="download_videos_batch_task")
def download_videos_batch_task(video_ids: list[int], owner_id: int) -> list[str]:
    """Start a download of each video that has a link; return the jobs' ids."""
    owner = User.objects.get(pk=owner_id)
    videos = Video.objects.visible_to(owner).filter(pk__in=video_ids)
    return [str(job.pk) for job in downloading.start_downloads(videos, owner)]


@shared_task(name="ingest_video_task", ignore_result=True)
def ingest_video_task(ingest_id: str) -> None:
    downloading.run_ingest(ingest_id)


@shared_task(name="repeat_saved_searches_task", ignore_result=True)
def repeat_saved_searches_task() -> None:
    saved.repeat_all()


@shared_task(name="try_source_task", ignore_result=True)
def try_source_task(trial_id: str) -> None:
    health.run_trial(trial_id)


@shared_task(name="update_ytdlp_task", ignore_result=True)
def update_ytdlp_task(update_id: str) -> None:
    ytdlp.run_update(update_id)
