"""The whole Online Retail year, where its file is at hand: every figure of the data set's README."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.sandbox.driver import EVERYTHING, config, running
from tests.sandbox.quarter_figures import figures
from tests.sandbox.test_shops import same, sold

README = {
    "lines": 530_100,
    "units": 5_588_372,
    "orders": 19_960,
    "guestOrders": 1_428,
    "customers": 4_338,
    "repeatCustomers": 2_845,
    "products": 3_921,
    "revenue": "10666684.54",
    "topCustomers": [
        {"customer": "14646", "revenue": "280206.02", "orders": 73},
        {"customer": "18102", "revenue": "259657.30", "orders": 60},
        {"customer": "17450", "revenue": "194550.79", "orders": 46},
        {"customer": "16446", "revenue": "168472.50", "orders": 2},
        {"customer": "14911", "revenue": "143825.06", "orders": 201},
    ],
    "largestOrder": {"name": "#581483", "total": "168469.60"},
}
MONTHS = {"2011-03": {"revenue": "717639.36", "orders": 1454}, "2011-11": {"revenue": "1509496.33", "orders": 2769}}


def full_data() -> Path | None:
    """The whole file: $DEMO_DATA, or beside the project."""
    places = [os.environ.get("DEMO_DATA"), str(Path(__file__).parents[3] / "shared/data/online-retail/online_retail.csv.gz")]
    return next((Path(p) for p in places if p and Path(p).is_file()), None)


@pytest.fixture(scope="module")
def year() -> Path:
    path = full_data()
    if path is None:
        print("SKIPPED: the whole Online Retail file is not here (set DEMO_DATA to its path)")  # noqa: T201
        pytest.skip("the whole Online Retail file is not here")
    return path


@pytest.mark.long
def test_the_independent_program_agrees_with_the_readme(year: Path) -> None:
    found = figures(str(year))
    months = found.pop("months")
    assert found == README and {m: months[m] for m in MONTHS} == MONTHS


@pytest.mark.long
def test_the_whole_year_served_over_http(year: Path, tmp_path: Path) -> None:
    with running(config(tmp_path, full_data=year)) as sandbox:
        found = sold(sandbox.lines(sandbox.bulk(EVERYTHING)))
        months = found.pop("months")
        assert same(found, README), found
        assert same({m: months[m] for m in MONTHS}, MONTHS)


def test_the_whole_year_as_the_shop_holds_it(year: Path, tmp_path: Path) -> None:
    with running(config(tmp_path, full_data=year)) as sandbox:
        counts = sandbox.data("{ ordersCount(limit: null) { count } customersCount { count } productsCount { count } }")
        assert [c["count"] for c in counts.values()] == [README["orders"], README["customers"], README["products"]]
        for top in README["topCustomers"]:  # type: ignore[attr-defined]
            query = "query($q: String!) { customers(first: 1, query: $q) { nodes { numberOfOrders amountSpent { amount } } } }"
            node = sandbox.data(query, {"q": f"email:'customer-{top['customer']}@example.com'"})["customers"]["nodes"][0]
            assert node["numberOfOrders"] == str(top["orders"]) and same(node["amountSpent"]["amount"], top["revenue"])
        rows = sandbox.data(
            """{ orders(first: 1, query: "name:'#581483'") { nodes { totalPriceSet { shopMoney { amount currencyCode } } } } }"""
        )
        assert rows["orders"]["nodes"][0]["totalPriceSet"]["shopMoney"] == {"amount": "168469.6", "currencyCode": "GBP"}
        march = "created_at:>='2011-03-01T00:00:00Z' AND created_at:<'2011-03-31T23:00:00Z'"
        assert (
            sandbox.data("query($q: String) { ordersCount(query: $q) { count } }", {"q": march})["ordersCount"]["count"] == 1454
        )
