# SPDX-License-Identifier: EUPL-1.2
"""Whoever is acted for sees it: by whom, on what ground, with which scopes, and why an agent assisted them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from parvis_identity.db import acts_on_behalf, assistances, household, organisations
from parvis_identity.domain.behalf import Ground
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.db.keyset import Position, Slice


@dataclass(frozen=True, slots=True)
class SeenAct:
    """An act on behalf of the person or of their child; the organisation through which, or channel and reason."""

    act: Any
    organisation_name: str | None
    channel: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class SeeActs:
    """The use case, with what it needs."""

    database: Database
    persons: PersonKeys

    async def page(self, person: UUID, position: Position | None, limit: int) -> Slice[SeenAct]:
        """A page, the latest first."""
        async with self.database.reading() as session:
            # What was done for a child stays to be seen when it has left the household; what comes later does not.
            people = {person: None} | await household.ever(session, person)
            found = await acts_on_behalf.page(session, people, position, limit)
            assisted = {act.ground_id for act in found.rows if act.ground == Ground.ASSISTED}
            reasons = await assistances.sealed_reasons(session, assisted)
            through = await organisations.names(session, {act.organisation for act in found.rows if act.organisation})
            keys = await self.persons.of_many({act.person for act in found.rows})
        seen = []
        for act in found.rows:
            channel, sealed = reasons.get(act.ground_id, (None, None))
            key = keys.get(act.person)
            reason = key.open("assistance.reason", sealed) if key and sealed else None
            seen.append(SeenAct(act, through.get(act.organisation) if act.organisation else None, channel, reason))
        return Slice(seen, found.next, found.previous)
