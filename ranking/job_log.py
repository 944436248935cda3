"""What a worker notes while it is at a job, for whoever wants to know more than the sentence of its end."""

import logging
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import timezone

MOST_LINES = 60  # of one attempt
MOST_LETTERS = 4000  # of a job, over all its attempts
HEAD = r"(?m)^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC, attempt (\d+)$"  # that `tail` puts above an attempt's lines
MOST_OF_ONE = 1200  # letters of one line: the end of what a program like ffmpeg said


class _Listener(logging.Handler):
    """Keeps what is logged by the thread that it was made in."""

    def __init__(self, lines: deque[str]) -> None:
        super().__init__(logging.INFO)
        self.thread, self.lines = threading.get_ident(), lines

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self.thread:
            self.lines.append(f"{record.levelname.lower()}: {record.getMessage()[-MOST_OF_ONE:]}")


@contextmanager
def listening() -> Iterator[deque[str]]:
    """Give the lines that this thread logs from here on, as far as the log's level lets them through."""
    listener = _Listener(deque(maxlen=MOST_LINES))
    logging.getLogger().addHandler(listener)
    try:
        yield listener.lines
    finally:
        logging.getLogger().removeHandler(listener)


def causes(error: BaseException | None) -> list[str]:
    """Return a line for an error and for each that led to it, the last one first."""
    lines: list[str] = []
    while error is not None and len(lines) < MOST_LINES:
        lines.append(f"{type(error).__name__}: {str(error)[-MOST_OF_ONE:]}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return lines


def tail(before: str, attempt: int, lines: Iterable[str]) -> str:
    """Return the log with this attempt's lines at its end, without where the studio's files lie; its last letters."""
    noted = [str(line).replace(str(settings.DATA_DIR), "DATA_DIR") for line in lines]
    if not noted:
        return before
    head = f"{timezone.now():%F %T} UTC, attempt {attempt}"
    return "\n".join([*([before] if before else []), head, *noted])[-MOST_LETTERS:]
