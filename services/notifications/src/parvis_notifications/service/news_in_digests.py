# SPDX-License-Identifier: EUPL-1.2
"""Which news go in a mail that gathers several, and what it says of them."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db import gathered_news
from parvis_notifications.db.gathered_news import Inside
from parvis_notifications.domain.broadcast import BroadcastState, PartState

_STOPPED: Final = {BroadcastState.PAUSED, BroadcastState.CANCELLED}


async def news_that_go(session: AsyncSession, digest_id: UUID) -> list[Inside]:
    """Those of a digest that is being closed, each once; what becomes of the others is kept.

    What was paused goes with a later one once it goes on, what was cancelled with none; what the person has left off
    since does not go. Two accounts that became one may both have had the same.
    """
    found = await gathered_news.inside(session, digest_id)
    stopped = [each.recipient for each in found if each.state in _STOPPED]
    unwanted = [each.recipient for each in found if each.state not in _STOPPED and not each.wanted]
    if stopped:
        await gathered_news.put_back(session, digest_id, stopped)
    if unwanted:
        await gathered_news.settle(session, digest_id, PartState.SKIPPED, "not-wanted", unwanted)
    gone = {*stopped, *unwanted}
    return [*{each.broadcast: each for each in found if each.recipient not in gone}.values()]


def news_lines(news: Sequence[Inside], language: str) -> list[tuple[str, str | None]]:
    """The subject of each in that language, or in the first that it was written in, and where to read on."""
    return [((each.texts.get(language) or next(iter(each.texts.values())))["subject"], each.link) for each in news]
