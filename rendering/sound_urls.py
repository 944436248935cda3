from django.urls import path

from rendering import sound_views as views

urlpatterns = [
    path("projects/<int:project_id>/music/", views.choose_music, name="music-choose"),
    path("projects/<int:project_id>/music/add/", views.add_music, name="music-add"),
    path("projects/<int:project_id>/music/<int:track_id>/credit/", views.credit_music, name="music-credit"),
    path("projects/<int:project_id>/music/<int:track_id>/remove/", views.remove_music, name="music-remove"),
    path("music/<int:track_id>/", views.music_file, name="music-file"),
    path("entries/<int:entry_id>/mute/", views.mute, name="entry-mute"),
    path("entries/<int:entry_id>/replace-sound/", views.replace_sound, name="entry-replace-sound"),
    path("entries/<int:entry_id>/voice/", views.voice_file, name="voice-file"),
    path("entries/<int:entry_id>/voice/record/", views.record, name="voice-record"),
    path("entries/<int:entry_id>/voice/say/", views.say, name="voice-say"),
    path("entries/<int:entry_id>/voice/remove/", views.remove_voice, name="voice-remove"),
]
