"""What is a user's own, by its number in an address; what is somebody else's is not there."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from ranking.models import Entry, Project


def project_of(request: HttpRequest, pk: int) -> Project:
    """Return this project of the user. Raises Http404."""
    return get_object_or_404(Project.objects.owned_by(request.user), pk=pk)


def named_project(request: HttpRequest) -> Project | None:
    """Return the project that a form names in `project`, or None where it names none. Raises Http404."""
    given = request.POST.get("project", "")
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Http404
    return project_of(request, int(given))


def entry_of(request: HttpRequest, pk: int) -> Entry:
    """Return this entry of a project of the user, with its project and video. Raises Http404."""
    entries = Entry.objects.select_related("project", "video")
    return get_object_or_404(entries, pk=pk, project__owner=request.user)
