"""Bulk operations of a shop: started, run in a thread, polled, cancelled, remembered; results kept by query and shop version."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import orjson

from storekeep.kit import clock
from storekeep.sandbox.config import SandboxConfig
from storekeep.sandbox.journal import Journal
from storekeep.sandbox.shopify import lists
from storekeep.sandbox.shopify.bulk_file import Cancelled, Progress, write
from storekeep.sandbox.shopify.bulk_plan import BadBulkQuery, BulkPlan, compile_query
from storekeep.sandbox.shopify.fields import Context
from storekeep.sandbox.shopify.files import Files
from storekeep.sandbox.shopify.gids import parse_gid
from storekeep.sandbox.shopify.model import load
from storekeep.sandbox.shopify.operation import ENDED, BulkOperation
from storekeep.sandbox.shopify.payload import UserError

if TYPE_CHECKING:
    from storekeep.sandbox.shopify.shop import Shop

_IDS = 800_000_000_000


class BulkOperations:
    """The bulk operations of one shop, over all apps. `fail` says, when an operation is about to end, whether it is to fail."""

    def __init__(self, shop: Shop, config: SandboxConfig, journal: Journal, files: Files, fail: Callable[[str], bool]) -> None:
        self._shop = shop
        self._config = config
        self._journal = journal
        self._files = files
        self._fail = fail
        self._prefix = f"bulk/{shop.facts.domain}/"
        self._running: dict[int, tuple[asyncio.Task[None], Progress]] = {}
        self._made: dict[int, BulkOperation] = {
            int(key): load(BulkOperation, value) for key, value in journal.items(self._prefix)
        }

    def get(self, id: int, app: str) -> BulkOperation | None:
        """An app's own operation, or None."""
        found = self._made.get(id)
        return found if found is not None and found.app == app else None

    def all(self, app: str) -> list[BulkOperation]:
        """An app's operations, newest first."""
        return [o for o in reversed(self._made.values()) if o.app == app]

    def url(self, operation: BulkOperation) -> str | None:
        """Where the result is; None while there is none, and when nothing matched."""
        return self._address(operation, "COMPLETED")

    def partial_url(self, operation: BulkOperation) -> str | None:
        """Where the part is that was done before a failure."""
        return self._address(operation, "FAILED")

    def _address(self, operation: BulkOperation, status: str) -> str | None:
        if operation.status != status or not operation.objects or operation.file is None:
            return None
        return self._files.url(operation.file, operation.completed or operation.created)

    def start(self, ctx: Context, query: str, group: bool) -> BulkOperation | UserError:
        """Starts an operation, or says why not."""
        active = [o for o in self._made.values() if o.app == ctx.app and o.status not in ENDED]
        if len(active) >= self._config.bulk_max_running:
            limit = self._config.bulk_max_running
            return UserError(None, f"Limit of {limit} bulk queries running at a time reached.", "LIMIT_REACHED")
        try:
            plan = compile_query(query)
        except BadBulkQuery as error:
            return UserError(["query"], str(error), "INVALID")
        id = self._shop.facts.id_base + _IDS + len(self._made) + 1
        operation = BulkOperation(id, ctx.app, query, ctx.now, group=group, scopes=sorted(ctx.scopes))
        self._made[id] = operation
        self._keep(operation)
        self._launch(operation, plan, ctx)
        return operation

    def cancel(self, gid: str, app: str) -> BulkOperation | UserError:
        """Asks an operation to stop; it is CANCELING until it has."""
        operation = self.get(int(parse_gid(gid, "BulkOperation")[1]), app)
        if operation is None:
            return UserError(["id"], "Bulk operation does not exist")
        if operation.status in ENDED:
            return UserError(None, f"A bulk operation cannot be canceled when it is {operation.status.lower()}")
        operation.status = "CANCELING"
        self._keep(operation)
        if operation.id in self._running:
            self._running[operation.id][1].stop = True
        return operation

    def resume(self, context: Callable[[BulkOperation], Context]) -> None:
        """Goes on with what a stopped sandbox left unfinished. Call inside the event loop."""
        for operation in self._made.values():
            if operation.status not in ENDED and operation.id not in self._running:
                self._launch(operation, compile_query(operation.query), context(operation))

    async def close(self) -> None:
        """Stops the writers; what they were doing is done again at the next start."""
        for task, progress in list(self._running.values()):
            progress.stop = True
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _keep(self, operation: BulkOperation) -> None:
        self._journal.put(f"{self._prefix}{operation.id}", operation)

    def _launch(self, operation: BulkOperation, plan: BulkPlan, ctx: Context) -> None:
        progress = Progress()
        task = asyncio.get_running_loop().create_task(self._run(operation, plan, ctx, progress))
        self._running[operation.id] = (task, progress)
        task.add_done_callback(lambda _: self._running.pop(operation.id, None))

    async def _run(self, operation: BulkOperation, plan: BulkPlan, ctx: Context, progress: Progress) -> None:
        await asyncio.sleep(self._config.bulk_created_seconds)
        if operation.status == "CREATED":
            operation.status = "RUNNING"
        ends = asyncio.get_running_loop().time() + self._config.bulk_running_seconds
        if any(scopes.isdisjoint(ctx.scopes) for scopes in plan.scopes):
            return self._end(operation, "FAILED", "ACCESS_DENIED")
        work = asyncio.create_task(asyncio.to_thread(self._write, operation, plan, ctx, progress))
        while not work.done() or asyncio.get_running_loop().time() < ends:
            done, _ = await asyncio.wait({work}, timeout=0.05)
            if operation.status == "RUNNING":
                operation.objects, operation.roots = progress.objects, progress.roots
            if done:
                await asyncio.sleep(max(0.0, min(0.05, ends - asyncio.get_running_loop().time())))
            if progress.stop:
                break
        try:
            meta = await work
        except Cancelled:
            return self._end(operation, "CANCELED")
        if progress.stop:
            return self._end(operation, "CANCELED")
        operation.objects, operation.roots, operation.size = meta["objects"], meta["roots"], meta["size"]
        operation.file = meta["file"]
        if self._fail(self._shop.facts.domain):
            self._halve(operation)
            return self._end(operation, "FAILED", "INTERNAL_SERVER_ERROR")
        return self._end(operation, "COMPLETED")

    def _end(self, operation: BulkOperation, status: str, code: str | None = None) -> None:
        operation.status, operation.error_code = status, code
        if status != "CANCELED":
            operation.completed = int(clock.now().timestamp())
        self._keep(operation)

    def _halve(self, operation: BulkOperation) -> None:
        assert operation.file is not None
        whole = self._files.path(operation.file).read_bytes().splitlines(keepends=True)
        part = whole[: len(whole) // 2]
        operation.file = operation.file.replace(".jsonl", ".part.jsonl")
        self._files.path(operation.file).write_bytes(b"".join(part))
        operation.objects, operation.size = len(part), sum(map(len, part))

    def _write(self, operation: BulkOperation, plan: BulkPlan, ctx: Context, progress: Progress) -> dict[str, Any]:
        store = self._shop.store
        known = [store.identity, store.version, operation.query, operation.group, ctx.protected, ctx.window, operation.scopes]
        name = f"{ctx.shop.facts.domain}-{hashlib.sha256(orjson.dumps(known)).hexdigest()[:32]}.jsonl"
        path = self._files.path(name)
        meta_path = path.with_suffix(".meta")
        if meta_path.exists() and path.exists():
            kept: dict[str, Any] = orjson.loads(meta_path.read_bytes())
            return kept
        size = write(path, self._lines(plan, ctx), name, operation.group, progress)
        meta = {"objects": progress.objects, "roots": progress.roots, "size": size, "file": name}
        meta_path.write_bytes(orjson.dumps(meta))
        return meta

    def _lines(self, plan: BulkPlan, ctx: Context) -> Iterator[tuple[bytes, list[bytes]]]:
        table = lists.table_of(ctx.store, plan.root)
        for position in lists.everything(ctx, plan.root, plan.args):
            yield plan.lines(ctx, table.at(position))
