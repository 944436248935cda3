from django.urls import path

from scraping import capture_views, cookie_views, search_views, views

urlpatterns = [
    path("capture/", capture_views.capture, name="capture"),
    path("capture/window/", capture_views.window, name="capture-window"),
    path("capture/studio.user.js", capture_views.script, name="capture-script"),
    path("capture/take/", capture_views.take, name="capture-take"),
    path("search/", search_views.search_start, name="search-start"),
    path("search/<uuid:pk>/", search_views.search, name="search"),
    path("search/<uuid:pk>/more/", search_views.search_more, name="search-more"),
    path("search/<uuid:pk>/save/", search_views.search_save, name="search-save"),
    path("saved/<int:pk>/delete/", search_views.saved_delete, name="saved-delete"),
    path("pick/", search_views.pick, name="pick"),
    path("cookies/", cookie_views.cookies_page, name="cookies"),
    path("cookies/add/", cookie_views.cookies_add, name="cookies-add"),
    path("cookies/test/", cookie_views.cookies_test, name="cookies-test"),
    path("cookies/delete/", cookie_views.cookies_delete, name="cookies-delete"),
    path("library/", views.library, name="library"),
    path("upload/", views.upload, name="upload"),
    path("videos/<int:pk>/", views.video, name="video"),
    path("videos/<int:pk>/file/", views.video_file, {"name": "file"}, name="video-file"),
    path("videos/<int:pk>/proxy/", views.video_file, {"name": "proxy"}, name="video-proxy"),
    path("videos/<int:pk>/cover/", views.video_file, {"name": "cover"}, name="video-cover"),
    path("videos/<int:pk>/filmstrip/", views.video_file, {"name": "filmstrip"}, name="video-filmstrip"),
    path("videos/<int:pk>/fetch/", views.download_start, name="download-start"),
    path("downloads/<uuid:pk>/cancel/", views.download_cancel, name="download-cancel"),
    path("videos/<int:pk>/look/", views.video_look, name="video-look"),
    path("videos/<int:pk>/hide/", views.video_hide, name="video-hide"),
]
