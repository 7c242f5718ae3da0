# SPDX-License-Identifier: EUPL-1.2
"""A person has a browser told, and has it told no longer."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKey
from parvis_kit.ids import uuid7
from parvis_notifications.db import push_subscriptions
from parvis_notifications.db.push_tables import PushSubscription
from parvis_notifications.domain.errors import (
    EndpointRefusedError,
    ServerKeyError,
    StaleVersionError,
    TooManyBrowsersError,
)
from parvis_notifications.domain.push import is_served
from parvis_notifications.domain.reader import Reader
from parvis_notifications.outgoing.push import Browser
from parvis_notifications.outgoing.push_crypto import browser_keys
from parvis_outside.destination import Network, UrlRefusedError, check_url

_SEALED_BROWSER: Final = "push_subscription.browser"
_SEALED_LABEL: Final = "push_subscription.label"


@dataclass(frozen=True, slots=True)
class NewBrowser:
    """What a browser gave when it subscribed, for which of our keys, and what its owner calls it."""

    endpoint: str
    p256dh: str
    auth: str
    server_key: str
    label: str | None = None


@dataclass(frozen=True, slots=True)
class PushTerms:
    """What a subscription must be made for, where it may lead, how many a person may have, and at which services."""

    server_keys: Collection[str]
    allowed: Sequence[Network]
    limit: int
    hosts: Collection[str]


@dataclass(frozen=True, slots=True)
class OpenBrowser:
    """A subscription with what only its owner reads: the host of its push service, and what it is called."""

    row: PushSubscription
    service: str
    label: str | None


async def subscribe_browser(
    session: AsyncSession,
    reader: Reader,
    new: NewBrowser,
    *,
    key: PersonKey,
    index: BlindIndex,
    terms: PushTerms,
    now: datetime,
) -> OpenBrowser:
    """Keep it in the caller's transaction; one that is there already gets its new keys.

    Whoever uses a browser is who signed in last: it is told nothing more of anybody else's.

    Raises EndpointRefusedError, BrowserKeyError, ServerKeyError, TooManyBrowsersError.
    """
    try:
        check_url(new.endpoint, terms.allowed)
    except UrlRefusedError as error:
        raise EndpointRefusedError(error.reason) from error
    if not is_served(new.endpoint, terms.hosts):
        raise EndpointRefusedError("service-unknown")
    browser_keys(new.p256dh, new.auth)
    if new.server_key not in terms.server_keys:
        raise ServerKeyError
    there = await push_subscriptions.count_locked(session, reader)
    mark = index.of("push_subscription.endpoint", new.endpoint)
    sealed = key.seal(_SEALED_BROWSER, json.dumps({"endpoint": new.endpoint, "p256dh": new.p256dh, "auth": new.auth}))
    label = None if new.label is None else key.seal(_SEALED_LABEL, new.label)
    known = await push_subscriptions.marked(session, reader.collectivity, mark)
    if known is not None and (known.person, known.work) == (reader.person, reader.work):
        known.browser, known.label, known.server_key = sealed, label, new.server_key
        known.version += 1
        await session.flush()
        return OpenBrowser(known, _host(new.endpoint), new.label)
    if there >= terms.limit:
        raise TooManyBrowsersError
    if known is not None:
        await push_subscriptions.remove(session, known)
    row = push_subscriptions.add(
        session,
        id=uuid7(),
        collectivity=reader.collectivity,
        person=reader.person,
        work=reader.work,
        browser=sealed,
        label=label,
        mark=mark,
        server_key=new.server_key,
        created_at=now,
    )
    await session.flush()
    return OpenBrowser(row, _host(new.endpoint), new.label)


async def list_browsers(session: AsyncSession, reader: Reader, key: PersonKey) -> list[OpenBrowser]:
    """The reader's own, the newest first."""
    return [_open(row, key) for row in await push_subscriptions.of_reader(session, reader)]


async def read_browser(session: AsyncSession, reader: Reader, subscription_id: UUID, key: PersonKey) -> OpenBrowser:
    """One of the reader's own; raises NotFoundError."""
    return _open(await push_subscriptions.one(session, reader, subscription_id), key)


async def unsubscribe_browser(session: AsyncSession, reader: Reader, subscription_id: UUID, *, version: int) -> None:
    """Have it told no longer; raises NotFoundError, StaleVersionError."""
    row = await push_subscriptions.one(session, reader, subscription_id)
    if row.version != version:
        raise StaleVersionError
    await push_subscriptions.remove(session, row)


def browser_of(row: PushSubscription, key: PersonKey) -> Browser:
    """Where its messages go; raises UnreadableError, or BrowserKeyError."""
    told = json.loads(key.open(_SEALED_BROWSER, row.browser))
    return Browser(told["endpoint"], browser_keys(told["p256dh"], told["auth"]))


def reseal(row: PushSubscription, old: PersonKey, new: PersonKey) -> None:
    """With the key of the account that took the other's place."""
    row.browser = new.seal(_SEALED_BROWSER, old.open(_SEALED_BROWSER, row.browser))
    if row.label is not None:
        row.label = new.seal(_SEALED_LABEL, old.open(_SEALED_LABEL, row.label))
    row.version += 1


def _open(row: PushSubscription, key: PersonKey) -> OpenBrowser:
    label = None if row.label is None else key.open(_SEALED_LABEL, row.label)
    return OpenBrowser(row, _host(json.loads(key.open(_SEALED_BROWSER, row.browser))["endpoint"]), label)


def _host(endpoint: str) -> str:
    return urlsplit(endpoint).hostname or ""
