"""Static files by WhiteNoise, also under ASGI."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """Answers with whole bytes. WhiteNoise's own answer is a plain iterator, which Django reads to its end under ASGI
    all the same, with a warning in the log for each file. Ours are small, and large ones go through ranking/media.py.
    """

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        found = static_file.get_response(request.method, request.META)
        body = b""
        if found.file is not None:  # there is none for HEAD, nor for what the browser has already
            with found.file as file:
                body = file.read()
        response = HttpResponse(body, status=found.status)
        del response["Content-Type"]
        for name, value in found.headers:
            response[name] = value
        if found.status == HTTPStatus.OK and body:  # a file that was edited since the start has another length
            response["Content-Length"] = str(len(body))
        return response
