from django.urls import path

from rendering import cover_views, history_views, publish_views, reframe_views, storage_views, style_views, views

urlpatterns = [
    path("projects/<int:project_id>/board/", views.show_board, name="board"),
    path("projects/<int:project_id>/art/<slug:name>.png", views.board_picture, name="board-picture"),
    path("projects/<int:project_id>/generate/", views.start, name="render-start"),
    path("projects/<int:project_id>/draft/", views.start_draft, name="render-draft"),
    path("projects/<int:project_id>/ahead/", views.make_ahead, name="render-ahead"),
    path("projects/<int:project_id>/styles/", style_views.styles, name="styles"),
    path("projects/<int:project_id>/style/", style_views.choose, name="style-choose"),
    path("projects/<int:project_id>/styles/upload/", style_views.upload, name="style-upload"),
    path("projects/<int:project_id>/styles/<int:own_id>/delete/", style_views.remove, name="style-delete"),
    path(
        "projects/<int:project_id>/styles/<slug:value>/<slug:name>.webp",
        style_views.style_picture,
        name="style-picture",
    ),
    path("styles/<slug:value>.json", style_views.style_json, name="style-json"),
    path("projects/<int:project_id>/films/", history_views.films, name="films"),
    path("storage/", storage_views.storage, name="storage"),
    path("storage/clear/", storage_views.clear, name="storage-clear"),
    path("library/delete/", storage_views.delete_uploads, name="videos-delete"),
    path("entries/<int:entry_id>/masks/", reframe_views.entry_masks, name="entry-masks"),
    path("entries/<int:entry_id>/camera/", reframe_views.entry_camera, name="entry-camera"),
    path("films/<uuid:job_id>/", views.show_render, name="render"),
    path("films/<uuid:job_id>/film.mp4", views.film_file, name="render-film"),
    path("films/<uuid:job_id>/cover.jpg", views.film_cover, name="render-cover"),
    path("films/<uuid:job_id>/cover/", cover_views.choose, name="cover-choose"),
    path("films/<uuid:job_id>/cover/<str:kind>.jpg", cover_views.export, name="cover-export"),
    path("films/<uuid:job_id>/all.zip", history_views.everything, name="render-zip"),
    path("films/<uuid:job_id>/publish/", publish_views.publish, name="render-publish"),
    path("films/<uuid:job_id>/sources.json", publish_views.sources_json, name="render-sources-json"),
    path("films/<uuid:job_id>/sources.csv", publish_views.sources_csv, name="render-sources-csv"),
    path("films/<uuid:job_id>/behind/", views.tell_behind, name="render-behind"),
    path("films/<uuid:job_id>/cancel/", views.cancel, name="render-cancel"),
    path("films/<uuid:job_id>/retry/", views.retry, name="render-retry"),
]
