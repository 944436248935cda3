"""The page of the studio's own parts, where it is developed: the tokens, and the very partials that pages use."""

import re
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ranking import jobs
from ranking.forms import SettingsForm, WeightsForm
from ranking.models import Project, Video

TOKEN = re.compile(r"^\s+(--[a-z-]+): ([^;]+);", re.MULTILINE)
SYMBOL = re.compile(r'<symbol id="([^"]+)"')
LIVE = re.compile(r' data-(?:job|live)="[^"]*"')
STATES = tuple(jobs.Job.Status.values)


def _read(name: str) -> str:
    return (Path(settings.BASE_DIR) / "static" / name).read_text()


def tokens() -> dict[str, list[str]]:
    """Return the names of the tokens that pages have: colours, and all others."""
    found = TOKEN.findall(_read("tokens.css"))
    colours = [name for name, value in found if re.match(r"#|light-dark\(#", value)]
    return {"colours": colours, "others": [f"{name}: {value}" for name, value in found if name not in colours]}


def still(request: HttpRequest, template: str, **context: Any) -> SafeString:
    """Return a partial that listens to nothing, for what it shows is in no database."""
    return mark_safe(LIVE.sub("", render_to_string(template, context, request)))


def sample_jobs() -> list[jobs.Job]:
    """Return a job of each state that was never stored, of a kind that stands above the hub."""
    kind = next(kind for kind in jobs.kinds() if any(field.name == "video" for field in kind._meta.fields))
    video = Video(pk=0, source="tiktok", author="creator", caption="Video")
    fields = {"percent": 40, "error": "This did not work.", "log": "HTTP 503"}
    return [kind(id=uuid.uuid4(), video=video, status=status, **fields) for status in STATES]


@require_GET
def design(request: HttpRequest) -> HttpResponse:
    if not settings.DEBUG:
        raise Http404
    samples, saved, project = sample_jobs(), "ranking/_saved.html", Project(style="classic", owner=request.user)
    parts = {
        "rows": [still(request, "ranking/_job_row.html", job=job) for job in samples],
        "jobs": [still(request, job.template, job=job) for job in samples],
        "saved": [still(request, saved), still(request, saved, problem=_("This did not work."))],
        "refused": still(request, "ranking/_quota.html", sentence=_("This did not work.")),
    }
    forms = {"settings_form": SettingsForm(instance=project), "weights_form": WeightsForm()}
    icons = SYMBOL.findall(_read("img/icons.svg"))
    return render(request, "ranking/design.html", parts | forms | tokens() | {"icons": icons, "steps": range(1, 5)})
