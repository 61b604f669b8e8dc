"""GET /api/analytics/…: the numbers. Answers are kept for five minutes and dropped when the tenant's data changes."""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from pydantic import TypeAdapter

from storekeep.domains.accounts.guard import Needs, Permission, tenant_router
from storekeep.domains.commerce.public import top_customers, top_products
from storekeep.domains.connections.public import StoreNotFound
from storekeep.domains.insights import periods as placed
from storekeep.domains.insights.changes import changes
from storekeep.domains.insights.definitions import METRICS
from storekeep.domains.insights.errors import RangeTooLong
from storekeep.domains.insights.overview import overview
from storekeep.domains.insights.question import Question, ask
from storekeep.domains.insights.ranges import Compare, Interval, compared, resolve
from storekeep.domains.insights.schemas import (
    ChangesRead,
    DefinitionRead,
    DefinitionsRead,
    OrdersDayRead,
    OverviewRead,
    PeriodRead,
    PeriodsRead,
    PointRead,
    SentenceRead,
    SummaryRead,
    TimeseriesRead,
    TopCustomerRead,
    TopProductRead,
    TopProductsRead,
)
from storekeep.domains.insights.series import timeseries
from storekeep.kit.scope import Scope
from storekeep.runtime.cache import TenantCache
from storekeep.runtime.database import Database, TenantSession
from storekeep.runtime.web.params import PLAIN_DIGITS, Days, Id, wired
from storekeep.runtime.web.routes import refusals

router = tenant_router(prefix="/api/analytics", tags=["analytics"])
T = TypeVar("T")

StoreId = Annotated[Id | None, Query(alias="storeId", description="One store; all of the tenant's without it.")]
CurrencyCode = Annotated[
    str | None,
    Query(pattern="^[A-Z]{3}$", description="Currency of the answer; the one most orders are in without it.", examples=["GBP"]),
]
CompareWith = Annotated[
    Compare, Query(description="Compare with the days just before, the same dates a year earlier, or nothing.")
]


class _Partial(Exception):
    """Carries an answer that lacks a part past the cache: the next request is to try again."""

    def __init__(self, answer: Any) -> None:
        super().__init__("partial answer")
        self.answer = answer


@lru_cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


class Reader:
    """Answers one request: from the cache, or in one transaction of the asking tenant."""

    def __init__(self, scope: Scope, db: Database, cache: TenantCache) -> None:
        self.scope = scope
        self._db = db
        self._cache = cache

    async def answer(
        self,
        name: str,
        shape: Any,
        make: Callable[[TenantSession, Question], Awaitable[Any]],
        *,
        store_id: UUID | None,
        currency: str | None,
        **params: Any,
    ) -> Any:
        """The answer `name` for these parameters, shaped as `shape`; `make` works it out when it is not kept."""
        adapter = _adapter(shape)

        async def compute() -> Any:
            async with self._db.tenant(self.scope) as session:
                question = await ask(session, store_id=store_id, currency=currency)
                made = await make(session, question)
            answer = adapter.dump_python(made, mode="json", by_alias=True)
            if isinstance(made, OverviewRead) and made.errors:
                raise _Partial(answer)
            return answer

        asked = {"store": store_id, "currency": currency, **params}
        try:
            kept = await self._cache.get_or_make(self.scope.tenant_id, f"insights.{name}", asked, compute)
        except _Partial as partial:
            kept = partial.answer
        return adapter.validate_python(kept)


async def _reader(
    scope: Annotated[Scope, Needs(Permission.ANALYTICS_READ)],
    db: Annotated[Database, wired(Database)],
    cache: Annotated[TenantCache, wired(TenantCache)],
) -> Reader:
    return Reader(scope, db, cache)


Reading = Annotated[Reader, Depends(_reader)]


@router.get("/summary", summary="Totals over everything stored", responses=refusals(StoreNotFound))
async def get_summary(reading: Reading, store_id: StoreId = None, currency: CurrencyCode = None) -> SummaryRead:
    """All stored customers and orders, test and cancelled ones too; revenue is the sum of orders' total prices in one currency.

    These are plain totals of the stored records. The sales figures of `/overview` follow Shopify's definitions instead.
    """

    async def make(session: TenantSession, question: Question) -> SummaryRead:
        return SummaryRead.of(await placed.summary(session, question), question.currency)

    answer: SummaryRead = await reading.answer("summary", SummaryRead, make, store_id=store_id, currency=currency)
    return answer


@router.get("/top-customers", summary="The five customers with the highest revenue", responses=refusals(StoreNotFound))
async def list_top_customers(
    reading: Reading,
    limit: Annotated[
        int, Query(ge=1, le=5, description="1 to 5; longer lists are `/api/customers?sort=-spent`."), PLAIN_DIGITS
    ] = 5,
    store_id: StoreId = None,
    currency: CurrencyCode = None,
) -> list[TopCustomerRead]:
    """By everything they ordered in one currency, highest first."""

    async def make(session: TenantSession, question: Question) -> list[TopCustomerRead]:
        found = await top_customers(session, store_id=store_id, currency=question.currency, limit=limit)
        return [TopCustomerRead.of(customer, question.currency) for customer in found]

    answer: list[TopCustomerRead] = await reading.answer(
        "top_customers", list[TopCustomerRead], make, store_id=store_id, currency=currency, limit=limit
    )
    return answer


