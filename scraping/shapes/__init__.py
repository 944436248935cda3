"""Documents of search results as posts: `read` takes any of them, the modules one shape each. No Django in here."""

from scraping.shapes.answer import Answer
from scraping.shapes.reading import read

__all__ = ["Answer", "read"]
