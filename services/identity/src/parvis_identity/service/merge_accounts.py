# SPDX-License-Identifier: EUPL-1.2
"""Joining two accounts of one person, after a change of civil status for instance.

FranceConnect knows somebody whose name or gender has changed by another subject: they come in as somebody new. An agent
prepares the merge, sees what it does, and carries it out; nothing brings the absorbed account back.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity import events
from parvis_identity.db import (
    acts_on_behalf,
    assistances,
    audit,
    grounds,
    household,
    identity_links,
    identity_proofs,
    merges,
    organisation_members,
    postal_addresses,
)
from parvis_identity.db.people import People
from parvis_identity.domain.audit import Act, Action, Thing
from parvis_identity.domain.errors import MergeImpossibleError, StaleMergeError, UnknownMergeError
from parvis_identity.domain.merge import Merge, Reason, State, check, reached_as_either
from parvis_identity.domain.person import Person
from parvis_identity.domain.pivot import Document
from parvis_identity.service.end_sessions import end_everything
from parvis_identity.service.on_duty import acting, check_agent, person_before
from parvis_identity.service.tell_change import tell_change
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.logs import logger
from parvis_kit.messaging import outbox
from parvis_kit.security.principal import Principal

_log = logger(__name__)
_ENDED = "account merged"
_ACTIONS = {State.DONE: Action.ACCOUNTS_MERGED, State.DISCARDED: Action.MERGE_DISCARDED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an agent wants joined, and why."""

    kept: UUID
    absorbed: UUID
    reason: Reason
    document: Document | None


@dataclass(frozen=True, slots=True)
class MergeAccounts:
    """The use cases, with what they need."""

    database: Database
    persons: PersonKeys
    index: BlindIndex

    async def prepare(self, session: AsyncSession, caller: Principal, wish: Wish, now: datetime) -> Merge:
        """What the merge would do; nothing is changed yet. In the caller's transaction.

        Raises NotForThisCallerError, UnknownPersonError or MergeImpossibleError.
        """
        check_agent(caller)
        if wish.kept == wish.absorbed:
            raise MergeImpossibleError("one-account")
        await self._both(session, caller, wish.kept, wish.absorbed, now)
        kept = await merges.side(session, wish.kept, now)
        absorbed = await merges.side(session, wish.absorbed, now)
        check(kept, absorbed)
        merge = Merge(
            id=uuid7(),
            collectivity=caller.collectivity,
            kept=wish.kept,
            absorbed=wish.absorbed,
            reason=wish.reason,
            document=wish.document,
            kept_side=kept,
            absorbed_side=absorbed,
            state=State.PREPARED,
            version=1,
            agent=caller.person,
            created_at=now,
        )
        await merges.add(session, merge)
        await _record(session, Action.MERGE_PREPARED, caller, merge, now)
        return merge

    async def find(self, caller: Principal, id_: UUID) -> Merge:
        """A merge of the agent's collectivity; raises NotForThisCallerError or UnknownMergeError."""
        check_agent(caller)
        async with self.database.reading() as session:
            merge = await merges.find(session, caller.collectivity, id_)
        if merge is None:
            raise UnknownMergeError
        return merge

    async def decide(self, caller: Principal, id_: UUID, version: int, *, carry_out: bool, now: datetime) -> Merge:
        """Carry the merge out, or discard it; raises StaleMergeError where it was decided or changed meanwhile.

        Besides NotForThisCallerError and UnknownMergeError: MergeImpossibleError where the accounts are not any more
        what the agent has seen.
        """
        merge = await self.find(caller, id_)
        if merge.version != version or merge.state is not State.PREPARED:
            raise StaleMergeError
        state = State.DONE if carry_out else State.DISCARDED
        async with self.database.unit_of_work() as uow:
            if carry_out:
                await self._carry_out(uow.session, caller, merge, now)
            if not await merges.decide(uow.session, merge, state, caller.person, now):
                raise StaleMergeError
            await _record(uow.session, _ACTIONS[state], caller, merge, now)
            await uow.commit()
        _log.info("account_merge_decided", state=state.value)
        return replace(merge, state=state, version=version + 1, decided_by=caller.person, decided_at=now)

    async def _carry_out(self, session: AsyncSession, caller: Principal, merge: Merge, now: datetime) -> None:
        (kept, kept_key), (absorbed, key) = await self._both(session, caller, merge.kept, merge.absorbed, now)
        for id_, seen in ((merge.kept, merge.kept_side), (merge.absorbed, merge.absorbed_side)):
            present = await merges.side(session, id_, now)
            if replace(present, sessions=seen.sessions) != seen:
                raise MergeImpossibleError("changed")
        await identity_links.move(session, absorbed.id, key, kept.id, kept_key)
        await postal_addresses.move(session, absorbed.id, key, kept.id, kept_key)
        await identity_proofs.end(session, absorbed.id, now)
        await organisation_members.move(session, absorbed.id, kept.id, now)
        await end_everything(session, absorbed.id, _ENDED, now, acting(caller))
        reached = await People(session, self.index).change(reached_as_either(kept, absorbed), kept_key, now)
        await tell_change(session, kept, reached, now)
        for ground, collectivity in await grounds.standing(session, absorbed.id):
            await outbox.add(session, events.ground_ended(ground, collectivity, now))
        await assistances.move(session, absorbed.id, key, kept.id, kept_key, now)
        await acts_on_behalf.move(session, absorbed.id, kept.id)
        await household.move(session, absorbed.id, kept.id, now)
        sequence = await merges.absorb(session, absorbed.id, now)
        await outbox.add(session, events.account_merged(absorbed.id, kept.id, merge.collectivity, sequence, now))

    async def _both(
        self, session: AsyncSession, caller: Principal, kept: UUID, absorbed: UUID, now: datetime
    ) -> tuple[tuple[Person, PersonKey], tuple[Person, PersonKey]]:
        people, found = People(session, self.index), {}
        for id_ in sorted((kept, absorbed)):  # in one order, so that no two merges wait for each other
            found[id_] = await person_before(session, people, self.persons, caller, id_, now)
        return found[kept], found[absorbed]


async def _record(session: AsyncSession, action: Action, caller: Principal, merge: Merge, now: datetime) -> None:
    what = {"kept": [str(merge.kept)], "absorbed": [str(merge.absorbed)], "reason": [merge.reason.value]}
    on = Thing("account-merge", str(merge.id))
    await audit.record(session, Act(action, acting(caller), on, now, merge.collectivity, what))
