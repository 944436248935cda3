"""How the REST API tells that it cannot do what was asked."""

from typing import Any

from ninja import Schema


class Problem(Schema):
    code: str
    message: str


class ErrorOut(Schema):
    error: Problem


def problem(code: str, message: str) -> dict[str, Any]:
    """Return the body of a refusal; the message is a sentence for people."""
    return {"error": {"code": code, "message": message}}
