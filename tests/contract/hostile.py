"""Values made to break something: what PostgreSQL, Python, JSON, logs or people's eyes trip over."""

from __future__ import annotations

import json
from typing import Any

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"  # one emoji of seven code points, joined by ZWJ
RIGHT_TO_LEFT = "invoice\u202egnp.exe"
COMBINING = "Z\u0351\u036b\u0343a\u0328\u0323lgo"
ASTRAL = "\U00020000\U0001f9d1\U00010348"  # names of four bytes a letter
SQL = "Robert'); DROP TABLE orders; --"
HTML = "<img src=x onerror=alert(1)>"
CRLF = "name\r\nSet-Cookie: storekeep_session=stolen"
HOMOGLYPH = "\u0430wkward.myshopify.com"  # Cyrillic а
FORMAT = "%s%s%n{0.__class__}${jndi:ldap://x}"
LONG = "x" * 9_000
LONG_EMOJI = "\U0001f600" * 3_000

# Raw JSON that no field takes: most cannot be made by an encoder.
NEVER = [
    '"\\u0000"', '"a\\u0000b"', '"\x00"', '"\\ud800"', '"\\udfff\\ud800"', '"\\udc00x"', '"\x1f"',
    "1e400", "-1e400", "NaN", "Infinity", "-Infinity", str(2**63), str(-(2**63) - 1), "9" * 5_000, "0." + "1" * 5_000,
    "[" * 150 + "]" * 150, '{"a":' * 150 + "1" + "}" * 150, '{"a":1,"a":2}', "tru", "'a'", "1 2", "", "/**/1", "01", "+1", ".5",
]  # fmt: skip
# Values that some field may take; its schema says which.
MAYBE: list[Any] = [
    None, True, False, 0, 1, -1, 2**31, 2**31 - 1, -(2**31) - 1, 2**63 - 1, 1.5, "", " ", "\t\n", "a", "0", "-0", "1e400", "NaN",
    FAMILY, RIGHT_TO_LEFT, COMBINING, ASTRAL, SQL, HTML, CRLF, HOMOGLYPH, FORMAT, LONG, LONG_EMOJI,
    "0000-01-01", "10000-01-01", "2026-02-30", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    "00000000-0000-0000-0000-000000000000", "not-an-id", "../../etc/passwd", [], {}, [None], ["a"], [[]], {"a": 1}, {"": None},
]  # fmt: skip
MAYBE_RAW = ["-0", "-0.0", "1e-400", "1.0", "1E2", *[json.dumps(value) for value in MAYBE]]

