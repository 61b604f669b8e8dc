"""Made-up people for the demo shops: names, e-mails, addresses, phones; the same for the same number, always."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from storekeep.sandbox.shopify.model import Address

_MASK = 2**64 - 1

_FIRST = (
    "Olivia Amelia Isla Ava Mia Ivy Lily Freya Florence Grace Willow Evie Rosie Poppy Harriet Imogen Nora Beatrice Sienna "
    "Alice Noah George Oliver Arthur Leo Oscar Theo Freddie Harry Archie Jack Henry Alfie Charlie Thomas Reuben Finley "
    "Rory Callum Hugo Priya Aisha Fatima Mei Sofia Chloé Zoë Jürgen Søren Łukasz Nikolaos Ivana Tomás Aoife Siobhán Kwame "
    "Ngozi Yusuf Ravi Hana"
).split()
_LAST = (
    "Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Robinson Wright Thompson Evans Walker White Roberts "
    "Green Hall Wood Jackson Clarke Hughes Edwards Turner Hill Cooper Ward Morris Moore Clark Lee King Baker Harrison "
    "Morgan Allen James Scott Phillips Watson Davis Parker Price Bennett Young Griffiths Mitchell Kelly Cook Carter "
    "Richardson Bailey Collins Bell Shaw Murphy Miller Cox Khan Richards Marshall Anderson Simpson Ellis O'Brien MacDonald "
    "Fitzgerald Begum Ahmed Ali Nowak García Müller Schröder Lefèvre Dubois Rossi Jansen Nielsen Andersson Virtanen "
    "Papadopoulos Kowalska Yılmaz Okafor Mensah Sørensen"
).split()
_STREETS = (
    "High Street|Station Road|Church Lane|Victoria Road|Mill Lane|Park Avenue|The Crescent|Queens Road|Market Place|"
    "Orchard Close|Kingsway|Chapel Street|Meadow View|Grange Road|Castle Street|North Parade|Albion Terrace|Bridge Street|"
    "Elm Grove|Harbour Row"
).split("|")
_COMPANIES = (
    "The Gift Cupboard|Bramble & Co|Copper Kettle Gifts|Paper Lantern Ltd|Harbour Lights|Blue Door Interiors|"
    "The Old Post Office|Thistle & Thyme|Little Acorn Gifts|Lavender Lane"
).split("|")


@dataclass(frozen=True, slots=True)
class _Place:
    city: str
    province: str | None
    province_code: str | None
    zip: str  # `#` is a digit, `@` a letter


def _places(text: str) -> list[_Place]:
    return [_Place(c, p or None, k or None, z) for c, p, k, z in (row.split("|") for row in text.split(";"))]


_PLACES: dict[str, list[_Place]] = {
    "GB": _places(
        "London|England|ENG|SW# #@@;Manchester|England|ENG|M# #@@;Leeds|England|ENG|LS# #@@;Bristol|England|ENG|BS# #@@;"
        "York|England|ENG|YO# #@@;Norwich|England|ENG|NR# #@@;Edinburgh|Scotland|SCT|EH# #@@;Glasgow|Scotland|SCT|G# #@@;"
        "Cardiff|Wales|WLS|CF# #@@;Belfast|Northern Ireland|NIR|BT# #@@;Brighton|England|ENG|BN# #@@;Bath|England|ENG|BA# #@@"
    ),
    "IE": _places("Dublin|County Dublin|D|D0# @#@#;Cork|County Cork|CO|T## @#@#;Galway|County Galway|G|H91 @#@#"),
    "DE": _places("Berlin||BE|101##;Hamburg||HH|200##;München||BY|803##;Köln||NW|506##"),
    "FR": _places("Paris|||750##;Lyon|||690##;Bordeaux|||330##;Lille|||590##"),
    "NL": _places("Amsterdam|||10## @@;Utrecht|||35## @@;Rotterdam|||30## @@"),
    "BE": _places("Bruxelles|||10##;Antwerpen|||20##"),
    "ES": _places("Madrid|Madrid|M|280##;Barcelona|Barcelona|B|080##;Sevilla|Sevilla|SE|410##"),
    "PT": _places("Lisboa|Lisboa|PT-11|1### - ###;Porto|Porto|PT-13|4### - ###"),
    "IT": _places("Milano|Milano|MI|201##;Roma|Roma|RM|001##"),
    "CH": _places("Zürich|||80##;Genève|||12##"),
    "AU": _places("Sydney|New South Wales|NSW|20##;Melbourne|Victoria|VIC|30##"),
    "US": _places("Portland|Oregon|OR|972##;Austin|Texas|TX|787##"),
    "JP": _places("Tōkyō|Tōkyō|JP-13|1##-00##;Ōsaka|Ōsaka|JP-27|53#-00##"),
}
_DIAL = {"GB": "+44", "IE": "+353", "DE": "+49", "FR": "+33", "NL": "+31", "US": "+1", "AU": "+61"}


def mix(seed: int, salt: int) -> int:
    """A number of 64 bits that looks random and is the same for the same arguments (splitmix64)."""
    x = (seed * 0x9E3779B97F4A7C15 + salt * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
    return x ^ (x >> 31)


def _fill(pattern: str, seed: int) -> str:
    out = []
    for place, letter in enumerate(pattern):
        number = mix(seed, 100 + place)
        out.append({"#": str(number % 10), "@": "ABCDEFGHJKLNPQRSTUWXYZ"[number % 22]}.get(letter, letter))
    return "".join(out)


def names(seed: int) -> tuple[str, str]:
    """A first and a last name."""
    return _FIRST[mix(seed, 1) % len(_FIRST)], _LAST[mix(seed, 2) % len(_LAST)]


def email(seed: int, first: str, last: str) -> str:
    """An address at example.com that fits the name and is nobody else's."""
    plain = unicodedata.normalize("NFKD", f"{first}.{last}".translate(str.maketrans("øØłŁıß", "oOlLis")))
    return "".join(c for c in plain.lower() if c.isascii() and (c.isalnum() or c == ".")) + f".{seed}@example.com"


def phone(seed: int, country: str | None) -> str | None:
    """A phone number in the range kept for fiction, for two people in three."""
    if mix(seed, 3) % 3 == 0:
        return None
    return f"{_DIAL.get(country or '', '+44')}7700900{mix(seed, 4) % 1000:03d}"


def address(id: int, seed: int, first: str, last: str, country: str | None, code: str | None) -> Address:
    """Where somebody of that name lives, in that country."""
    places = _PLACES.get(code or "", [_Place(country or "London", None, None, "####")])
    place = places[mix(seed, 5) % len(places)]
    return Address(
        id=id,
        first_name=first,
        last_name=last,
        company=_COMPANIES[mix(seed, 6) % len(_COMPANIES)] if mix(seed, 7) % 5 == 0 else None,
        address1=f"{1 + mix(seed, 8) % 180} {_STREETS[mix(seed, 9) % len(_STREETS)]}",
        address2=f"Flat {1 + mix(seed, 10) % 20}" if mix(seed, 11) % 6 == 0 else None,
        city=place.city,
        province=place.province,
        province_code=place.province_code,
        zip=_fill(place.zip, seed),
        country=country,
        country_code=code,
        phone=phone(seed, code),
    )
