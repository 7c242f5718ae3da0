# SPDX-License-Identifier: EUPL-1.2
"""Calls of one moment share a round trip; nobody waits for company."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Generic, TypeVar

from parvis_kit.problems import unavailable

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Batches(Generic[Question, Answer]):
    """Sends questions together: those who come while a batch is under way make up the next one.

    Who comes while none is goes at once, alone. A batch that takes longer than others do holds nobody up for long: the
    next one goes beside it. A batch belongs to nobody's trace.

    Args:
        send: answers a batch, in its order; an exception in an answer's place fails that one alone, one that it raises
            fails all of the batch.
        size: the most questions of a batch.
        at_once: the most batches under way.
        waiting: the most questions that wait for the next one.
        patience: seconds that a batch may take before the next one goes beside it, within as much again.
    """

    def __init__(
        self,
        send: Callable[[Sequence[Question]], Awaitable[Sequence[Answer | Exception]]],
        *,
        size: int,
        at_once: int,
        waiting: int,
        patience: float = 0.05,
    ) -> None:
        self._send = send
        self._size = size
        self._at_once = at_once
        self._most = waiting
        self._patience = patience
        self._taken_at = 0.0
        self._look: asyncio.TimerHandle | None = None
        self._waiting: deque[tuple[Question, asyncio.Future[Answer]]] = deque()
        self._under_way: set[asyncio.Task[None] | None] = set()

    async def ask(self, question: Question) -> Answer:
        """The answer to one question; raises what it, or its batch, failed with, or the 503 problem."""
        if len(self._waiting) >= self._most:
            raise unavailable()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((question, answer))
        if not self._under_way:
            self._begin(loop)
        elif self._look is None:
            self._look = loop.call_later(self._patience, self._look_again, loop)
        return await answer

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._under_way.add(loop.create_task(self._work(loop), context=Context()))

    def _look_again(self, loop: asyncio.AbstractEventLoop) -> None:
        """Send those who wait beside the batches under way, where the youngest of these takes too long."""
        self._look = None
        if self._waiting:
            if loop.time() - self._taken_at >= self._patience and len(self._under_way) < self._at_once:
                self._begin(loop)
            self._look = loop.call_later(self._patience, self._look_again, loop)

    async def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            while batch := self._next():
                taken_at = self._taken_at = loop.time()
                await self._answer(batch)
                if len(self._under_way) > 1 and loop.time() - taken_at > self._patience:
                    break  # another has gone on meanwhile
        finally:
            # Not by a callback, which comes later: who asks in between would wait for a batch that nobody sends.
            self._under_way.discard(asyncio.current_task())

    async def _answer(self, batch: "list[tuple[Question, asyncio.Future[Answer]]]") -> None:
        try:
            answers = await self._send([question for question, _ in batch])
            # All of them matched before the first is told: with one too few, each would be somebody else's.
            for (_, waiting), answer in list(zip(batch, answers, strict=True)):
                _tell(waiting, answer)
        except Exception as error:  # noqa: BLE001 - theirs, who wait for it
            for _, waiting in batch:
                _tell(waiting, error)
        finally:
            for _, waiting in batch:
                waiting.cancel()  # nobody is left behind by a batch that was cancelled

    def _next(self) -> list[tuple[Question, "asyncio.Future[Answer]"]]:
        """Those who have waited longest; without those who went away meanwhile."""
        batch: list[tuple[Question, asyncio.Future[Answer]]] = []
        while self._waiting and len(batch) < self._size:
            question, answer = self._waiting.popleft()
            if not answer.done():
                batch.append((question, answer))
        return batch


def _tell(waiting: "asyncio.Future[Answer]", answer: Answer | Exception) -> None:
    if waiting.done():
        return
    if isinstance(answer, Exception):
        waiting.set_exception(answer)
    else:
        waiting.set_result(answer)
