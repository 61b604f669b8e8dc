"""Strict JSON agrees with the standard library wherever the standard library is right, and refuses the rest."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storekeep.kit.errors import AppError
from storekeep.runtime.web.refusals import MalformedJson
from storekeep.runtime.web.strict_json import MAX_DEPTH, UnusableText, parse

TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"))
GOOD = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda children: st.lists(children, max_size=4) | st.dictionaries(TEXT, children, max_size=4),
    max_leaves=20,
)


@settings(max_examples=200)
@given(value=GOOD, ascii_only=st.booleans())
def test_whatever_is_fine_is_read_as_it_was_written(value: Any, ascii_only: bool) -> None:
    assert parse(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@settings(max_examples=200)
@given(body=st.binary(max_size=200))
@example(b"")
@example(b"\xff")
@example(b'"\\ud83d"')
@example(b'"\\ud83d\\ud83d"')
@example(b"1e309")
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        value = parse(body)
    except AppError as error:
        assert error.kind.value in ("malformed", "invalid")
    else:
        # What passed is text and numbers everyone agrees on.
        json.dumps(value, allow_nan=False).encode()
        assert json.loads(body) == value


@pytest.mark.parametrize("depth", [MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1, 900, 5000])
def test_depth_is_bounded(depth: int) -> None:
    body = b"[" * depth + b"]" * depth
    if depth <= MAX_DEPTH:
        parse(body)
    else:
        with pytest.raises(MalformedJson):
            parse(body)


def test_many_brackets_are_not_depth() -> None:
    assert len(parse(json.dumps([{"a": [1]}] * 5000).encode())) == 5000


@pytest.mark.parametrize("body", [b'{"\\u0000": 1}', b'[{"a": {"b": ["\\udc00"]}}]', b'"x\\ud800y"'])
def test_unusable_text_is_found_anywhere(body: bytes) -> None:
    with pytest.raises(UnusableText):
        parse(body)


def test_numbers_keep_their_kind() -> None:
    value = parse(b"[1, 1.0, -0.0, 1e3, 5e-324, 1E-999]")
    assert [type(item) for item in value] == [int, float, float, float, float, float]
    assert math.copysign(1, value[2]) == -1
