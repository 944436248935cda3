"""The page of what the studio holds, and making room."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from ranking.forms import picked_ids
from ranking.views import back
from rendering import clearing, holding
from rendering.templatetags.sizes import size_words


@require_GET
def storage(request: HttpRequest) -> HttpResponse:
    """What the user's own films and uploads take, for the staff also the whole disk, and what could go."""
    shown = {"offers": clearing.offers(request.user), "own": holding.own(request.user)}
    if request.user.is_staff:
        shown |= {"held": holding.held(), "free": holding.free()}
    return render(request, "rendering/storage.html", shown)


@require_POST
def clear(request: HttpRequest) -> HttpResponse:
    """Remove just what the page told of one kind."""
    try:
        count, size = clearing.clear(request.user, request.POST.get("kind", ""), request.POST.get("told", ""))
    except KeyError:
        raise Http404 from None
    except clearing.Changed:
        messages.error(request, _("This changed meanwhile, so nothing was removed. Look at it again."))
        return redirect("storage")
    said = ngettext("%(n)d thing is removed, %(size)s are free.", "%(n)d things are removed, %(size)s are free.", count)
    messages.success(request, said % {"n": count, "size": size_words(size)})
    return redirect("storage")


@require_POST
def delete_uploads(request: HttpRequest) -> HttpResponse:
    """Tell which of the picked videos would go, and once that is confirmed delete them.

    Only uploads of the user's own that no ranking has are deleted.
    """
    ids = picked_ids(request.POST)
    going = clearing.own_uploads(request.user, ids)
    if going and "sure" not in request.POST:
        shown = {"going": going, "size": clearing.size_of(going), "staying": len(ids) - len(going)}
        return render(request, "rendering/delete_uploads.html", shown)
    count = sum(clearing.forget_video(video) for video in going)
    if count:
        said = ngettext("%(n)d upload is deleted.", "%(n)d uploads are deleted.", count)
        messages.success(request, said % {"n": count})
    if count < len(ids):
        messages.info(request, _("Only uploads of your own that no ranking has are deleted; the others stay."))
    return redirect("library" if count else back(request))
