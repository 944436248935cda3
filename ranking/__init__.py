"""The hub and the site: users, videos, projects, jobs, settings."""

from ranking.celery import app as celery_app

__all__ = ["celery_app"]
