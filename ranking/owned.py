"""What is a user's own, by its number in an address; what is somebody else's is not there."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from ranking.models import Entry, Project


def project_of(request: HttpRequest, pk: int) -> Project:
    """Return this project of the user. Raises Http404."""
    return get_object_or_404(Project.objects.owned_by(request.user), pk=pk)


def entry_of(request: HttpRequest, pk: int) -> Entry:
    """Return this entry of a project of the user, with its project and video. Raises Http404."""
    entries = Entry.objects.select_related("project", "video")
    return get_object_or_404(entries, pk=pk, project__owner=request.user)
