from django.urls import path

from rendering import views

urlpatterns = [
    path("projects/<int:project_id>/board/", views.show_board, name="board"),
    path("projects/<int:project_id>/art/<slug:name>.png", views.board_picture, name="board-picture"),
    path("projects/<int:project_id>/generate/", views.start, name="render-start"),
    path("projects/<int:project_id>/ahead/", views.make_ahead, name="render-ahead"),
    path("films/<uuid:job_id>/", views.show_render, name="render"),
    path("films/<uuid:job_id>/film.mp4", views.film_file, name="render-film"),
    path("films/<uuid:job_id>/cover.jpg", views.film_cover, name="render-cover"),
    path("films/<uuid:job_id>/cancel/", views.cancel, name="render-cancel"),
    path("films/<uuid:job_id>/retry/", views.retry, name="render-retry"),
]
