"""All addresses of the site. The apps above the hub are named by dotted string only."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from ranking import api

admin.autodiscover()
handler400 = "ranking.errors.bad_request"
urlpatterns = [
    path("", include("ranking.page_urls")),
    path("", include("ranking.account_urls")),
    path("", include("scraping.urls")),
    path("", include("rendering.urls")),
    path("", include("rendering.sound_urls")),
    path("api/v1/", api.urls),
    path("admin/", admin.site.urls),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
]
