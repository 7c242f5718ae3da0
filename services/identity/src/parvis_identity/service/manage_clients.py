# SPDX-License-Identifier: EUPL-1.2
"""The clients of a collectivity, as its administrators make, change, disable them and give them other secrets."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import audit, grants, managed_clients
from parvis_identity.db.managed_clients import Managed
from parvis_identity.domain.audit import Act, Action, Actor, Thing
from parvis_identity.domain.client import (
    MIN_SECRET_LENGTH,
    Client,
    ClientTransitionError,
    NoSecretError,
    StaleClientError,
    TooManyClientsError,
    UnknownClientError,
    secret_hash,
)
from parvis_identity.domain.opaque import fingerprint, new_opaque

MAX_CLIENTS: Final = 200
OF_OUR_OWN: Final = frozenset(
    {
        "identity.operations.write",
        "identity.people.read",
        "identity.civil-status.read",
        "identity.particulars.read",
        "identity.rolls.read",
        "requests.messages.read",
        "requests.contacts.read",
        "notifications.inbound.write",
        "participation.guests.read",
    }
)
"""Scopes for Parvis's own services: no client of a collectivity gets them."""


TO_COME: Final = "x" * MIN_SECRET_LENGTH
"""Stands for the secret in a description to which we give one; it never authenticates anybody."""


@dataclass(frozen=True, slots=True)
class By:
    """Who manages the clients of which collectivity, and when."""

    actor: Actor
    collectivity: str
    now: datetime


@dataclass(frozen=True, slots=True)
class WithSecret:
    """A client with its secret, which is known this once."""

    managed: Managed
    secret: str | None


def new_client_id() -> str:
    """An identifier that tells nothing and that nobody chooses."""
    return f"c-{secrets.token_hex(12)}"


async def make(session: AsyncSession, by: By, client: Client, *, management: str | None = None) -> WithSecret:
    """A client more; raises TooManyClientsError.

    Where its entry says that it has a secret, it gets one of ours. ``management`` is the token by which it manages
    itself (RFC 7592).
    """
    if await managed_clients.count(session, by.collectivity) >= MAX_CLIENTS:
        raise TooManyClientsError
    secret = new_opaque() if client.secret_hash is not None else None
    hashed = secret_hash(secret) if secret else None
    known_by = {"management_hash": fingerprint(management)} if management else {}
    made = await managed_clients.put(session, replace(client, secret_hash=hashed), **known_by)
    await _record(session, by, Action.CLIENT_MADE, made)
    return WithSecret(made, secret)


async def change(session: AsyncSession, by: By, client_id: str, wanted: Client, version: int | None) -> Managed:
    """Another description of the same client, which keeps its secret; grants that go further end when they renew.

    Raises UnknownClientError or StaleClientError.
    """
    before = await _found(session, by, client_id, version)
    hashed = before.client.secret_hash if wanted.secret_hash is not None else None
    if wanted.secret_hash is not None and hashed is None:
        raise NoSecretError
    # Whoever it has met knows it by the subjects of its sector: that one stays.
    kept = replace(wanted, client_id=client_id, secret_hash=hashed, sector=before.client.sector)
    changed = await managed_clients.put(session, kept)
    await _record(session, by, Action.CLIENT_CHANGED, changed)
    return changed


async def rotate(session: AsyncSession, by: By, client_id: str, overlap: timedelta, version: int | None) -> WithSecret:
    """Another secret; the present one is taken as well until the overlap is over.

    Raises UnknownClientError, StaleClientError or NoSecretError.
    """
    before = await _found(session, by, client_id, version)
    if before.client.secret_hash is None:
        raise NoSecretError
    secret = new_opaque()
    rotated = await managed_clients.put(
        session,
        replace(before.client, secret_hash=secret_hash(secret)),
        previous_secret_hash=before.client.secret_hash,
        previous_secret_until=by.now + overlap,
    )
    await _record(session, by, Action.CLIENT_SECRET_ROTATED, rotated)
    return WithSecret(rotated, secret)


async def enable(session: AsyncSession, by: By, client_id: str, version: int | None, *, enabled: bool) -> Managed:
    """Let the client work, or not: a disabled one gets no token, and what it was allowed has ended.

    Raises UnknownClientError, StaleClientError, or ClientTransitionError where it is so already.
    """
    before = await _found(session, by, client_id, version)
    if (before.disabled_at is None) == enabled:
        raise ClientTransitionError
    if not enabled:
        await grants.revoke_of_client(session, client_id, "client disabled", by.now)
    changed = await managed_clients.put(session, before.client, disabled_at=None if enabled else by.now)
    await _record(session, by, Action.CLIENT_ENABLED if enabled else Action.CLIENT_DISABLED, changed)
    return changed


async def allow_registration(session: AsyncSession, by: By, scopes: list[str], life: timedelta) -> str:
    """A token with which a partner may register one client (RFC 7591, initial access token); shown this once."""
    token = new_opaque()
    await managed_clients.add_ticket(session, fingerprint(token), by.collectivity, scopes, by.now + life)
    on, what = Thing("collectivity", by.collectivity), {"scopes": scopes}
    await audit.record(session, Act(Action.REGISTRATION_ALLOWED, by.actor, on, by.now, by.collectivity, what))
    return token


async def _found(session: AsyncSession, by: By, client_id: str, version: int | None) -> Managed:
    found = await managed_clients.find(session, client_id, by.collectivity, lock=True)
    if found is None:
        raise UnknownClientError
    if version not in {None, found.version}:
        raise StaleClientError
    return found


async def _record(session: AsyncSession, by: By, action: Action, managed: Managed) -> None:
    client = managed.client
    what: dict[str, Any] = {"scopes": sorted(client.scopes), "audience": [client.audience.value]}
    if client.franceconnect_scopes:
        what["franceconnect"] = sorted(client.franceconnect_scopes)
    on = Thing("client", client.client_id)
    await audit.record(session, Act(action, by.actor, on, by.now, by.collectivity, what))
