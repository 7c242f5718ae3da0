# SPDX-License-Identifier: EUPL-1.2
"""The loop that publishes on social accounts, one for alerts and one for news.

What may have been published is looked for in the account, and goes again only where it is not there, by the same
idempotency key: docs/decisions/0071-posts-on-social-accounts-are-looked-for-by-their-words.md.
"""

import asyncio
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from prometheus_client import Counter

from parvis_kit.logs import logger
from parvis_notifications.db.social_posts import ClaimedPost, PostEnd, SocialPosts
from parvis_notifications.domain.broadcast import LONGEST_HOURS, Lane, PartState
from parvis_notifications.domain.push import retry_seconds
from parvis_notifications.domain.social import PostKind, PostWords
from parvis_notifications.outgoing.social import (
    ParentGoneError,
    Post,
    PostRefusedError,
    PostsUnreachableError,
    PostUnansweredError,
    Published,
)
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.in_rounds import in_rounds
from parvis_notifications.service.social_routes import SocialRoute, SocialRoutes, account_settings
from parvis_notifications.settings import Settings
from parvis_notifications.social_settings import SocialAccountSettings

_BATCH: Final = 20
# Added to the time that three answers may take: the claim must outlive the last wait for them.
_MARGIN_SECONDS: Final = 60.0
_ASK: Final = timedelta(seconds=10)
_ASK_TIME: Final = timedelta(hours=24)
_log = logger(__name__)
_POSTS: Final = Counter(
    "parvis_social_posts_total", "Posts on social accounts by outcome of a try", ["lane", "outcome"]
)


class SocialPublisher:
    """The loop of one lane."""

    def __init__(self, posts: SocialPosts, routes: SocialRoutes, settings: Settings, bell: Bell) -> None:
        self._posts = posts
        self._routes = routes
        self._settings = settings
        self._bell = bell
        # Those of one account take turns: at worst the whole batch is one account's.
        seconds = _BATCH * (3 * settings.social_timeout_seconds + 1)
        self._lease = timedelta(seconds=seconds + _MARGIN_SECONDS)

    async def run(self) -> None:
        """Publish until cancelled."""
        await in_rounds(self.round, self._bell, self._settings.poll_seconds, "social_publisher", lane=self._posts.lane)

    async def round(self) -> bool:
        """One batch, each account by itself: one that does not answer holds up no other; False where none was due."""
        claim = uuid4()
        posts = await self._posts.claim(claim, _BATCH, self._lease)
        if not posts:
            return False
        by_account: dict[str, list[ClaimedPost]] = {}
        for post in posts:
            by_account.setdefault(post.account, []).append(post)
        try:
            along = (self._along(each, claim) for each in by_account.values())
            ends = await asyncio.gather(*along, return_exceptions=True)
        finally:
            await self._posts.release(claim, [post.id for post in posts], _ASK)
        for end in ends:
            if end is not None:
                raise end
        return True

    async def _along(self, posts: list[ClaimedPost], claim: UUID) -> None:
        for post in sorted(posts, key=lambda each: each.created_at):
            end = await self._tried(post, claim)
            await self._posts.settle(post.id, claim, end)
            _POSTS.labels(post.lane, end.state).inc()
            _log.info("social_post", post=str(post.id), account=post.account, outcome=end.state, reply=end.reply)

    async def _tried(self, post: ClaimedPost, claim: UUID) -> PostEnd:
        route, account = self._routes.named(post.account), account_settings(self._settings, post.account)
        why = _against(post, datetime.now(UTC))
        if route is None or account is None:
            lost = post.handed_over_at is not None
            return PostEnd(PartState.UNKNOWN if lost else PartState.FAILED, "account-unknown", doubtful=lost)
        written = self._post(post, account)
        if post.handed_over_at is not None:
            found = await self._looked_up(post, route, written.text, post.handed_over_at)
            if found is not None:
                return found
        if why is not None:
            return PostEnd(PartState.FAILED if why == "too-late" else PartState.SKIPPED, why)
        if not route.breaker.allows(asyncio.get_running_loop().time()):
            waits = route.breaker.waits(asyncio.get_running_loop().time())
            return PostEnd(PartState.RETRY, "account-in-trouble", timedelta(seconds=waits + 1))
        await route.turn(urgent=post.lane == Lane.ALERT)
        if not await self._posts.hand_over(post.id, claim):
            return PostEnd(PartState.PENDING, "paused", timedelta())
        return await self._published(post, route, written)

    async def _published(self, post: ClaimedPost, route: SocialRoute, written: Post) -> PostEnd:
        try:
            published = await _publish(route, written)
        except PostRefusedError as error:
            if not error.again:
                route.breaker.succeeded()
                return PostEnd(PartState.FAILED, error.reply)
            route.failed()
            chance = random.random()  # noqa: S311 - spreads load
            pause = timedelta(seconds=retry_seconds(post.attempts + 1, error.retry_after, chance))
            return PostEnd(PartState.RETRY, error.reply, pause)
        except PostUnansweredError as error:
            route.failed()
            return PostEnd(PartState.UNKNOWN, str(error), _ASK, doubtful=True)
        route.breaker.succeeded()
        return _sent(published)

    async def _looked_up(self, post: ClaimedPost, route: SocialRoute, text: str, since: datetime) -> PostEnd | None:
        """What the account says of one that may be there; None where it is not."""
        try:
            published = await route.provider.find(text, since, await self._posts.known(post.account, since))
        except PostsUnreachableError as error:
            route.failed()
            asked_long = datetime.now(UTC) - since > _ASK_TIME
            return PostEnd(PartState.UNKNOWN, str(error), None if asked_long else _ASK * 3, doubtful=True)
        return None if published is None else _sent(published)

    def _post(self, post: ClaimedPost, account: SocialAccountSettings) -> Post:
        words = PostWords(PostKind(post.kind), json.loads(post.texts), post.link, post.area_label, post.exercise)
        return Post(post.id, words.text(account.language, account.most_characters), account.language, post.reply_to)


async def _publish(route: SocialRoute, post: Post) -> Published:
    try:
        return await route.provider.publish(post)
    except ParentGoneError:
        # Somebody deleted it there: who reads the account is told all the same.
        return await route.provider.publish(Post(post.key, post.text, post.language))


def _sent(published: Published) -> PostEnd:
    return PostEnd(PartState.SENT, "published", reference=published.reference, url=published.url)


def _against(post: ClaimedPost, now: datetime) -> str | None:
    """Why it is not published, if there is a reason."""
    withdrawal = post.kind == PostKind.WITHDRAWAL
    absent = post.follows and post.reply_to is None and not post.parent_in_doubt
    if absent and (withdrawal or not post.social):
        return "not-published"
    if post.ended and not withdrawal:
        return "cancelled"
    until = post.created_at + timedelta(hours=LONGEST_HOURS[Lane.NEWS if withdrawal else Lane(post.lane)])
    over_at = until if withdrawal else min(until, post.expires_at or until)
    return "too-late" if now >= over_at else None
