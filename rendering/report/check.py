"""One line of the report: a name, how grave it is, and numbers. Its words are made when it is shown."""

from dataclasses import asdict, dataclass, field
from typing import Any

FINE, NOTE, WARN, FAIL = "fine", "note", "warn", "fail"
LEVELS = (FINE, NOTE, WARN, FAIL)


@dataclass(frozen=True)
class Check:
    """`code` names the sentence, `value` holds its numbers and names; `clip` is the hash of the clip that it is about.

    fine: right. note: as it was asked for, but worth knowing. warn: better changed. fail: not to be published.
    """

    name: str
    level: str
    code: str
    value: dict[str, Any] = field(default_factory=dict)
    clip: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the line as it is stored."""
        return asdict(self) | {"ok": self.level in (FINE, NOTE)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Check":
        return cls(**{name: data[name] for name in cls.__dataclass_fields__})
