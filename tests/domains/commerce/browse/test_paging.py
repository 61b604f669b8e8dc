"""Lists page by page: no row twice, none lost, whatever is equal or changes meanwhile; a cursor is good for its own list."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from storekeep.domains.commerce.browse import customers, orders, products
from storekeep.kit.ids import uuid7
from tests.domains.insights.conftest import Books
from tests.support.accounts import House
from tests.support.records import MORNING, a_customer, a_product, an_order

SORTS = [
    (kind, sort)
    for kind, module in (("orders", orders), ("customers", customers), ("products", products))
    for sort in module.SORTS
]
ROWS = 23
VALUE: dict[str, Any] = {
    "createdAt": lambda row: row["createdAt"],
    "updatedAt": lambda row: row["updatedAt"],
    "total": lambda row: float(row["totalPrice"]),
    "name": lambda row: (row["name"] or row.get("email") or "").lower() if "email" in row else row["name"],
    "title": lambda row: row["title"].strip().lower(),
    "spent": lambda row: float(row["totalSpent"]),
    "orders": lambda row: row["ordersCount"],
}


async def fill(books: Books) -> None:
    """Rows of which many are equal in whatever they are sorted by."""
    names = ("Ada", "ada", "Zoë", "", "李")
    await books.hold(
        [a_customer(n, at=MORNING + timedelta(hours=n % 3), firstName=names[n % 5], lastName=None) for n in range(1, ROWS + 1)],
        [
            an_order(
                n,
                at=MORNING + timedelta(hours=n % 3),
                total=f"{n % 2}0.00",
                name=f"#{n % 4}",
                customer=n % 7 + 1 if n % 5 else None,
            )
            for n in range(1, ROWS + 1)
        ],
    )
    goods = [
        a_product(n, at=MORNING + timedelta(hours=n % 3), title=f"{' ' * (n % 2)}{'Thing' if n % 3 else 'thing'} {n % 4}")
        for n in range(1, ROWS + 1)
    ]
    await books.shops[0].products(*goods)


@pytest.fixture(scope="module")
async def filled(house: House) -> Books:
    """A store that nothing is changed in."""
    made = Books(await house.new_owner())
    await made.open()
    await fill(made)
    return made


async def walk(books: Books, kind: str, **asked: Any) -> list[dict[str, Any]]:
    """Every row of a list, page after page."""
    rows: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = await books.read(f"/api/{kind}", cursor=cursor, **asked)
        rows += page["items"]
        cursor = page["nextCursor"]
        if cursor is None:
            return rows
        assert len(page["items"]) == asked["limit"]


@pytest.mark.parametrize(("kind", "sort"), SORTS)
async def test_every_row_once_and_in_order(filled: Books, kind: str, sort: str) -> None:
    whole = (await filled.read(f"/api/{kind}", sort=sort, limit=100))["items"]
    assert len(whole) == len({row["id"] for row in whole}) == ROWS
    keys = [VALUE[sort.removeprefix("-")](row) for row in whole]
    assert keys == sorted(keys, reverse=sort.startswith("-"))
    for limit in (1, 2, 7, ROWS):
        assert await walk(filled, kind, sort=sort, limit=limit) == whole
    assert len(set(map(str, keys))) < ROWS, "nothing was equal"


@pytest.mark.parametrize(("kind", "sort"), SORTS)
async def test_a_cursor_is_good_for_its_own_list_and_order_alone(filled: Books, kind: str, sort: str) -> None:
    cursor = (await filled.read(f"/api/{kind}", sort=sort, limit=1))["nextCursor"]
    for other_kind, other_sort in SORTS:
        answer = await filled.ask(f"/api/{other_kind}", sort=other_sort, cursor=cursor)
        if (other_kind, other_sort) == (kind, sort):
            assert answer.status_code == 200
        else:
            assert (answer.status_code, answer.json()["error"]["code"]) == (422, "VALIDATION_INVALID_CURSOR"), (
                other_kind,
                other_sort,
            )


@pytest.mark.parametrize(("kind", "sort"), SORTS)
async def test_anothers_cursor_leads_nowhere_but_into_ones_own(filled: Books, house: House, kind: str, sort: str) -> None:
    """It is a place in an order, and says nothing of whose row stood there."""
    mine = Books(await house.new_owner())
    await mine.open()
    cursor = (await filled.read(f"/api/{kind}", sort=sort, limit=1))["nextCursor"]
    answer = await mine.ask(f"/api/{kind}", sort=sort, cursor=cursor)
    assert (answer.status_code, answer.json().get("items")) in [(200, []), (422, None)]


TABLE = {"orders": "orders", "customers": "customers", "products": "products"}
# What moves a row of each list to another place of it.
_LATER = "source_created_at = source_created_at + CAST(:by AS integer) * interval '1 hour'"
MOVES = {
    "orders": f"UPDATE orders SET total_price = total_price + CAST(:by AS integer), {_LATER}, name = name || '0'",
    "customers": f"UPDATE customers SET name = name || 'x', {_LATER}",
    "products": f"UPDATE products SET title = title || 'x', {_LATER}, source_updated_at = source_created_at",
}


async def disturb(books: Books, kind: str, seen: list[str], dice: Random) -> set[str]:
    """Delete a row (the very one a cursor names, now and then), move another, add a third; the ids of the first two."""
    async with books.owner.house.db.tenant(books.owner.scope) as session:
        left = [str(row.id) for row in await session.execute(text(f"SELECT id FROM {TABLE[kind]} ORDER BY id"))]
        gone = seen[-1] if dice.random() < 0.4 and seen[-1] in left else dice.choice(left)
        moved = dice.choice([row for row in left if row != gone])
        await session.execute(text(f"DELETE FROM {TABLE[kind]} WHERE id = CAST(:id AS uuid)"), {"id": gone})
        await session.execute(text(f"{MOVES[kind]} WHERE id = CAST(:id AS uuid)"), {"id": moved, "by": dice.choice([-1, 1])})
    number, at = uuid7().int % 10**15, MORNING + timedelta(minutes=dice.randrange(180))
    if kind == "orders":
        await books.shops[0].orders(an_order(number, at=at, name=f"#{dice.randrange(9)}"))
    elif kind == "customers":
        await books.shops[0].customers(a_customer(number, at=at, firstName=dice.choice(["Ada", "Bo", "Zoë"])))
    else:
        await books.shops[0].products(a_product(number, at=at, title=f"Thing {dice.randrange(5)}"))
    return {gone, moved}


@pytest.mark.parametrize(("kind", "sort"), [pair for pair in SORTS if pair[1] not in ("-spent", "-orders")])
async def test_rows_that_stay_are_seen_once_while_others_come_go_and_move(books: Books, kind: str, sort: str) -> None:
    dice = Random(f"{kind} {sort}")
    await fill(books)
    staying = {row["id"] for row in (await books.read(f"/api/{kind}", limit=100))["items"]}
    seen: list[str] = []
    cursor, touched = None, set[str]()
    while True:
        page = await books.read(f"/api/{kind}", sort=sort, limit=4, cursor=cursor)
        seen += [row["id"] for row in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
        touched |= await disturb(books, kind, seen, dice)
    assert staying - touched <= set(seen), "a row that nobody touched was lost"
    assert not [row for row in set(seen) - touched if seen.count(row) > 1], "a row that nobody moved came twice"
    assert touched


async def test_customers_who_bought_nothing_come_last_and_once(books: Books) -> None:
    """The list of spenders goes on with everybody else, wherever a page ends between them."""
    bought = [an_order(n, customer=n, total=f"{n}.00") for n in range(1, 6)]
    await books.hold([a_customer(n) for n in range(1, 12)], bought)
    for sort in ("-spent", "-orders"):
        for limit in range(1, 12):
            rows = await walk(books, "customers", sort=sort, limit=limit)
            assert len({row["id"] for row in rows}) == len(rows) == 11
            assert [row["ordersCount"] for row in rows] == [1] * 5 + [0] * 6
    spenders = await walk(books, "customers", sort="-spent", limit=3)
    assert [row["totalSpent"] for row in spenders[:5]] == [f"{n}.00" for n in range(5, 0, -1)]


@pytest.mark.parametrize("kind", ["orders", "customers", "products"])
@pytest.mark.parametrize("asked", [{"limit": 0}, {"limit": 101}, {"limit": "all"}, {"limit": -1}, {"sort": "id"}, {"sort": "-"}])
async def test_pages_and_orders_that_are_not_there(filled: Books, kind: str, asked: dict[str, Any]) -> None:
    answer = await filled.ask(f"/api/{kind}", **asked)
    assert answer.status_code == 422
    if "sort" in asked:
        assert answer.json()["error"]["code"] == "VALIDATION_UNKNOWN_SORT"
        assert answer.json()["error"]["details"]["sort"]
