"""The WebSocket of one job: its present state on connect, and again after each nudge."""

import json
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import translation

from ranking import jobs


class JobConsumer(AsyncWebsocketConsumer):
    """Sends the job's partial as HTML, or with ?format=json as an object, to the job's owner only."""

    async def connect(self) -> None:
        self.job_id = self.scope["url_route"]["kwargs"]["job_id"]
        self.query = QueryDict(self.scope["query_string"])  # as the page's address has it: sort and filters
        self.as_json = self.query.get("format") == "json"
        job = await database_sync_to_async(jobs.find)(self.job_id)
        user = self.scope["user"]
        if job is None or not user.is_authenticated or job.owner_id != user.pk:
            await self.close(4404)
            return
        # Join before reading the row: what happens in between is then not missed.
        await self.channel_layer.group_add(job.group, self.channel_name)
        await self.accept()
        await self.job_changed({})

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(f"job.{self.job_id}", self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Any message asks for the present state: a page that woke up sends one."""
        await self.job_changed({})

    async def job_changed(self, event: dict[str, Any]) -> None:
        text = await database_sync_to_async(self._state)()
        if text:
            await self.send(text)

    def _state(self) -> str:
        job = jobs.find(self.job_id)
        if job is None:
            return ""
        if self.as_json:
            return json.dumps(job.as_dict())
        with translation.override(self._language()):
            return render_to_string(jobs.partial(job, self.query), {"job": job, "live": True, "query": self.query})

    def _language(self) -> str:
        chosen = self.scope.get("cookies", {}).get(settings.LANGUAGE_COOKIE_NAME)
        accepted = dict(self.scope["headers"]).get(b"accept-language", b"").decode("latin-1")
        for code in [chosen or "", *(part.split(";")[0].strip() for part in accepted.split(","))]:
            if code.split("-")[0].lower() in dict(settings.LANGUAGES):
                return code.split("-")[0].lower()
        return settings.LANGUAGE_CODE
