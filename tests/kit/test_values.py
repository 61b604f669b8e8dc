"""The pure values: ids, clock, money, text, cursors."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storekeep.kit import clock
from storekeep.kit.errors import AppError, Conflict, Unavailable
from storekeep.kit.ids import uuid7, uuid7_time
from storekeep.kit.money import Money, in_words, minor_units, parse_amount, quantize, to_wire
from storekeep.kit.paging import InvalidCursor, decode_cursor, decode_place, encode_cursor
from storekeep.kit.text import email_norm, like_pattern, one_line, storable, storable_or_none


class TestIds:
    def test_ids_made_in_a_row_are_in_order_and_distinct(self) -> None:
        made = [uuid7() for _ in range(20_000)]
        assert made == sorted(made)
        assert len(set(made)) == len(made)

    def test_an_id_is_a_version_7_of_its_moment(self) -> None:
        moment = datetime(2026, 11, 21, 12, tzinfo=UTC)
        made = uuid7(moment)
        assert (made.version, made.variant) == (7, uuid.RFC_4122)
        assert uuid7_time(made) == moment
        assert abs(uuid7_time(uuid7()) - datetime.now(UTC)) < timedelta(seconds=2)

    def test_another_version_has_no_moment(self) -> None:
        with pytest.raises(ValueError):
            uuid7_time(uuid.uuid4())


class TestClock:
    def test_time_can_be_chosen(self) -> None:
        moment = datetime(2020, 1, 1, tzinfo=UTC)
        with clock.at(moment):
            assert clock.now() == moment
        assert clock.now() > moment
        with pytest.raises(ValueError), clock.at(datetime(2020, 1, 1)):  # noqa: DTZ001
            pass

    def test_a_day_is_as_long_as_its_zone_makes_it(self) -> None:
        london = clock.zone("Europe/London")
        lengths = {
            day: (lambda b: (b[1] - b[0]) / timedelta(hours=1))(clock.day_bounds(day, day, london))
            for day in (date(2026, 3, 29), date(2026, 10, 25), date(2026, 6, 1))
        }
        assert list(lengths.values()) == [23, 25, 24]

    def test_an_unknown_zone_is_utc(self) -> None:
        for name in (None, "", "Mars/Olympus", "../etc/passwd", "\x00"):
            assert str(clock.zone(name)) == "UTC"

    def test_days_are_told_in_the_zone(self) -> None:
        moment = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)
        assert clock.day_in(moment, clock.zone("Europe/London")) == date(2026, 6, 2)
        assert clock.day_in(moment, clock.zone("America/New_York")) == date(2026, 6, 1)

    def test_impossible_spans_are_refused(self) -> None:
        utc = clock.zone("UTC")
        for first, last in ((date(2026, 1, 2), date(2026, 1, 1)), (date(9999, 12, 31), date(9999, 12, 31))):
            with pytest.raises(ValueError):
                clock.day_bounds(first, last, utc)


class TestMoney:
    @pytest.mark.parametrize(
        ("amount", "currency", "words"),
        [
            ("161.89", "GBP", "£161.89"),
            ("1234567.5", "USD", "US$1,234,567.50"),
            ("-3", "EUR", "−€3.00"),
            ("1200", "JPY", "JP¥1,200"),
            ("1200", "CNY", "CN¥1,200.00"),
            ("20", "CHF", "CHF 20.00"),
        ],
    )
    def test_a_sentence_has_the_currency_s_sign(self, amount: str, currency: str, words: str) -> None:
        assert in_words(Decimal(amount), currency) == words

    @pytest.mark.parametrize(("currency", "places"), [("GBP", 2), ("jpy", 0), ("KWD", 3), ("CLF", 4), ("XXX", 2)])
    def test_currencies_have_their_own_decimals(self, currency: str, places: int) -> None:
        assert minor_units(currency) == places

    @pytest.mark.parametrize("bad", [1.5, True, "NaN", "Infinity", "", "1,5", None, "abc", float("nan")])
    def test_what_is_no_amount_is_refused(self, bad: object) -> None:
        with pytest.raises(ValueError):
            parse_amount(bad)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("amount", "currency", "wire"),
        [
            ("1234.5", "GBP", "1234.50"),
            ("5", "JPY", "5"),
            ("1.5", "KWD", "1.500"),
            ("0.125", "GBP", "0.125"),
            ("-0.00", "GBP", "0.00"),
            ("1E+3", "GBP", "1000.00"),
            ("-2.5", "EUR", "-2.50"),
        ],
    )
    def test_the_wire_keeps_every_decimal_and_never_fewer_than_the_currency(self, amount: str, currency: str, wire: str) -> None:
        assert to_wire(Decimal(amount), currency) == wire

    @given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**17), max_value=10**17))
    def test_amounts_survive_the_wire(self, amount: Decimal) -> None:
        assert Decimal(to_wire(amount, "GBP")) == amount

    def test_rounding_is_half_up(self) -> None:
        assert quantize(Decimal("0.125"), "GBP") == Decimal("0.13")
        assert quantize(Decimal("-0.125"), "GBP") == Decimal("-0.13")
        assert quantize(Decimal("99999999999999999.5"), "JPY") == Decimal("100000000000000000")

    def test_currencies_do_not_mix(self) -> None:
        pounds = Money(Decimal(1), "GBP")
        assert (pounds + pounds).wire() == "2.00"
        assert (-pounds).wire() == "-1.00"
        with pytest.raises(ValueError):
            pounds + Money(Decimal(1), "EUR")


class TestText:
    @given(st.text(alphabet=st.characters(), max_size=50))
    def test_what_is_storable_loses_nothing_but_nul_and_surrogates(self, text: str) -> None:
        kept = storable(text)
        kept.encode()
        assert "\x00" not in kept
        assert kept == text.replace("\x00", "") or any("\ud800" <= c <= "\udfff" for c in text)

    def test_emoji_and_directions_are_stored_as_they_are(self) -> None:
        name = "👩‍👩‍👧 مريم e\u0301 \u202eevil"
        assert storable(name) == name
        assert "\u202e" not in one_line(name)

    def test_one_line_is_one_line(self) -> None:
        assert one_line("a\r\nb\t c\x07") == "a b c"
        assert one_line("x" * 10, 5) == "xxxx…"

    def test_nothing_is_none(self) -> None:
        assert storable_or_none("") is None
        assert storable_or_none(None) is None
        assert email_norm(" Ada@Example.COM ") == "ada@example.com"
        assert email_norm("  ") is None

    def test_patterns_are_literal(self) -> None:
        assert like_pattern("50%_\\") == "%50\\%\\_\\\\%"


class TestCursors:
    @given(st.lists(st.one_of(st.text(), st.integers(), st.none()), max_size=3))
    def test_a_cursor_comes_back_whole(self, values: list[str | int | None]) -> None:
        values = [v.encode("utf-8", "replace").decode() if isinstance(v, str) else v for v in values]
        assert decode_cursor(encode_cursor("-createdAt", values), "-createdAt", len(values)) == values

    @pytest.mark.parametrize("cursor", ["", "%", "bm90anNvbg", "W10", encode_cursor("name", ["a", "b"]), "WyJ4IixbXSwxXQ", "é"])
    def test_a_foreign_cursor_is_refused(self, cursor: str) -> None:
        with pytest.raises(InvalidCursor):
            decode_cursor(cursor, "-createdAt", 2)

    def test_a_place_is_a_moment_and_an_id(self) -> None:
        row_id, moment = uuid7(), datetime(2026, 11, 21, 12, tzinfo=UTC)
        cursor = encode_cursor("-createdAt", ["2026-11-21T17:30:00+05:30", str(row_id)])
        assert decode_place(cursor, "-createdAt") == (moment, row_id)

    @pytest.mark.parametrize(
        "values",
        [
            ["2026-11-21T12:00:00", str(uuid.UUID(int=0))],
            ["0001-01-01T00:00:00+14:00", str(uuid.UUID(int=0))],
            ["9999-12-31T23:59:59.9-14:00", str(uuid.UUID(int=0))],
            ["2026-11-21T12:00:00Z", "7"],
            [None, None],
            [5, 5],
        ],
    )
    def test_a_place_the_database_could_not_compare_is_refused(self, values: list[str | int | None]) -> None:
        with pytest.raises(InvalidCursor):
            decode_place(encode_cursor("-createdAt", values), "-createdAt")


def test_errors_say_whether_trying_again_helps() -> None:
    assert Unavailable().retryable
    assert not Conflict().retryable
    error = Conflict("No.", details={"a": 1}, code="OTHER", retryable=True)
    assert (error.message, error.details, error.code, error.retryable) == ("No.", {"a": 1}, "OTHER", True)
    assert isinstance(error, AppError)
