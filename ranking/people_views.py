"""The staff's page of people: invitations, and links for who forgot a password and has no e-mail."""

from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from ranking.access import Invitation, invite, password_path
from ranking.account_forms import InvitationForm
from ranking.forms import first_error
from ranking.models import User

MOST_SHOWN = 200


def staff_only(view: Any) -> Any:
    """Let the staff in; others get 403."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_staff:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


def may_reset(staff: User, user: User) -> bool:
    """Whether one may make a link to another's account: to those of the staff only a superuser."""
    return user.is_active and (staff.is_superuser or not (user.is_staff or user.is_superuser))


def _page(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    people = list(User.objects.order_by("username")[:MOST_SHOWN])
    for person in people:
        person.may_be_reset = may_reset(request.user, person)
    shown = {"people": people, "invitations": Invitation.objects.select_related("made_by", "joined")[:MOST_SHOWN]}
    return render(request, "ranking/people.html", shown | more, status=status)


@require_GET
@never_cache
@staff_only
def people(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
@never_cache
@staff_only
def invitation_add(request: HttpRequest) -> HttpResponse:
    """Make an invitation and show its link, this once."""
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return _page(request, 422, problem=first_error(form))
    secret = invite(request.user, form.cleaned_data["note"])
    return _page(request, link=request.build_absolute_uri(reverse("join", args=[secret])))


@require_POST
@staff_only
def invitation_delete(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(Invitation, pk=pk).delete()
    return redirect("people")


@require_POST
@never_cache
@staff_only
def password_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a link by which a user chooses a new password, and show it, this once."""
    user = get_object_or_404(User, pk=pk)
    if not may_reset(request.user, user):
        raise PermissionDenied
    return _page(request, password_link=request.build_absolute_uri(password_path(user)), password_of=user)
