"""Search as people type it: beginnings of words, accents, scripts, e-mail parts, numbers with signs; every word wanted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domains.insights.conftest import Books
from tests.support.accounts import House
from tests.support.records import MORNING, a_customer, a_line, a_product, a_variant, an_order

COMPOSED, APART = "Zoë Brontë", "Zoe\u0308 Bronte\u0308"
PEOPLE: dict[int, dict[str, Any]] = {
    1: {"firstName": "Mary", "lastName": "O'Brien", "email": "mary.obrien+shop@example-mail.co.uk"},
    2: {"firstName": "Zoë", "lastName": "Brontë", "email": "zoe@bronte.example"},
    3: {"firstName": "Zoe\u0308", "lastName": "Bronte\u0308-Apart", "email": None},
    4: {"firstName": "محمد", "lastName": "علي", "email": "m.ali@example.com"},
    5: {"firstName": "李", "lastName": "小龙", "email": "bruce_lee@example.com"},
    6: {"firstName": "🎁 Gift", "lastName": "Shop", "email": "gift@example.org"},
    7: {"firstName": "Jean-Luc", "lastName": "D’Arcy", "email": "jl@enterprise.example"},
    8: {"firstName": "STRASSE", "lastName": "Straße", "email": "weg@example.de"},
    9: {"firstName": "Mary", "lastName": "Smith", "email": "smith@example.com"},
    10: {"firstName": "ÅSA", "lastName": "Öberg", "email": "asa@example.se"},
    11: {"firstName": "नमस्ते", "lastName": "राम", "email": "ram@example.in"},
    12: {"firstName": None, "lastName": None, "email": "only@mail.example"},
}
CUSTOMERS: dict[str, set[int]] = {
    "mary": {1, 9},
    "MARY": {1, 9},
    "mar": {1, 9},
    "ary": set(),  # the beginning of a word, not its middle
    "mary smith": {9},
    "smith mary": {9},
    "mary nobody": set(),
    "  mary   smith  ": {9},
    "o'brien": {1},
    "O’Brien": {1},  # the apostrophe phones put there
    "brien": {1},
    "mary.obrien": {1},
    "mary.obrien+shop@example-mail.co.uk": {1},
    "example-mail": {1, 12},
    "shop@": {1, 6},
    "@bronte": {2, 3},  # an accent written apart comes after the beginning
    COMPOSED: {2, 3},
    APART: {2, 3},
    "zoë": {2, 3},
    "محمد": {4},
    "محم": {4},
    "\u202bمحمد\u202c": {4},  # marks of direction come along with copied text
    "علي محمد": {4},
    "李": {5},
    "小": {5},
    "bruce_lee": {5},
    "lee": {5},
    "🎁": set(),  # no word
    "🎁 gift": {6},
    "gift": {6},
    "jean-luc": {7},
    "luc": {7},
    "darcy": set(),
    "d'arcy": {7},
    "arcy": {7},
    "straße": {8},
    "strasse": {8},
    "åsa": {10},
    "öberg": {10},
    "नमस्ते": {11},
    "only": {12},
    "*": set(),
    "%": set(),
    "'": set(),
    "\\": set(),
    "mary & smith | !": {9},
    "mary:*": {1, 9},
    "!mary": {1, 9},
    "(mary": {1, 9},
    "<->": set(),
    "'mary' | 'zoe'": set(),
    "example com": {4, 5, 9},
}
ORDERS: dict[str, set[str]] = {
    "#1001": {"#1001"},
    "1001": {"#1001"},
    "100": {"#1001", "#1002"},
    "#10": {"#1001", "#1002", "EU-10/77"},
    "EU-10/77": {"EU-10/77"},
    "eu 77": {"EU-10/77"},
    "77": {"EU-10/77"},
    "ada@example.com": {"#1001"},
    "ada": {"#1001"},
    "+44 20 7946": set(),  # a phone is looked for among customers
    "4420": set(),
    "002": set(),
}
PRODUCTS: dict[str, set[int]] = {
    "mug": {1, 2},
    "blue mug": {1},
    "mug blue": {1},
    "MUG-BLU-01": {1},
    "mug-blu": {1},
    "blu": {1},  # as part of the SKU and of "Blue"
    "01": {1},
    "café": {2},
    "ceramica": set(),  # accents are letters of their own
    "cerámica": {2},
    "kitchen": {1, 2},
    "tee": {3},
    "T-Shirt": {3},
    "shirt": {3},
    "XL": {3},
    "½": set(),
    "100%": {3},
    "cotton 100": {3},
}


@pytest.fixture(scope="module")
async def shop(house: House) -> Books:
    """A store of names that are not English."""
    books = Books(await house.new_owner())
    await books.open()
    orders = [
        an_order(1, name="#1001", email="ada@example.com"),
        an_order(2, name="#1002", phone="+44 20 7946 0018"),
        an_order(3, name="EU-10/77"),
    ]
    await books.hold([a_customer(number, at=MORNING, **names) for number, names in PEOPLE.items()], orders)
    await books.shops[0].products(
        a_product(1, title="Blue mug", productType="Kitchen", variants=[a_variant(1, sku="MUG-BLU-01")]),
        a_product(2, title="Café Mug", vendor="Cerámica", productType="Kitchen", variants=[a_variant(2, sku="CM/2")]),
        a_product(
            3, title="T-Shirt 100% cotton", productType="Tee", variants=[a_variant(3, sku="TS_S"), a_variant(4, sku="TS_XL")]
        ),
    )
    return books


async def found(books: Books, kind: str, q: str) -> list[dict[str, Any]]:
    """What a search shows, page by page, in the order it comes."""
    rows: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = await books.read(f"/api/{kind}", q=q, limit=2, cursor=cursor)
        rows += page["items"]
        cursor = page["nextCursor"]
        if cursor is None:
            return rows


@pytest.mark.parametrize("q", CUSTOMERS)
async def test_customers(shop: Books, q: str) -> None:
    assert {int(row["shopifyId"]) for row in await found(shop, "customers", q)} == CUSTOMERS[q]


@pytest.mark.parametrize("q", ORDERS)
async def test_orders(shop: Books, q: str) -> None:
    assert {row["name"] for row in await found(shop, "orders", q)} == ORDERS[q]


@pytest.mark.parametrize("q", PRODUCTS)
async def test_products(shop: Books, q: str) -> None:
    assert {int(row["shopifyId"]) for row in await found(shop, "products", q)} == PRODUCTS[q]


@pytest.mark.parametrize("q", ["", " ", "\t"])
async def test_nothing_typed_is_no_search(shop: Books, q: str) -> None:
    assert len(await found(shop, "customers", q)) == len(PEOPLE)


async def test_the_longest_search_and_one_letter_more(shop: Books) -> None:
    assert await found(shop, "customers", "x" * 200) == []
    assert (await shop.ask("/api/customers", q="x" * 201)).status_code == 422
    # Words beyond the eighth are not looked at: the first eight have said enough.
    assert [row["email"] for row in await found(shop, "customers", "mary " * 8 + "nobody")] != []


async def test_a_search_is_narrowed_by_filters_and_keeps_its_order(books: Books) -> None:
    orders = [an_order(n, name=f"#77{n}", total=f"{n % 3}.00", test=n % 2 == 0) for n in range(1, 10)]
    await books.hold([], orders)
    rows = []
    cursor = None
    while True:
        page = await books.read("/api/orders", q="77", test="true", sort="-total", limit=2, cursor=cursor)
        rows += page["items"]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert sorted(row["name"] for row in rows) == ["#772", "#774", "#776", "#778"]
    assert [row["totalPrice"] for row in rows] == ["2.00", "2.00", "1.00", "0.00"]


async def test_what_is_gone_or_changed_is_found_as_it_is_now(books: Books) -> None:
    await books.hold([a_customer(1, firstName="Before"), a_customer(2, firstName="Gone")], [])
    assert len(await found(books, "customers", "before")) == 1
    later = MORNING.replace(hour=12)
    await books.hold([a_customer(1, firstName="After", version=later)])
    assert await found(books, "customers", "before") == await found(books, "customers", "gone") == []
    assert len(await found(books, "customers", "after")) == 1


async def test_another_tenants_rows_are_not_found(shop: Books, books: Books) -> None:
    await books.hold([a_customer(1, firstName="Mary", lastName="Elsewhere")], [an_order(1, name="#1001", lines=[a_line(1)])])
    assert [row["name"] for row in await found(books, "customers", "mary")] == ["Mary Elsewhere"]
    assert len(await found(books, "orders", "1001")) == len(await found(shop, "orders", "1001")) == 1
