# SPDX-License-Identifier: EUPL-1.2
"""What an agent publishes is planned for the town's social accounts, in the same transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_notifications.db import social_posts
from parvis_notifications.db.broadcast_tables import Broadcast
from parvis_notifications.domain.broadcast import Lane
from parvis_notifications.domain.social import PostKind
from parvis_notifications.social_settings import SocialAccountSettings


async def plan_posts(
    session: AsyncSession,
    broadcast: Broadcast,
    earlier: Sequence[UUID],
    accounts: Sequence[SocialAccountSettings],
    now: datetime,
) -> None:
    """On each account of the town that takes such a thing, and wherever an alert stands that it follows.

    Who read of the danger there reads there of its end, whatever the agent chose. Exercises stay where they are asked
    for.
    """
    if broadcast.exercise:
        return
    last = {post.account: post.id for post in await social_posts.of_broadcasts(session, earlier)} if earlier else {}
    own = [each.name for each in accounts if broadcast.social and _takes(each, broadcast)]
    for account in dict.fromkeys([*own, *last]):
        _add(session, PostKind.WORDS, broadcast, account, last.get(account), now)


async def plan_withdrawal(session: AsyncSession, broadcast: Broadcast, now: datetime) -> None:
    """An alert was called off: that is said wherever it stands; what was not published yet is not any more."""
    for post in await social_posts.of_broadcasts(session, [broadcast.id]):
        if post.kind == PostKind.WORDS:
            _add(session, PostKind.WITHDRAWAL, broadcast, post.account, post.id, now)


def _takes(account: SocialAccountSettings, broadcast: Broadcast) -> bool:
    if account.collectivity != broadcast.collectivity:
        return False
    if broadcast.lane == Lane.ALERT:
        return account.alerts
    return account.topics is None or broadcast.topic in account.topics


def _add(
    session: AsyncSession, kind: PostKind, broadcast: Broadcast, account: str, reply_to: UUID | None, now: datetime
) -> None:
    social_posts.add(
        session,
        kind,
        id=uuid7(),
        broadcast_id=broadcast.id,
        collectivity=broadcast.collectivity,
        account=account,
        lane=broadcast.lane,
        reply_to=reply_to,
        created_at=now,
    )
