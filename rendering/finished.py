"""A user's finished film, by the job that made it."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from rendering.models import Render


def film_of(request: HttpRequest, job_id: str) -> Render:
    """Return this film of the user, which is no draft, with its project. Raises Http404."""
    films = Render.objects.owned_by(request.user).finished().select_related("project")
    return get_object_or_404(films, pk=job_id)
