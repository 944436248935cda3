from django.contrib.auth.decorators import login_not_required
from django.templatetags.static import static
from django.urls import path
from django.views.generic import RedirectView

from ranking import design_views, hint_views, history_views, job_views, shelf_views, views

# What asks for it by this name, and reads no page, is sent to the icon of the pages.
favicon = login_not_required(RedirectView.as_view(url=static("img/logo.svg")))

urlpatterns = [
    path("favicon.ico", favicon),
    path("", views.home, name="home"),
    path("rankings/", shelf_views.rankings, name="rankings"),
    path("projects/", views.project_create, name="project-create"),
    path("projects/<int:pk>/", views.project, name="project"),
    path("projects/<int:pk>/title/", views.project_title, name="project-title"),
    path("projects/<int:pk>/settings/", views.project_settings, name="project-settings"),
    path("projects/<int:pk>/delete/", views.project_delete, name="project-delete"),
    path("projects/<int:pk>/history/", history_views.offers, name="project-history"),
    path("projects/<int:pk>/undo/", history_views.undo, name="project-undo"),
    path("projects/<int:pk>/redo/", history_views.redo, name="project-redo"),
    path("projects/<int:pk>/rank/", views.project_rank, name="project-rank"),
    path("projects/<int:pk>/entries/", views.entry_add, name="entry-add"),
    path("projects/<int:pk>/labels/", views.project_labels, name="project-labels"),
    path("entries/<int:pk>/label/", views.entry_label, name="entry-label"),
    path("entries/<int:pk>/move/", views.entry_move, name="entry-move"),
    path("entries/<int:pk>/edit/", views.entry_edit, name="entry-edit"),
    path("entries/<int:pk>/remove/", views.entry_remove, name="entry-remove"),
    path("hints/<slug:name>/away/", hint_views.hint_away, name="hint-away"),
    path("design/", design_views.design, name="design"),
    path("jobs/", job_views.jobs_page, name="jobs"),
    path("jobs/<uuid:pk>/", views.job, name="job"),
    path("jobs/<uuid:pk>/cancel/", job_views.cancel, name="job-cancel"),
    path("jobs/<uuid:pk>/retry/", job_views.retry, name="job-retry"),
]
