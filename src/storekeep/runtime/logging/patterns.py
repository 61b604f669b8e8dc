"""What a secret looks like in free text: the patterns by which redaction finds one it was not told about."""

from __future__ import annotations

import re

REDACTED = "[redacted]"

# A key with one of these words in its name never shows its value.
_DENIED_WORDS = (
    r"pass(?:word|wd|phrase|code)|\bpwd\b|secret|token|api[_-]?key|authori[sz]ation|cookie|credential|encryption[_-]?key|"
    r"private[_-]?key|signing[_-]?key|access[_-]?key|hmac|signature|card[_-]?number|cvv|cvc|\bpin\b|\botp\b"
)
DENIED_KEY = re.compile(_DENIED_WORDS, re.IGNORECASE)

# Values that database drivers and validators repeat in their messages. Each runs to the end of its line (or text), because the
# value itself may hold any bracket or quote.
_ECHOES: list[tuple[re.Pattern[str], str]] = [
    (re.compile(r"\[parameters: .*", re.DOTALL), f"[parameters: {REDACTED}]"),
    (re.compile(r"(Key \([^)\n]{0,200}\)=)\([^\n]*"), rf"\1{REDACTED}"),
    (re.compile(r"(Failing row contains )\([^\n]*"), rf"\1{REDACTED}"),
    (re.compile(r"(query argument \$\d+: )[^\n]*"), rf"\1{REDACTED}"),
    (re.compile(r"(invalid input (?:syntax|value) for [\w .]{1,80}: )[^\n]*"), rf"\1{REDACTED}"),
    (re.compile(r"((?:tsquery|malformed \w{1,20} literal|field value out of range): )[^\n]*"), rf"\1{REDACTED}"),
    (re.compile(r"input_value=.*?, input_type=", re.DOTALL), f"input_value={REDACTED}, input_type="),
    (re.compile(r"((?:set-)?cookie[\"']?\s{0,3}[:=]\s{0,3})[^\n]+", re.IGNORECASE), rf"\1{REDACTED}"),
]

_SHAPES: list[tuple[re.Pattern[str], str]] = [
    # user:password@ of an address, before the e-mail pattern sees an address in it
    (re.compile(r"(\w://)[^\s/@]{1,300}@"), rf"\1{REDACTED}@"),
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]+", re.IGNORECASE), rf"\1 {REDACTED}"),
    (re.compile(r"shp[a-z]{2,4}_[0-9a-zA-Z_-]+", re.IGNORECASE), REDACTED),
    (re.compile(r"eyJ[\w-]{4,}\.[\w-]+(?:\.[\w-]*)*"), REDACTED),
    (re.compile(r"(?<![\w-])(?:sk-|xox[a-z]-|rzp_(?:live|test)_|key-|ya29\.|AKIA|EAA)[\w.-]{12,}"), REDACTED),
    # name=value, name: value, "name": "value"
    (
        re.compile(
            rf"((?:{_DENIED_WORDS})[\w-]{{0,40}}[\"']?\s{{0,3}}[:=]\s{{0,3}})"
            r"(\"(?:[^\"\\]|\\.)*\"?|'(?:[^'\\]|\\.)*'?|[^\s,;&)}\]]+)",
            re.IGNORECASE,
        ),
        rf"\1{REDACTED}",
    ),
    # the query of an address or of a request line
    (re.compile(r"(?<=[\w/.~%-])\?[\w%.~\[\]-]+=[^\s\"'<>]*"), "?[query]"),
    (re.compile(r"[^\s@<>\"'(),;:\\\[\]=/]{1,64}@(?:[^\s@<>\"'(),;:/.]{1,63}\.)+[^\W\d_]{2,24}"), "[email]"),
    # 32 bytes in base64, and hexadecimal keys and digests
    (re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=(?!=)"), REDACTED),
    (re.compile(r"(?<![0-9A-Za-z])[0-9a-fA-F]{32,}(?![0-9A-Za-z])"), REDACTED),
]
_OPAQUE = re.compile(r"(?<![\w-])[A-Za-z0-9_-]{40,}(?![\w-])")
_CARD = re.compile(r"(?<![\w/.:-])[3-6](?:[ -]?\d){12,18}(?![\w-])")


def scrub_echoes(text: str) -> str:
    """`text` without the values that drivers and validators echo; needs the original line ends."""
    for pattern, replacement in _ECHOES:
        text = pattern.sub(replacement, text)
    return text


def scrub_shapes(text: str) -> str:
    """`text` (one line) without anything shaped like a token, key, password, card number or e-mail address."""
    for pattern, replacement in _SHAPES:
        text = pattern.sub(replacement, text)
    text = _OPAQUE.sub(lambda m: REDACTED if _is_mixed_case(m.group()) else m.group(), text)
    return _CARD.sub(lambda m: "[card]" if _passes_luhn(m.group()) else m.group(), text)


def _is_mixed_case(word: str) -> bool:
    # Random base64 of this length has both cases; identifiers and slugs have one.
    return word != word.lower() and word != word.upper()


def _passes_luhn(text: str) -> bool:
    digits = [int(c) for c in text if c.isdigit()]
    total = sum(digits[-1::-2]) + sum(sum(divmod(2 * d, 10)) for d in digits[-2::-2])
    return total % 10 == 0
