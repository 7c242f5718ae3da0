# SPDX-License-Identifier: EUPL-1.2
"""Mandates: a citizen lets another, or an association or company, act for them, with scopes and an end.

The mandator gets a code to hand over, by whatever way they trust; who signs in and brings it is the mandatary. So
nobody has to look anybody up, and no address says who has an account. An organisation is named by its public number,
and one of its representatives brings the code.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity import events
from parvis_identity.db import audit, mandates, organisations
from parvis_identity.domain.audit import Act, Action, Thing
from parvis_identity.domain.behalf import LONGEST_MANDATE, OFFER, Mandate, delegable
from parvis_identity.domain.errors import (
    MandateRefusedError,
    NoSuchMandataryError,
    NotForThisCallerError,
    UnknownGroundError,
)
from parvis_identity.domain.opaque import fingerprint, new_opaque
from parvis_identity.service.on_duty import acting
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.messaging import outbox
from parvis_kit.security.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants done for them, until when; by the organisation of that SIRET or RNA number, where one is."""

    scopes: frozenset[str]
    ends_at: datetime
    organisation: str | None


@dataclass(frozen=True, slots=True)
class Mandates:
    """The use cases, with what they need."""

    database: Database

    async def offer(self, session: AsyncSession, caller: Principal, wish: Wish, now: datetime) -> tuple[Mandate, str]:
        """A mandate and the code by which it is accepted, once; in the caller's transaction.

        Raises NotForThisCallerError, MandateRefusedError for scopes that are one's own or an end too far or past, or
        NoSuchMandataryError where no verified organisation has that number.
        """
        _check_citizen(caller)
        if not delegable(wish.scopes) or not now < wish.ends_at <= now + LONGEST_MANDATE:
            raise MandateRefusedError
        organisation = None
        if wish.organisation:
            organisation = await organisations.verified(session, caller.collectivity, wish.organisation)
            if organisation is None:
                raise NoSuchMandataryError
        code = new_opaque()
        mandate = Mandate(
            id=uuid7(),
            collectivity=caller.collectivity,
            mandator=caller.person,
            mandatary=None,
            scopes=wish.scopes,
            created_at=now,
            offer_ends_at=now + OFFER,
            ends_at=wish.ends_at,
            accepted_at=None,
            ended_at=None,
            organisation=organisation,
            organisation_name=(await organisations.names(session, {organisation}))[organisation]
            if organisation
            else None,
        )
        await mandates.add(session, mandate, fingerprint(code))
        await _record(session, Action.MANDATE_OFFERED, caller, mandate, now)
        return mandate, code

    async def accept(self, caller: Principal, code: str, now: datetime) -> Mandate:
        """Become the mandatary; raises NotForThisCallerError, or UnknownGroundError for a code that is no use."""
        _check_citizen(caller)
        async with self.database.unit_of_work() as uow:
            mandate = await mandates.accept(uow.session, fingerprint(code), caller.person, caller.collectivity, now)
            if mandate is None:
                raise UnknownGroundError
            await _record(uow.session, Action.MANDATE_ACCEPTED, caller, mandate, now)
            await uow.commit()
        return mandate

    async def end(self, caller: Principal, id_: UUID, now: datetime) -> Mandate:
        """Revoke it or give it back; raises NotForThisCallerError, or UnknownGroundError for what is over."""
        _check_citizen(caller)
        async with self.database.unit_of_work() as uow:
            mandate = await mandates.end(uow.session, id_, caller.person, caller.collectivity, now)
            if mandate is None:
                raise UnknownGroundError
            await outbox.add(uow.session, events.ground_ended(id_, caller.collectivity, now))
            await _record(uow.session, Action.MANDATE_ENDED, caller, mandate, now)
            await uow.commit()
        return mandate

    async def of(self, caller: Principal) -> list[Mandate]:
        """Those that the caller gave or was given here, the latest first; raises NotForThisCallerError."""
        _check_citizen(caller)
        async with self.database.reading() as session:
            return await mandates.of_person(session, caller.person, caller.collectivity)


def _check_citizen(caller: Principal) -> None:
    if not caller.is_citizen:
        raise NotForThisCallerError


async def _record(session: AsyncSession, action: Action, caller: Principal, mandate: Mandate, now: datetime) -> None:
    on, what = Thing("mandate", str(mandate.id)), {"scopes": sorted(mandate.scopes)}
    what |= {"organisation": [str(mandate.organisation)]} if mandate.organisation else {}
    await audit.record(session, Act(action, acting(caller), on, now, mandate.collectivity, what))
