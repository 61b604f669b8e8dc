"""A sandbox that is stopped, or killed, answers afterwards as before."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from storekeep.sandbox.config import AWKWARD, DEMO_STORE, ONLINE_RETAIL
from storekeep.sandbox.journal import Journal
from storekeep.sandbox.shopify.files import Files
from tests.sandbox.driver import config, document, running
from tests.sandbox.test_mutations import SIMPLE, cancel, find, refund, refund_of_first_line, wait_for

QUERY = document("bulk_inner_customers")


def test_everything_is_as_before_after_a_restart(tmp_path: Path) -> None:
    with running(config(tmp_path)) as sandbox:
        pair = sandbox.install(AWKWARD, "read_orders,read_customers,read_products")
        edits = sandbox.control("POST", "edit", {"shop": AWKWARD, "action": "random", "count": 25, "seed": 5})
        assert len(edits) == 25
        id = find(sandbox, SIMPLE)
        input, key = refund_of_first_line(sandbox, id), str(uuid.uuid4())
        made = refund(sandbox, input, key)
        operation = sandbox.bulk(QUERY, shop=AWKWARD)
        file = sandbox.http.get(operation["url"]).content
        before = sandbox.raw(AWKWARD)
    with running(config(tmp_path)) as sandbox:
        assert sandbox.raw(AWKWARD) == before
        assert sandbox.post("{ shop { name } }", shop=AWKWARD, token=pair["access_token"]).status_code == 200
        answer = sandbox.token(AWKWARD, grant_type="refresh_token", refresh_token=pair["refresh_token"])
        assert answer.status_code == 200
        assert refund(sandbox, input, key)["refund"] == made["refund"]
        again = sandbox.data(document("bulk_status"), {"id": operation["id"]}, shop=AWKWARD)["bulkOperation"]
        assert again["status"] == "COMPLETED" and sandbox.http.get(again["url"]).content == file
        new = sandbox.control("POST", "edit", {"shop": AWKWARD, "action": "create_order"})[0]["id"]
        assert new not in {r.get("id") for r in before}


def test_the_first_days_anchor_is_kept(tmp_path: Path) -> None:
    Journal(tmp_path / "journal.jsonl").put("anchor", "2026-03-10")
    with running(config(tmp_path, anchor=None)) as sandbox:
        newest = sandbox.data("{ orders(first: 1, sortKey: CREATED_AT, reverse: true) { nodes { createdAt } } }", shop=DEMO_STORE)
        assert newest["orders"]["nodes"][0]["createdAt"].startswith("2026-03-09")


def test_unfinished_work_goes_on(tmp_path: Path) -> None:
    with running(config(tmp_path, job_seconds=60, bulk_running_seconds=60)) as sandbox:
        id = find(sandbox, SIMPLE)
        job = cancel(sandbox, id)["job"]["id"]
        run = {"query": QUERY}
        started = sandbox.data(document("bulk_run"), run, shop=AWKWARD)["bulkOperationRunQuery"]["bulkOperation"]["id"]
    with running(config(tmp_path)) as sandbox:
        assert wait_for(sandbox, job, id)["cancelReason"] == "CUSTOMER"
        assert sandbox.finished(started, shop=AWKWARD)["status"] == "COMPLETED"


def test_a_line_cut_off_by_a_kill_is_dropped(tmp_path: Path) -> None:
    with running(config(tmp_path)) as sandbox:
        sandbox.control("POST", "edit", {"shop": AWKWARD, "action": "create_customer", "count": 3})
        before = sandbox.raw(AWKWARD)
    path = tmp_path / "journal.jsonl"
    path.write_bytes(path.read_bytes() + b'["shop/awkward.myshopify.com/Customer/1",{"id":1,"crea')
    with running(config(tmp_path)) as sandbox:
        assert sandbox.raw(AWKWARD) == before
        sandbox.control("POST", "edit", {"shop": AWKWARD, "action": "update_customer", "seed": 1})
        before = sandbox.raw(AWKWARD)
    with running(config(tmp_path)) as sandbox:
        assert sandbox.raw(AWKWARD) == before


def test_a_long_journal_is_folded(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    for n in range(20_050):
        journal.put("a", n)
    journal.put("b", {"x": [1]})
    journal.put("gone", 1)
    journal.put("gone", None)
    journal.close()
    journal = Journal(path)
    assert len(path.read_bytes().splitlines()) == 2
    assert (journal.get("a"), journal.get("b"), journal.get("gone")) == (20_049, {"x": [1]}, None)
    journal.forget("a")
    assert journal.get("a") is None
    journal.close()


def test_reset_forgets_the_edits_of_one_shop(tmp_path: Path) -> None:
    with running(config(tmp_path)) as sandbox:
        clean = sandbox.raw(AWKWARD)
        for shop in (AWKWARD, ONLINE_RETAIL):
            sandbox.control("POST", "edit", {"shop": shop, "action": "create_customer"})
        sandbox.control("POST", "reset", {"shop": AWKWARD})
        assert sandbox.raw(AWKWARD) == clean
        count = sandbox.data("{ customersCount { count } }")["customersCount"]["count"]
    with running(config(tmp_path)) as sandbox:
        assert sandbox.raw(AWKWARD) == clean
        assert sandbox.data("{ customersCount { count } }")["customersCount"]["count"] == count == 1777


def test_leftovers_and_expired_results_are_swept_at_start(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for name in ("a.writing", "a.03.part", "old.jsonl", "new.jsonl"):
        (folder / name).write_text("{}")
    os.utime(folder / "old.jsonl", (0, 0))
    Files(tmp_path, "localhost", 1)
    assert [p.name for p in folder.iterdir()] == ["new.jsonl"]
