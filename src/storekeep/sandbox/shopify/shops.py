"""The shops there are and what each is made of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from storekeep.sandbox.config import AWKWARD, AWKWARD_JPY, DEMO_STORE, ONLINE_RETAIL, RECENT_ONLY, SHOPS, SandboxConfig
from storekeep.sandbox.shopify.awkward import AwkwardShop
from storekeep.sandbox.shopify.calendar import shift
from storekeep.sandbox.shopify.demo_shop import DemoShop
from storekeep.sandbox.shopify.making import Terms
from storekeep.sandbox.shopify.retail import QUARTER, read
from storekeep.sandbox.shopify.retail_shop import RetailShop
from storekeep.sandbox.shopify.store import Base, Facts

_ID_STEP = 1_000_000_000_000
_HUGE = 819_000
_OPENED = 1_230_768_000  # 2009-01-01


def base_of(domain: str, config: SandboxConfig, anchor: date) -> Base:
    """The base rows of a shop; `anchor` is today for the shifted ones. Raises KeyError for a shop there is not."""
    if domain not in SHOPS:
        raise KeyError(domain)
    return _base_of(domain, config.full_data or QUARTER, config.multiply, anchor)


# Nobody changes base rows, and making them takes a second: a shop that is put back starts from the same ones.
@lru_cache(maxsize=len(SHOPS))
def _base_of(domain: str, retail_file: Path, multiply: int, anchor: date) -> Base:
    id_base = (SHOPS.index(domain) + 5) * _ID_STEP
    if domain == ONLINE_RETAIL:
        facts = Facts(domain, "Online Retail", id_base, "GBP", "Europe/London", _OPENED)
        return RetailShop(read(retail_file), facts, multiply).base(retail_file.name)
    if domain in (DEMO_STORE, RECENT_ONLY):
        name = "Demo Store" if domain == DEMO_STORE else "Recent Only"
        facts = Facts(domain, name, id_base, "GBP", "Europe/London", _OPENED, plan="Grow")
        retail = read(QUARTER)
        return DemoShop(retail, facts, shift(retail.walls, anchor - timedelta(days=1))).base(f"demo-{anchor}")
    return _awkward(domain, anchor)


def _awkward(domain: str, anchor: date) -> Base:
    # Ids near the largest seen in the wild: past what a JavaScript number holds.
    id_base = (_HUGE + SHOPS.index(domain)) * _ID_STEP
    opened = int(datetime(anchor.year - 2, 5, 1, tzinfo=UTC).timestamp())
    if domain == AWKWARD:
        facts = Facts(domain, "Awkward & Söhne 💡", id_base, "EUR", "Europe/Berlin", opened, ("USD", "JPY", "KWD"), True)
        others = [
            Terms("EUR", "USD", Fraction(110, 100)),
            Terms("EUR", "JPY", Fraction(163, 100)),  # 100 cents are 163 yen
            Terms("EUR", "KWD", Fraction(334, 100)),  # 100 cents are 334 fils
        ]
        return AwkwardShop(facts, anchor, Terms("EUR", "EUR"), others).base()
    if domain == AWKWARD_JPY:
        facts = Facts(domain, "難しい店", id_base, "JPY", "Asia/Tokyo", opened, ("USD",), True)
        terms = Terms("JPY", "JPY", tax_title="消費税")
        return AwkwardShop(facts, anchor, terms, [Terms("JPY", "USD", Fraction(67, 100))]).base(tied=20)
    facts = Facts(domain, "متجر صعب", id_base, "KWD", "Asia/Kuwait", opened, ("EUR",), False)
    return AwkwardShop(facts, anchor, Terms("KWD", "KWD"), [Terms("KWD", "EUR", Fraction(30, 100))]).base(tied=20)
