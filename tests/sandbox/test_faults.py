"""Faults on purpose: each does what it says, as often as it says, to whom it says."""

from __future__ import annotations

import time

import httpx
import pytest

from storekeep.sandbox.config import AWKWARD, ONLINE_RETAIL
from tests.sandbox.driver import Driver, document

NAME = "query ShopName { shop { name } }"
ORDERS = """query Orders {
  orders(first: 3) { nodes { id customer { id } totalTaxSet { shopMoney { amount } } } } ordersCount { count } }"""


@pytest.mark.parametrize(
    ("spec", "status", "kind"),
    [
        ({"kind": "http_502"}, 502, "text/html"),
        ({"kind": "http_503"}, 503, "application/json"),
        ({"kind": "html"}, 500, "text/html"),
        ({"kind": "html", "status": 200}, 200, "text/html"),
        ({"kind": "status", "status": 429}, 429, "application/json"),
    ],
)
def test_bad_answers(faulty: Driver, spec: dict[str, object], status: int, kind: str) -> None:
    faulty.fault(times=2, **spec)
    for _ in range(2):
        response = faulty.post(NAME)
        assert response.status_code == status and response.headers["content-type"].startswith(kind)
    assert faulty.post(NAME).json()["data"]["shop"]["name"]
    assert faulty.control("GET", "faults")[-1]["hits"] == 2


def test_a_fault_strikes_only_what_it_names(faulty: Driver) -> None:
    faulty.fault(kind="http_502", shop=AWKWARD, match="ShopName", times=None)
    assert faulty.post(NAME).status_code == 200
    assert faulty.post(ORDERS, shop=AWKWARD).status_code == 200
    assert [faulty.post(NAME, shop=AWKWARD).status_code for _ in range(3)] == [502] * 3
    faulty.control("DELETE", "faults")
    faulty.fault(kind="http_502", probability=0.5, times=None)
    seen = [faulty.post(NAME).status_code for _ in range(40)]
    assert {200, 502} == set(seen)


def test_a_connection_can_be_reset_or_left_hanging(faulty: Driver) -> None:
    faulty.fault(kind="reset")
    with pytest.raises(httpx.TransportError):
        faulty.post(NAME)
    faulty.fault(kind="hang", seconds=5)
    with pytest.raises(httpx.ReadTimeout):
        faulty.post(NAME, timeout=0.2)
    faulty.fault(kind="hang", seconds=0.2)
    with pytest.raises(httpx.TransportError):
        faulty.post(NAME)
    assert faulty.post(NAME).status_code == 200


def test_a_mutation_can_be_done_and_its_answer_lost(fresh: Driver) -> None:
    order = fresh.data("{ orders(first: 1) { nodes { id } } }")["orders"]["nodes"][0]["id"]
    mutation = "mutation Note($id: ID!, $n: String) { orderUpdate(input: {id: $id, note: $n}) { order { id } } }"
    read = "query($id: ID!) { order(id: $id) { note } }"
    for kind, note, applied in (
        ("hang", "one", False),
        ("hang_after", "two", True),
        ("reset", "three", False),
        ("reset_after", "four", True),
    ):
        fresh.fault(kind=kind, match="Note", seconds=3)
        with pytest.raises(httpx.TransportError):
            fresh.post(mutation, {"id": order, "n": note}, timeout=0.4)
        assert (fresh.data(read, {"id": order})["order"]["note"] == note) is applied


def test_slow_answers_are_whole(faulty: Driver) -> None:
    faulty.fault(kind="slow", seconds=0.3)
    began = time.monotonic()
    assert faulty.data(NAME) and time.monotonic() - began >= 0.3


def test_spoilt_json(faulty: Driver) -> None:
    faulty.fault(kind="invalid_json")
    response = faulty.post(NAME)
    assert response.status_code == 200 and response.headers["content-type"] == "application/json"
    with pytest.raises(ValueError, match=r".+"):
        response.json()


def test_a_throttle_storm_drains_the_bucket(faulty: Driver) -> None:
    faulty.fault(kind="throttled", times=3)
    for _ in range(3):
        answer = faulty.gql(ORDERS)
        assert answer["errors"][0]["extensions"]["code"] == "THROTTLED" and "data" not in answer
    time.sleep(0.02)
    assert "data" in faulty.gql(ORDERS)


def test_data_with_a_part_missing(faulty: Driver) -> None:
    faulty.fault(kind="partial", match="Orders")
    answer = faulty.gql(ORDERS)
    error = answer["errors"][0]
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR" and error["path"] == ["orders", "nodes", 2, "customer"]
    assert answer["data"]["orders"]["nodes"][2]["customer"] is None and answer["data"]["orders"]["nodes"][1]["id"]


def test_counts_that_lie(faulty: Driver) -> None:
    faulty.fault(kind="wrong_count", match="Orders")
    assert faulty.data(ORDERS)["ordersCount"]["count"] == 3641
    operation = faulty.bulk(document("bulk_inner_customers"), shop=AWKWARD)
    faulty.fault(kind="wrong_count", match="BulkStatus")
    lied = faulty.data(document("bulk_status"), {"id": operation["id"]}, shop=AWKWARD)["bulkOperation"]
    assert int(lied["objectCount"]) == int(operation["objectCount"]) + 1


def test_files_that_end_early(faulty: Driver) -> None:
    url = faulty.bulk(document("bulk_inner_products"))["url"]
    whole = faulty.http.get(url).content
    faulty.fault(place="file", kind="cut")
    cut = faulty.http.get(url)
    assert cut.status_code == 200 and whole.startswith(cut.content) and len(cut.content) == len(whole) // 2
    faulty.fault(place="file", kind="truncated")
    with pytest.raises(httpx.TransportError):
        faulty.http.get(url)
    faulty.fault(place="file", kind="http_502", shop=ONLINE_RETAIL)
    assert faulty.http.get(url).status_code == 502
    assert faulty.http.get(url).content == whole


def test_the_token_door_can_fail_too(faulty: Driver) -> None:
    pair = faulty.install()
    faulty.fault(place="oauth", kind="reset_after", match="access_token")
    with pytest.raises(httpx.TransportError):
        faulty.token(grant_type="refresh_token", refresh_token=pair["refresh_token"])
    # The rotation happened; its answer is lost, and the old pair is dead.
    assert faulty.token(grant_type="refresh_token", refresh_token=pair["refresh_token"]).status_code == 400


def test_tokens_can_be_made_to_expire_now(faulty: Driver) -> None:
    pair = faulty.install(AWKWARD)
    assert faulty.control("POST", "expire-tokens", {"shop": AWKWARD}) == {"expired": 1}
    assert faulty.post(NAME, shop=AWKWARD, token=pair["access_token"]).status_code == 401
    assert faulty.token(AWKWARD, grant_type="refresh_token", refresh_token=pair["refresh_token"]).status_code == 200


def test_faults_there_are_not(sandbox: Driver) -> None:
    for wrong in ({"kind": "earthquake"}, {"kind": "truncated"}, {"kind": "hang", "tmies": 3}):
        response = sandbox.http.post(f"{sandbox.root}/control/faults", json=wrong, headers={"X-Sandbox-Control": "test-control"})
        assert response.status_code == 422
