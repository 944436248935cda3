"""How the pages write sizes of very different magnitude."""

from django import template
from django.utils.formats import number_format

register = template.Library()

UNITS = ((10**9, "GB"), (10**6, "MB"), (10**3, "KB"))


@register.filter
def size_words(count: int) -> str:
    """Return bytes as people read them: 3.4 GB, 870 MB, 12 KB, 0 KB."""
    for size, name in UNITS:
        if count >= size:
            number = round(count / size, 1)
            return f"{number_format(number, 1 if number < 10 and number % 1 else 0)} {name}"
    return f"{1 if count else 0} KB"
