"""The page of the library: filters, saved views, and what is done with many videos at once."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import push_url

from ranking.forms import picked_ids, picked_videos
from ranking.models import Video
from ranking.views import back
from scraping.cards import FIELDS
from scraping.downloading import start_downloads
from scraping.library import Leaves
from scraping.models import SavedView
from scraping.shelf import ShelfForm

RANKINGS = 12  # so many of the latest can be added to
MOST_VIEWS = 30


def _address(query: str) -> str:
    return f"{reverse('library')}?{query}" if query else reverse("library")


@require_GET
def library(request: HttpRequest) -> HttpResponse:
    form = ShelfForm(request.GET, request.user)
    page = Leaves(form.found().only(*FIELDS)).get_page(request.GET.get("page"))
    titled = request.user.projects.only("owner", "title")
    rankings = list(titled.recent()[:RANKINGS])
    named = form.said.get("project")
    into = titled.filter(pk=named).first() if named else None  # that the picked ones are added to
    if into and into not in rankings:
        rankings.append(into)
    shown = {"form": form, "page": page, "rankings": rankings, "into": into, "views": request.user.saved_views.all()}
    shown["plain"] = _address(f"project={into.pk}" if into else "")
    if not request.htmx or request.htmx.boosted:
        return render(request, "scraping/library.html", shown)
    return push_url(render(request, "scraping/_library.html", shown), _address(form.address))


@require_POST
def fetch(request: HttpRequest) -> HttpResponse:
    """Fetch the picked videos that are not here yet."""
    wanted = [video for video in picked_videos(request.POST, request.user) if not video.is_ready]
    count = len(start_downloads(wanted, request.user))
    if count:
        said = ngettext("%(n)d video is being fetched.", "%(n)d videos are being fetched.", count) % {"n": count}
        messages.success(request, " ".join((said, _("“Work” shows how far it is."))))
    else:
        messages.info(request, _("None of these is to be fetched: they are here, or have no link."))
    return redirect(back(request))


@require_POST
def hide(request: HttpRequest) -> HttpResponse:
    """Hide the picked videos from library and searches, or show them again; shared posts are the staff's to hide."""
    hidden = request.POST.get("hidden") != "0"
    ids = picked_ids(request.POST)
    mine = Q(owner=request.user) | Q(owner=None) if request.user.is_staff else Q(owner=request.user)
    count = Video.objects.filter(mine, pk__in=ids, hidden=not hidden).update(hidden=hidden)
    said = ngettext("%(n)d video is hidden.", "%(n)d videos are hidden.", count)
    if not hidden:
        said = ngettext("%(n)d video shows again.", "%(n)d videos show again.", count)
    if count:
        messages.success(request, said % {"n": count})
    if count < len(ids):
        messages.info(request, _("Posts that everybody sees are the staff's to hide."))
    return redirect(back(request))


@require_POST
def view_save(request: HttpRequest) -> HttpResponse:
    """Keep the filters under a name; the same name again takes the place of the former."""
    name = " ".join(request.POST.get("name", "").replace("\0", "").split())[:60]
    shown = _shown(request)
    query = shown.query
    problem = _unkept(request, name, query)
    if problem:
        messages.error(request, problem)
    else:
        request.user.saved_views.update_or_create(name=name, defaults={"query": query})
        messages.success(request, _("The view is saved."))
    return redirect(_address(shown.address))


def _shown(request: HttpRequest) -> ShelfForm:
    """Return the filters of the page that a form stands on."""
    return ShelfForm(QueryDict(request.POST.get("query", "")), request.user)


def _unkept(request: HttpRequest, name: str, query: str) -> str:
    """Return why a view cannot be kept, "" where it can."""
    if not name or not query:
        return _("Choose at least one filter, and give the view a name.")
    if len(query) > SavedView._meta.get_field("query").max_length:
        return _("This is too long to be kept.")
    views = request.user.saved_views
    if not views.filter(name=name).exists() and views.count() >= MOST_VIEWS:
        return _("At most %(n)d views are kept. Delete one first.") % {"n": MOST_VIEWS}
    return ""


@require_POST
def view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(SavedView, pk=pk, owner=request.user).delete()
    messages.success(request, _("The view is deleted. Its videos stay."))
    return redirect(_address(_shown(request).address))
