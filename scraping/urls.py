from django.urls import path

from scraping import views

urlpatterns = [
    path("search/", views.search_start, name="search-start"),
    path("search/<uuid:pk>/", views.search, name="search"),
    path("library/", views.library, name="library"),
    path("upload/", views.upload, name="upload"),
    path("videos/<int:pk>/", views.video, name="video"),
    path("videos/<int:pk>/file/", views.video_file, {"name": "file"}, name="video-file"),
    path("videos/<int:pk>/proxy/", views.video_file, {"name": "proxy"}, name="video-proxy"),
    path("videos/<int:pk>/cover/", views.video_file, {"name": "cover"}, name="video-cover"),
    path("videos/<int:pk>/filmstrip/", views.video_file, {"name": "filmstrip"}, name="video-filmstrip"),
    path("videos/<int:pk>/fetch/", views.download_start, name="download-start"),
    path("videos/<int:pk>/look/", views.video_look, name="video-look"),
    path("videos/<int:pk>/hide/", views.video_hide, name="video-hide"),
]
