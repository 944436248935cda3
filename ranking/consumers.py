"""The WebSockets of a job and of a project: the present state on connect, and again after each nudge."""

import json
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import translation

from ranking import jobs, steps
from ranking.models import Project


class RowConsumer(AsyncWebsocketConsumer):
    """Sends the state of a row to its owner only; a kind says which row and what is sent of it."""

    async def connect(self) -> None:
        self.query = QueryDict(self.scope["query_string"])  # as the page's address has it: sort and filters
        self.as_json = self.query.get("format") == "json"
        row = await database_sync_to_async(self.find)()
        user = self.scope["user"]
        if row is None or not user.is_authenticated or row.owner_id != user.pk:
            await self.close(4404)
            return
        self.group = row.group
        # Join before reading the row: what happens in between is then not missed.
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()
        await self.job_changed({})

    async def disconnect(self, code: int) -> None:
        if hasattr(self, "group"):
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Any message asks for the present state: a page that woke up sends one."""
        await self.job_changed({})

    async def job_changed(self, event: dict[str, Any]) -> None:
        text = await database_sync_to_async(self._state)()
        if text:
            await self.send(text)

    def _state(self) -> str:
        row = self.find()
        if row is None:
            return ""
        with translation.override(self._language()):
            return self.told(row)

    def _language(self) -> str:
        chosen = self.scope.get("cookies", {}).get(settings.LANGUAGE_COOKIE_NAME)
        accepted = dict(self.scope["headers"]).get(b"accept-language", b"").decode("latin-1")
        for code in [chosen or "", *(part.split(";")[0].strip() for part in accepted.split(","))]:
            if code.split("-")[0].lower() in dict(settings.LANGUAGES):
                return code.split("-")[0].lower()
        return settings.LANGUAGE_CODE


class JobConsumer(RowConsumer):
    """Sends the job's partial as HTML, or with ?format=json as an object."""

    def find(self) -> jobs.Job | None:
        return jobs.find(self.scope["url_route"]["kwargs"]["job_id"])

    def told(self, job: jobs.Job) -> str:
        if self.as_json:
            return json.dumps(job.as_dict())
        return render_to_string(jobs.partial(job, self.query), {"job": job, "live": True, "query": self.query})


class ProjectConsumer(RowConsumer):
    """Sends what can be undone of a project, with its version: a page that knows an older one looks again."""

    def find(self) -> Project | None:
        return Project.objects.filter(pk=self.scope["url_route"]["kwargs"]["pk"]).first()

    def told(self, project: Project) -> str:
        return render_to_string("ranking/_history.html", {"project": project, "steps": steps.offers(project)})
