"""Country words of the Online Retail file and their ISO codes; the file's own spellings, corrected where they are no country."""

from __future__ import annotations

_CODES = {
    "United Kingdom": "GB",
    "Germany": "DE",
    "France": "FR",
    "EIRE": "IE",
    "Spain": "ES",
    "Netherlands": "NL",
    "Belgium": "BE",
    "Switzerland": "CH",
    "Portugal": "PT",
    "Australia": "AU",
    "Norway": "NO",
    "Italy": "IT",
    "Channel Islands": "JE",
    "Finland": "FI",
    "Cyprus": "CY",
    "Sweden": "SE",
    "Austria": "AT",
    "Denmark": "DK",
    "Japan": "JP",
    "Poland": "PL",
    "Israel": "IL",
    "USA": "US",
    "Hong Kong": "HK",
    "Singapore": "SG",
    "Iceland": "IS",
    "Canada": "CA",
    "Greece": "GR",
    "Malta": "MT",
    "United Arab Emirates": "AE",
    "RSA": "ZA",
    "Lebanon": "LB",
    "Lithuania": "LT",
    "Brazil": "BR",
    "Czech Republic": "CZ",
    "Bahrain": "BH",
    "Saudi Arabia": "SA",
}
_NAMES = {
    "EIRE": "Ireland",
    "USA": "United States",
    "RSA": "South Africa",
    "Channel Islands": "Jersey",
    "Czech Republic": "Czechia",
}


def country_code(word: str) -> str | None:
    """The ISO 3166 code of a country word, or None for "Unspecified" and "European Community"."""
    return _CODES.get(word)


def iso_name(code: str | None) -> str | None:
    """The usual English name behind an ISO code; the code itself for one outside this list."""
    if code is None:
        return None
    return next((country_name(word) for word, known in _CODES.items() if known == code), code)


def country_name(word: str) -> str | None:
    """The country's usual English name, or None where the word names none."""
    return _NAMES.get(word, word) if word in _CODES else None
