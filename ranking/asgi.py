"""The ASGI application: pages over HTTP, job progress over WebSockets."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ranking.settings")

from ranking.answering import application as pages

django_application = pages()

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.urls import path

from ranking.consumers import JobConsumer, ProjectConsumer

sockets = URLRouter(
    [
        path("ws/jobs/<uuid:job_id>/", JobConsumer.as_asgi()),
        path("ws/projects/<int:pk>/", ProjectConsumer.as_asgi()),
    ]
)
application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(sockets)),
    }
)
