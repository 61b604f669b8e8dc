"""Text: what outside strings must lose before PostgreSQL or a person meets them."""

from __future__ import annotations

import re
import unicodedata

_BIDI_CONTROLS = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
_SURROGATES = re.compile("[\ud800-\udfff]")


def storable(text: str) -> str:
    """`text` as PostgreSQL can hold it: NUL dropped, lone surrogates replaced by U+FFFD, everything else byte-exact."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def storable_or_none(text: str | None) -> str | None:
    """`storable`, with None and the empty string both None."""
    return storable(text) if text else None


def one_line(text: str, limit: int = 200) -> str:
    """`text` on one line for lists and logs: control and direction-override characters gone, blanks folded, cut at `limit`."""
    flat = " ".join(text.translate(_BIDI_CONTROLS).split())
    flat = "".join(c for c in flat if unicodedata.category(c) not in ("Cc", "Cs"))
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def email_norm(address: str | None) -> str | None:
    """The form in which e-mail addresses are compared: NFC, trimmed, lower-cased; None for the empty one."""
    if not address:
        return None
    return unicodedata.normalize("NFC", storable(address)).strip().lower() or None


def like_pattern(text: str) -> str:
    r"""`text` as a literal "contains" pattern for LIKE with escape character `\`."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
