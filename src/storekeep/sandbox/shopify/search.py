"""Shopify's search syntax: `field:>='value' AND -field:value OR (…)`, with the warnings it gives instead of errors.

An unquoted timestamp is misread at its colon; the filter is then dropped and only `extensions.search` tells, as in the original.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Predicate = Callable[[int], bool]
Reader = Callable[[int], Any]  # the value of a field at a row's position

_TOKEN = re.compile(
    r"""\s*(?:(?P<open>\()|(?P<close>\))|(?P<not>-(?=\S))|(?P<word>
        (?:[\w.]+:\s*(?:[<>]=?)?\s*)?(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^\s()]+)
    ))""",
    re.VERBOSE,
)
_TERM = re.compile(r"(?P<field>[A-Za-z_][\w.]*):\s*(?P<op>[<>]=?)?\s*(?P<value>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SearchField:
    """A field one can search by: `kind` is time, day (whole days, UTC), number, word (exact), text (contains) or words (list)."""

    kind: str
    read: Reader
    column: str | None = None  # the sorted column that holds it, for time fields


@dataclass(slots=True)
class Search:
    """A parsed search. `test` says whether a row matches; `bounds` are the time limits every match must keep, by column."""

    test: Predicate | None = None
    bounds: dict[str, tuple[int, int]] = field(default_factory=dict)  # column -> [low, high) in epoch seconds
    exact: bool = False  # the bounds alone decide
    warnings: list[dict[str, Any]] = field(default_factory=list)


_FAR = 2**62


class _Parser:
    def __init__(self, text: str, fields: dict[str, SearchField], default: Reader, now: int) -> None:
        self.tokens = [m for m in _TOKEN.finditer(text) if m.group().strip()]
        self.place = 0
        self.fields = fields
        self.default = default
        self.now = now
        self.out = Search(exact=True)

    def peek(self) -> str:
        return self.tokens[self.place].group().strip() if self.place < len(self.tokens) else ""

    def any_of(self, top: bool) -> Predicate | None:
        found = [self.all_of(top)]
        if self.peek().upper() == "OR":
            # Nothing collected so far binds every match any more.
            self.out.bounds.clear()
            self.out.exact = False
        while self.peek().upper() == "OR":
            self.place += 1
            found.append(self.all_of(False))
        kept = [p for p in found if p]
        if len(found) == 1:
            return found[0]
        if len(kept) < len(found):
            return None
        return lambda row: any(p(row) for p in kept)

    def all_of(self, top: bool) -> Predicate | None:
        kept: list[Predicate] = []
        while self.place < len(self.tokens) and self.peek().upper() != "OR" and self.peek() != ")":
            if self.peek().upper() == "AND":
                self.place += 1
                continue
            predicate = self.one(top)
            if predicate:
                kept.append(predicate)
        if not kept:
            return None
        return kept[0] if len(kept) == 1 else lambda row: all(p(row) for p in kept)

    def one(self, top: bool) -> Predicate | None:
        word = self.peek()
        self.place += 1
        if word == "-" or word.upper() == "NOT":
            inner = self.one(False) if self.place < len(self.tokens) else None
            self.out.exact = False
            return None if inner is None else _not(inner)
        if word == "(":
            inner = self.any_of(False)
            self.out.exact = False
            if self.peek() == ")":
                self.place += 1
            return inner
        if word == ")":
            return None
        return self.term(word, top)

    def term(self, word: str, top: bool) -> Predicate | None:
        match = _TERM.fullmatch(word)
        if match is None:
            self.out.exact = False
            needle = _unquote(word).lower()
            return lambda row: needle in str(self.default(row)).lower()
        name, op, raw = match["field"], match["op"] or "", match["value"]
        known = self.fields.get(name)
        if known is None:
            return self.warn(name, "Invalid search field for this query.")
        if raw[:1] not in ("'", '"') and ":" in raw:
            # Read as field `updated_at:>=2026-07-01T00` with value `00:00Z`, and no such field exists.
            return self.warn(word.rsplit(":", 2)[0], "Invalid search field for this query.")
        value = _unquote(raw)
        if known.kind in ("time", "day"):
            return self.time(known, op, value, name, top)
        self.out.exact = False
        return _compare(known, op, value) or self.warn(name, "Invalid value for this field.", "invalid_value")

    def time(self, known: SearchField, op: str, value: str, name: str, top: bool) -> Predicate | None:
        span = _moment(value, self.now)
        if span is None:
            return self.warn(name, "Invalid value for this field.", "invalid_value")
        start, end = span
        if known.kind == "day":
            start -= start % 86400
            end = start + 86400
        low = {"": start, ">=": start, ">": end}.get(op, -_FAR)
        high = {"": end, "<": start, "<=": end}.get(op, _FAR)
        if top and known.column:
            old = self.out.bounds.get(known.column, (-_FAR, _FAR))
            self.out.bounds[known.column] = (max(old[0], low), min(old[1], high))
        read = known.read
        return lambda row: low <= read(row) < high

    def warn(self, name: str, message: str, code: str = "invalid_field") -> Predicate | None:
        self.out.warnings.append({"field": name, "message": message, "code": code})
        return None


def _not(inner: Predicate) -> Predicate:
    return lambda row: not inner(row)


def _unquote(raw: str) -> str:
    if len(raw) > 1 and raw[0] == raw[-1] and raw[0] in "'\"":
        return re.sub(r"\\(.)", r"\1", raw[1:-1])
    return raw


def _moment(value: str, now: int) -> tuple[int, int] | None:
    """[start, end) in epoch seconds of a time of second, day, month or year precision, or of `now`; None if it is none."""
    if value.lower() == "now":
        return now, now + 1
    parts = value.split("-")
    try:
        if re.fullmatch(r"\d{4}", value):
            return _span(datetime(int(value), 1, 1, tzinfo=UTC), datetime(int(value) + 1, 1, 1, tzinfo=UTC))
        if re.fullmatch(r"\d{4}-\d{2}", value):
            year, month = int(parts[0]), int(parts[1])
            return _span(datetime(year, month, 1, tzinfo=UTC), datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC))
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return _span(moment, moment + (timedelta(days=1) if len(value) == 10 else timedelta(seconds=1)))


def _span(start: datetime, end: datetime) -> tuple[int, int]:
    return int(start.timestamp()), int(end.timestamp())


def _compare(known: SearchField, op: str, value: str) -> Predicate | None:
    read = known.read
    if known.kind == "number":
        try:
            wanted = int(value.rsplit("/", 1)[-1])
        except ValueError:
            return None
        tests: dict[str, Callable[[int], bool]] = {
            "": lambda x: x == wanted,
            ">": lambda x: x > wanted,
            ">=": lambda x: x >= wanted,
            "<": lambda x: x < wanted,
            "<=": lambda x: x <= wanted,
        }
        test = tests[op]
        return lambda row: test(read(row))
    options = [part.strip().lower() for part in value.split(",")]
    if value == "*":
        return lambda row: bool(read(row))
    if known.kind == "text":
        return lambda row: any(o in str(read(row) or "").lower() for o in options)
    if known.kind == "words":
        return lambda row: any(str(x).lower() in options for x in read(row))
    return lambda row: str(read(row)).lower() in options


def parse(text: str | None, fields: dict[str, SearchField], default: Reader, now: int) -> Search:
    """The search that `text` means over rows described by `fields`; `now` (epoch seconds) is what the word `now` stands for.

    Never raises: what cannot be understood is dropped and named in `warnings`, as the original does.
    """
    if not text or not text.strip():
        return Search(exact=True)
    parser = _Parser(text, fields, default, now)
    parser.out.test = parser.any_of(True)
    return parser.out