# Whole bodies: (name, bytes, content type). None of them is a JSON object as any door wants it.
JSON_TYPE = "application/json"
BODIES: list[tuple[str, bytes, str | None]] = [
    ("arrays 100,000 deep", b"[" * 100_000 + b"]" * 100_000, JSON_TYPE),
    ("objects 100,000 deep", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, JSON_TYPE),
    ("arrays never closed", b"[" * 100_000, JSON_TYPE),
    ("one number of a megabyte", b"9" * 1_000_000, JSON_TYPE),
    ("an exponent of a megabyte", b"1e" + b"9" * 1_000_000, JSON_TYPE),
    ("doubled keys", b'{"name":"a","name":"b"}', JSON_TYPE),
    ("doubled keys deep inside", b'{"name":{"a":1,"a":2}}', JSON_TYPE),
    ("UTF-16", '{"name":"a"}'.encode("utf-16"), JSON_TYPE),
    ("UTF-16, little end", '{"name":"a"}'.encode("utf-16-le"), JSON_TYPE),
    ("UTF-32", '{"name":"a"}'.encode("utf-32-be"), JSON_TYPE),
    ("UTF-8 with a mark", b'\xef\xbb\xbf{"name":"a"}', JSON_TYPE),
    ("no UTF-8", b'{"name":"\xff\xfe"}', JSON_TYPE),
    ("UTF-8 of half a pair", b'{"name":"\xed\xa0\x80"}', JSON_TYPE),
    ("UTF-8 too long", b'{"name":"\xc0\x80"}', JSON_TYPE),
    ("cut short", b'{"name":"a', JSON_TYPE),
    ("nothing but blanks", b"   ", JSON_TYPE),
    ("null", b"null", JSON_TYPE),
    ("a list", b"[]", JSON_TYPE),
    ("a text", b'"name"', JSON_TYPE),
    ("a number", b"1", JSON_TYPE),
    ("an empty object", b"{}", JSON_TYPE),
    ("an unknown field", b'{"surprise":1,"__proto__":{"isAdmin":true},"tenant_id":"x","role":"owner"}', JSON_TYPE),
    ("two values", b"{} {}", JSON_TYPE),
    ("another charset", b"{}", "application/json; charset=utf-16"),
    ("a form", b"name=a", "application/x-www-form-urlencoded"),
    ("a form in parts", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\na\r\n--x--', "multipart/form-data; boundary=x"),
    ("plain text", b'{"name":"a"}', "text/plain"),
    ("no type at all", b'{"name":"a"}', None),
    ("XML", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "application/xml"),
]

# Values inside a cursor, which is JSON in base64.
IN_CURSORS: list[Any] = [
    None, True, 0, -1, 1.5, 2**31, 2**63, 10**400, "", "\x00", "\ud800", "-createdAt", FAMILY, SQL, "x" * 500, "NaN", "1e400",
    "Infinity", "-1", "9" * 40, "0.0000001", "2026-01-31", "2026-01-31T09:30:00", "2026-01-31T09:30:00Z",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0000-01-01T00:00:00+00:00", "10000-01-01T00:00:00Z",
    "00000000-0000-0000-0000-000000000000", [], {}, ["a"], {"a": 1},
]  # fmt: skip

# Percent-encoded query values that cannot be text.
NEVER_ENCODED = ["%00", "a%00b", "%ff", "%ed%a0%80", "%c0%80", "%f8%88%80%80%80"]
_DAYS = ["0000-01-01", "10000-01-01", "2026-02-30", "2026-1-1", "20260131", "1769817600", "2026-01-31T00:00:00Z", "-0001-01-01"]
# What each type of parameter refuses, and what a text may or may not.
WRONG: dict[str, list[str]] = {
    "uuid": [
        "", "not-an-id", "0", str(2**63), "0" * 32, "{00000000-0000-0000-0000-000000000000}", FAMILY, LONG, SQL, "\u0661" * 36,
    ],
    "date": ["", *_DAYS, "now", FAMILY, LONG, SQL, "\u0662\u0660\u0662\u0666-01-31"],
    "integer": [
        "", "0", "-0", "-1", "101", str(2**31), str(2**63), "9" * 5_000, "1e400", "1.5", "NaN", "Infinity", "0x1", "1_0", "null",
        "\u0661\u0662\u0663", LONG, SQL,
    ],
    "boolean": ["", "2", "maybe", "null", "[]", str(2**63), FAMILY, LONG],
    "enum": ["", "0", "null", FAMILY, LONG, SQL, "DEAD", "day,week"],
    "string": [
        "", " ", "\t", "null", "a" * 41, LONG, LONG_EMOJI, FAMILY, RIGHT_TO_LEFT, COMBINING, ASTRAL, SQL, HTML, CRLF, HOMOGLYPH,
        FORMAT, "%", "_", "\\", "\\%", "''", '"', "(", "a & b | !c", ":*", "a:*b", "<->", "!!", "-a", "&&&", "-1", str(2**63),
        "1e400", "2026-02-30", "..", "/", "*", "?", "\u2028", "\ufeff", "\uffff", "\u00ad", "e30", "W10", "WyJpZCIsbnVsbF0",
        "WyJpZCIsIngiXQ",
    ],
}  # fmt: skip
# In ranges, though at their edge: answered, whatever the answer.
EDGES: dict[str, list[str]] = {"date": ["0001-01-01", "9999-12-31"], "integer": ["1"], "boolean": ["true", "0"]}
# Path segments that cannot be ids.
SEGMENTS = [
    "%00", "%ff", "%ed%a0%80", "not-an-id", "0" * 32, str(2**63), "-1", "%F0%9F%98%80", "..%2f..%2fetc%2fpasswd", "%2e%2e",
    "00000000-0000-0000-0000-000000000000%0a", "00000000-0000-0000-0000-00000000000g", "%d9%a1", "null", "%27%20OR%201=1--",
    "%7b%7d", "x" * 9_000,
]  # fmt: skip
# Headers as raw bytes: none may break anything, whatever door it comes to.
HEADERS: list[tuple[str, bytes]] = [
    ("cookie", b"storekeep_session=" + b"A" * 43),
    ("cookie", b"storekeep_session=\xff\xfe\x80"),
    ("cookie", b"storekeep_session=" + b"x" * 9_000),
    ("cookie", b"storekeep_session=; storekeep_session=a"),
    ("cookie", b"=;=;;=storekeep_session"),
    ("cookie", b"storekeep_device=" + b"." * 300),
    ("cookie", b"storekeep_device=eyJ.eyJ.x"),
    ("x-request-id", b"\xff" * 20),
    ("x-request-id", b"a\tb" * 30),
    ("authorization", b"Bearer " + b"x" * 5_000),
    ("accept-encoding", b"gzip;q=NaN, *;q=1e400, \xff"),
    ("accept", b"\xff\xfe/;;q=x"),
    ("content-length", b"-1"),
    ("content-length", b"99999999999999999999"),
    ("content-encoding", b"gzip, \xff"),
    ("range", b"bytes=0-99999999999999999999999"),
    ("if-none-match", b'"' + b"x" * 5_000),
    ("last-event-id", b"9" * 19 + b"-" + b"9" * 19),
    ("last-event-id", b"\xff\x80"),
    ("traceparent", b"00-" + b"0" * 32 + b"-zz-99"),
    ("x-forwarded-for", b"\xff, ::1, 127.0.0.1, <script>"),
    ("x-forwarded-host", b"evil.example"),
    ("x-http-method-override", b"DELETE"),
    ("user-agent", b"\xff\xfe\x01<script>" + b"u" * 5_000),
    ("access-control-request-method", b"\xff"),
]
