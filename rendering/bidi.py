"""The order in which mixed left-to-right and right-to-left text is drawn: Unicode's UAX #9 without explicit embeddings.

Embeddings and overrides are stripped before, so rules X1-X8 have nothing to do. Combining marks live inside their
cluster, so W1 has nothing to do either.
"""

import unicodedata
from collections.abc import Sequence

_PAIRS = {")": "(", "]": "[", "}": "{"}
_STRONG = {"L": 0, "R": 1, "AL": 1}


def base_level(clusters: Sequence[str]) -> int:
    """1 when the first strong character runs right to left, else 0 (rules P2 and P3)."""
    return next((_STRONG[kind] for kind in map(_kind, clusters) if kind in _STRONG), 0)


def levels(clusters: Sequence[str], base: int) -> list[int]:
    """One embedding level per cluster: even runs to the right, odd to the left."""
    kinds = [_kind(cluster) for cluster in clusters]
    if base == 0 and not {"R", "AL", "AN"} & set(kinds):
        return [0] * len(kinds)
    _weak(kinds, base)
    _brackets(clusters, kinds, base)
    _neutral(kinds, base)
    found = [_implicit(kind, base) for kind in kinds]
    for place in range(len(clusters) - 1, -1, -1):  # L1: white space at the line's end stays at the base
        if clusters[place] != " ":
            break
        found[place] = base
    return found


def visual(level: Sequence[int]) -> list[int]:
    """The places in the order they are drawn from left to right (rule L2)."""
    order = list(range(len(level)))
    odd = [value for value in level if value % 2]
    for value in range(max(level, default=0), min(odd, default=1) - 1, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and level[order[end]] >= value:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = max(end, start + 1)
    return order


def _kind(cluster: str) -> str:
    """The bidirectional class of a cluster's first character; a lone mark or boundary counts as neutral."""
    kind = unicodedata.bidirectional(cluster[0])
    return kind if kind in {"L", "R", "AL", "EN", "AN", "ES", "ET", "CS", "WS"} else "ON"


def _weak(kinds: list[str], base: int) -> None:
    """Rules W2 to W7: what the digits and the signs between them become."""
    start = "R" if base else "L"
    _numbers_after_arabic(kinds)
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]
    for place in range(1, len(kinds) - 1):
        before, after = kinds[place - 1], kinds[place + 1]
        joins = (kinds[place] == "ES" and before == "EN") or (kinds[place] == "CS" and before in {"EN", "AN"})
        if joins and before == after:
            kinds[place] = before
    for order in (range(1, len(kinds)), range(len(kinds) - 2, -1, -1)):
        step = -1 if order.step == 1 else 1
        for place in order:
            if kinds[place] == "ET" and kinds[place + step] == "EN":
                kinds[place] = "EN"
    strong = start
    for place, kind in enumerate(kinds):
        if kind in {"L", "R"}:
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[place] = "L"
        elif kind in {"ES", "ET", "CS", "WS"}:
            kinds[place] = "ON"


def _numbers_after_arabic(kinds: list[str]) -> None:
    """Rule W2: European digits after an Arabic letter count as Arabic digits."""
    strong = ""
    for place, kind in enumerate(kinds):
        if kind in _STRONG:
            strong = kind
        elif kind == "EN" and strong == "AL":
            kinds[place] = "AN"


def _brackets(clusters: Sequence[str], kinds: list[str], base: int) -> None:
    """Rule N0: a pair of brackets takes the base direction if that is inside it, else that of what stands before."""
    edge, opened = "R" if base else "L", []
    pairs = []
    for place, cluster in enumerate(clusters):
        if cluster in _PAIRS.values():
            opened.append(place)
        elif cluster in _PAIRS and (at := _last(clusters, opened, _PAIRS[cluster])) is not None:
            pairs.append((opened[at], place))
            del opened[at:]
    for start, end in sorted(pairs):
        inside = {_side(kind) for kind in kinds[start + 1 : end] if kind != "ON"}
        if not inside:
            continue
        before = next((_side(kind) for kind in reversed(kinds[:start]) if kind != "ON"), edge)
        kinds[start] = kinds[end] = edge if edge in inside else before


def _last(clusters: Sequence[str], opened: list[int], bracket: str) -> int | None:
    """Where in the stack of opened brackets the last of this kind lies."""
    return next((at for at in range(len(opened) - 1, -1, -1) if clusters[opened[at]] == bracket), None)


def _neutral(kinds: list[str], base: int) -> None:
    """Rules N1 and N2: neutrals take the direction on both their sides where these agree, else the base."""
    edge = "R" if base else "L"
    place = 0
    while place < len(kinds):
        end = place
        while end < len(kinds) and kinds[end] == "ON":
            end += 1
        if end > place:
            before = _side(kinds[place - 1]) if place else edge
            after = _side(kinds[end]) if end < len(kinds) else edge
            kinds[place:end] = [before if before == after else edge] * (end - place)
        place = max(end, place + 1)


def _side(kind: str) -> str:
    """Numbers count as right to left beside a neutral."""
    return "L" if kind == "L" else "R"


def _implicit(kind: str, base: int) -> int:
    """Rules I1 and I2."""
    if base:
        return 1 if kind == "R" else 2
    return {"L": 0, "R": 1}.get(kind, 2)
