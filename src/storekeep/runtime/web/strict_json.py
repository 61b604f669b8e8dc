"""Strict JSON of request bodies: what PostgreSQL, other parsers or a person would read differently is refused at the door."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from storekeep.kit.errors import InvalidInput
from storekeep.runtime.web.refusals import MalformedJson

MAX_DEPTH = 100
_INT64 = 2**63
_MAX_NUMBER_CHARS = 400


class UnusableText(InvalidInput):
    """A string holds NUL or half a surrogate pair, which no text can."""

    code = "VALIDATION_UNUSABLE_TEXT"
    message = "A text holds a character that cannot be stored."


class UnusableNumber(InvalidInput):
    """A number is beyond 64 bits or not finite."""

    code = "VALIDATION_UNUSABLE_NUMBER"
    message = "A number is too large."


def _integer(text: str) -> int:
    if len(text) > 20:
        raise UnusableNumber()
    value = int(text)
    if not -_INT64 <= value < _INT64:
        raise UnusableNumber()
    return value


def _float(text: str) -> float:
    if len(text) > _MAX_NUMBER_CHARS:
        raise UnusableNumber()
    value = float(text)
    if not math.isfinite(value):
        raise UnusableNumber()
    return value


def _constant(name: str) -> NoReturn:
    raise MalformedJson("The body is not valid JSON: NaN and Infinity are not numbers.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise MalformedJson("The body is not valid JSON: a key appears twice in one object.")
    return value


_decoder = json.JSONDecoder(
    parse_int=_integer, parse_float=_float, parse_constant=_constant, object_pairs_hook=_object, strict=True
)


def parse(body: bytes) -> Any:
    """The value of a JSON body.

    Raises MalformedJson for anything but strict UTF-8 JSON with unique keys at most MAX_DEPTH deep, UnusableNumber for numbers
    beyond 64 bits or not finite, UnusableText for NUL and lone surrogates.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedJson("The body is not valid JSON: it is not UTF-8.") from None
    if text.startswith("\ufeff"):
        raise MalformedJson("The body is not valid JSON: it starts with a byte order mark.")
    try:
        value = _decoder.decode(text)
    except json.JSONDecodeError as error:
        raise MalformedJson(details={"position": error.pos}) from None
    except RecursionError:
        raise MalformedJson("The body is not valid JSON: it is nested too deeply.") from None
    # Raw control characters are refused by the decoder and raw surrogates by UTF-8: only an escape can bring either in. And a
    # body with few brackets cannot be deep. So nearly every body is done here.
    if b"\\u" in body or body.count(b"[") + body.count(b"{") > MAX_DEPTH:
        _walk(value)
    return value


def _walk(value: Any) -> None:
    level: list[Any] = [value]
    depth = 0
    while level:
        containers = [item for item in level if isinstance(item, dict | list)]
        depth += bool(containers)
        if depth > MAX_DEPTH:
            raise MalformedJson("The body is not valid JSON: it is nested too deeply.")
        for item in level:
            if isinstance(item, str):
                _text(item)
        level = []
        for item in containers:
            if isinstance(item, dict):
                level.extend(item)
                level.extend(item.values())
            else:
                level.extend(item)


def _text(text: str) -> None:
    if text.isascii():
        if "\x00" in text:
            raise UnusableText()
        return
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise UnusableText() from None
    if "\x00" in text:
        raise UnusableText()
