"""The live shopper: places an order every so often, so that a demonstration has news. Off unless it is started."""

from __future__ import annotations

import asyncio

from storekeep.kit import clock
from storekeep.sandbox.shopify.edits import Editor, Nothing
from storekeep.sandbox.shopify.shop import Shop


class Shopper:
    """At most one shopper a sandbox."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None
        self.placed = 0
        self.shop: str | None = None

    @property
    def running(self) -> bool:
        """Whether orders are being placed."""
        return self._task is not None and not self._task.done()

    async def start(self, shop: Shop, every: float, seed: int) -> None:
        """Places an order in `shop` at once and then every `every` seconds; a shopper already there stops first."""
        await self.stop()
        self.placed, self.shop = 0, shop.facts.domain
        self._task = asyncio.create_task(self._run(shop, every, seed))

    async def stop(self) -> None:
        """Stops the shopper, if there is one."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self, shop: Shop, every: float, seed: int) -> None:
        while True:
            editor = Editor(shop, seed + shop.store.version, int(clock.now().timestamp()))
            try:
                editor.do("create_order")
                self.placed += 1
            except Nothing:
                return  # a shop without goods or people
            await asyncio.sleep(every)