@router.get("/orders", summary="Orders and revenue by day", responses=refusals(StoreNotFound, RangeTooLong))
async def list_orders_by_day(
    reading: Reading, days: Days, store_id: StoreId = None, currency: CurrencyCode = None
) -> list[OrdersDayRead]:
    """Every day of the range, ends included, by the day an order was created in the store's zone. Default: the last 30 days."""

    async def make(session: TenantSession, question: Question) -> list[OrdersDayRead]:
        chosen = resolve(days.first, days.last, question.today)
        found = await placed.orders_by_day(session, question, chosen)
        return [OrdersDayRead.of(day, question.currency) for day in found]

    answer: list[OrdersDayRead] = await reading.answer(
        "orders", list[OrdersDayRead], make, store_id=store_id, currency=currency, first=days.first, last=days.last
    )
    return answer


@router.get("/overview", summary="Every metric over a range", responses=refusals(StoreNotFound, RangeTooLong))
async def get_overview(
    reading: Reading,
    days: Days,
    store_id: StoreId = None,
    currency: CurrencyCode = None,
    compare: CompareWith = Compare.PREVIOUS,
) -> OverviewRead:
    """The dashboard's tiles with their definitions. A part that fails is listed in `errors` and its tiles are null."""

    async def make(session: TenantSession, question: Question) -> OverviewRead:
        chosen = resolve(days.first, days.last, question.today)
        before = question.comparable(compared(chosen, compare))
        return OverviewRead.of(question, chosen, before, await overview(session, question, chosen, before))

    answer: OverviewRead = await reading.answer(
        "overview", OverviewRead, make, store_id=store_id, currency=currency, first=days.first, last=days.last, compare=compare
    )
    return answer


@router.get("/periods", summary="All time, this week, this month", responses=refusals(StoreNotFound))
async def list_periods(reading: Reading, store_id: StoreId = None, currency: CurrencyCode = None) -> PeriodsRead:
    """Orders placed and the sum of their total prices; weeks begin on Monday."""

    async def make(session: TenantSession, question: Question) -> PeriodsRead:
        found = await placed.periods(session, question)
        return PeriodsRead(currency=question.currency, periods=[PeriodRead.of(p, question.currency) for p in found])

    answer: PeriodsRead = await reading.answer("periods", PeriodsRead, make, store_id=store_id, currency=currency)
    return answer


@router.get("/timeseries", summary="A chart's points", responses=refusals(StoreNotFound, RangeTooLong))
async def get_timeseries(
    reading: Reading,
    days: Days,
    store_id: StoreId = None,
    currency: CurrencyCode = None,
    interval: Annotated[Interval, Query(description="Width of a bucket.")] = Interval.DAY,
    compare: CompareWith = Compare.NONE,
) -> TimeseriesRead:
    """Sales, orders and customers by day, week or month in the store's zone; every bucket is present."""

    async def make(session: TenantSession, question: Question) -> TimeseriesRead:
        chosen = resolve(days.first, days.last, question.today)
        before = question.comparable(compared(chosen, compare))
        points = await timeseries(session, question, chosen, interval)
        past = await timeseries(session, question, before, interval) if before else []
        return TimeseriesRead(
            interval=interval,
            time_zone=question.zone_name,
            currency=question.currency,
            points=[PointRead.of(point, question.currency) for point in points],
            previous=[PointRead.of(point, question.currency) for point in past],
        )

    asked = {"first": days.first, "last": days.last, "interval": interval, "compare": compare}
    answer: TimeseriesRead = await reading.answer(
        "timeseries", TimeseriesRead, make, store_id=store_id, currency=currency, **asked
    )
    return answer


@router.get("/top-products", summary="Best sellers of a range", responses=refusals(StoreNotFound, RangeTooLong))
async def list_top_products(
    reading: Reading,
    days: Days,
    limit: Annotated[int, Query(ge=1, le=50, description="How many."), PLAIN_DIGITS] = 10,
    store_id: StoreId = None,
    currency: CurrencyCode = None,
) -> TopProductsRead:
    """By net sales before returns: what the lines of the range's orders came to before tax and after their discounts.

    Gift cards, tips and test orders are left out. Lines whose product is not stored are grouped by their title.
    """

    async def make(session: TenantSession, question: Question) -> TopProductsRead:
        chosen = resolve(days.first, days.last, question.today)
        found = await top_products(
            session, store_id=store_id, currency=question.currency, first=chosen.first, last=chosen.last, limit=limit
        )
        return TopProductsRead(currency=question.currency, items=[TopProductRead.of(p, question.currency) for p in found])

    asked = {"first": days.first, "last": days.last, "limit": limit}
    answer: TopProductsRead = await reading.answer(
        "top_products", TopProductsRead, make, store_id=store_id, currency=currency, **asked
    )
    return answer


@router.get("/changes", summary="What changed since yesterday, in words", responses=refusals(StoreNotFound))
async def list_changes(reading: Reading, store_id: StoreId = None, currency: CurrencyCode = None) -> ChangesRead:
    """The last whole day at the store against the one before it."""

    async def make(session: TenantSession, question: Question) -> ChangesRead:
        day, sentences = await changes(session, question)
        return ChangesRead(as_of=day, sentences=[SentenceRead.of(sentence) for sentence in sentences])

    answer: ChangesRead = await reading.answer("changes", ChangesRead, make, store_id=store_id, currency=currency)
    return answer


@router.get("/definitions", summary="What each number means")
async def list_definitions(scope: Annotated[Scope, Needs(Permission.ANALYTICS_READ)]) -> DefinitionsRead:
    """Every metric's definition, and where and why it differs from the Shopify admin."""
    return DefinitionsRead(items=[DefinitionRead.of(metric) for metric in METRICS])
