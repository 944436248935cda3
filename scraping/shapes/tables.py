"""Tables with a line of names first: in commas, semicolons or tabs, as spreadsheets and 4CAT write them."""

import csv
import io

from scraping.providers.base import ProviderError, gettext_noop
from scraping.shapes import flat
from scraping.shapes.answer import Answer
from scraping.shapes.finding import answer_of

LONGEST_CELL = 1_000_000
UNREADABLE = gettext_noop("This is not a file of search results: JSON, NDJSON, CSV or a saved TikTok page.")
NO_ROWS = gettext_noop("This table has no rows under its names.")
BROKEN = gettext_noop("This table is damaged: a quotation mark is never closed, or a cell is far too long.")


def from_table(text: str) -> Answer:
    """The posts of a table's rows; ProviderError where its first line does not name a link or a number of posts."""
    if text[:4].lower() == "sep=":  # Excel's own first line
        text = text.split("\n", 1)[-1]
    mark = max(",;\t", key=lambda mark: len(_meanings(text, mark)))
    if not {"link", "id"} & set(_meanings(text, mark).values()):
        raise ProviderError("bad_response", UNREADABLE)
    csv.field_size_limit(LONGEST_CELL)
    try:
        rows = [dict(row) for row in csv.DictReader(io.StringIO(text), delimiter=mark)]
    except csv.Error as error:
        raise ProviderError("bad_response", BROKEN) from error
    if not rows:
        raise ProviderError("bad_response", NO_ROWS)
    return answer_of({"rows": [{name: value for name, value in row.items() if name} for row in rows]}, (flat.SHAPE,))


def _meanings(text: str, mark: str) -> dict[str, str]:
    line = text.split("\n", 1)[0][:10_000]
    try:
        names = next(csv.reader([line], delimiter=mark), [])
    except csv.Error:
        return {}
    return flat.meanings(names)
