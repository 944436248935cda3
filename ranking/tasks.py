"""The hub's own Celery tasks: an id in, one call out."""

from celery import shared_task
from django.conf import settings
from django.utils.module_loading import import_string

from ranking import heartbeat, storage
from ranking.sweep import sweep


@shared_task(name="sweep_jobs_task", ignore_result=True)
def sweep_jobs_task() -> int:
    heartbeat.sign("beat")
    return sweep()


@shared_task(name="cleanup_temp_files")
def cleanup_temp_files() -> int:
    return storage.remove_old_temp_files() + sum(import_string(name)() for name in settings.CLEANERS)
