# SPDX-License-Identifier: EUPL-1.2
"""Appointments of people without an account: about their request, of the kinds that its type names.

All else about them is as for people with an account; what is more: they are told by mail alone, so that there is an
address to which the invitation goes before a slot is held for them.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_requests.db import requests, transfers
from parvis_requests.domain.appointment_errors import AddressUnconfirmedError, UnknownKindError
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.request import Actor
from parvis_requests.service.appointment_kinds import OfferedKind, list_kinds
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.keep_reporter import address_of


async def kinds_alone(
    session: AsyncSession, actor: Actor, request_id: UUID, *, catalogues: Catalogues
) -> list[OfferedKind]:
    """The kinds that the request's type names, as far as the collectivity offers them; raises NotFoundError."""
    key = requests.form_key(await requests.one(session, actor, request_id))
    named = (await catalogues.forms_of(session, [key]))[key].definition.appointment_kinds
    return [each for each in await list_kinds(session, actor.collectivity) if each.row.code in named]


async def allow_alone(
    session: AsyncSession, actor: Actor, request_id: UUID, kind: str, *, catalogues: Catalogues, persons: PersonKeys
) -> None:
    """Let somebody without an account want a slot of that kind about their request.

    Raises NotFoundError, UnknownKindError, or AddressUnconfirmedError where no mail would reach them.
    """
    # Held: once the request has gone to another collectivity, their token follows it there.
    row = await requests.one(session, actor, request_id, lock=True)
    gone = await transfers.of(session, row.id)
    if gone and gone.done_at:
        raise NotFoundError
    if kind not in {each.row.code for each in await kinds_alone(session, actor, request_id, catalogues=catalogues)}:
        raise UnknownKindError
    address = await address_of(session, actor.person, actor.collectivity, persons=persons)
    if address is None or address.email is None:
        raise AddressUnconfirmedError
