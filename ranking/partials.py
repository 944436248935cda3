"""Parts of pages are answered under the page's own address: browsers must not take one for the other."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxMiddleware


class PartialsMiddleware(HtmxMiddleware):
    """django-htmx's own, and each page says that it differs for htmx.

    Without that, who goes back in the browser meets the part that htmx asked for last, out of the browser's store.
    """

    async_capable = False

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = super().__call__(request)
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["HX-Request"])
        return response
