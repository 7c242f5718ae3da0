# SPDX-License-Identifier: EUPL-1.2
"""Joining two accounts of one person, after a change of civil status for instance.

FranceConnect knows somebody whose name or gender has changed by another subject: they come in as somebody new. An agent
compares the accounts and prepares the merge; both accounts are written to and can object; after that a second agent
carries it out. Nothing brings the absorbed account back.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity import events
from parvis_identity.db import (
    acts_on_behalf,
    assistances,
    audit,
    erasures,
    grounds,
    household,
    identity_links,
    identity_proofs,
    merges,
    organisation_members,
    postal_addresses,
)
from parvis_identity.db.people import People
from parvis_identity.domain.agreement import Agreement, compared
from parvis_identity.domain.audit import NOBODY, Act, Action, Actor, Thing
from parvis_identity.domain.errors import (
    MergeImpossibleError,
    Refusal,
    RefusedError,
    StaleMergeError,
    UnknownMergeError,
)
from parvis_identity.domain.letter import Purpose
from parvis_identity.domain.merge import Merge, Reason, State, check, check_decision, check_identity, reached_as_either
from parvis_identity.domain.opaque import fingerprint, new_opaque
from parvis_identity.domain.person import Person
from parvis_identity.domain.pivot import Document
from parvis_identity.service.end_sessions import end_everything
from parvis_identity.service.merge_letters import MergeLetters
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
    letters: MergeLetters
    waiting: timedelta

    async def prepare(self, session: AsyncSession, caller: Principal, wish: Wish, now: datetime) -> Merge:
        """What the merge would do, told to both accounts; nothing is changed yet. In the caller's transaction.

        Raises NotForThisCallerError, UnknownPersonError or MergeImpossibleError.
        """
        check_agent(caller)
        if wish.kept == wish.absorbed:
            raise MergeImpossibleError("one-account")
        both = await self._both(session, caller, wish.kept, wish.absorbed, now)
        if [one for one in (wish.kept, wish.absorbed) if await erasures.of_person(session, one)]:
            raise MergeImpossibleError("erasure-waits")
        kept = await merges.side(session, wish.kept, now)
        absorbed = await merges.side(session, wish.absorbed, now)
        check(kept, absorbed)
        comparison = compared(both[0][0].identity, both[1][0].identity)
        check_identity(comparison, wish.reason, wish.document)
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
            comparison=comparison,
            due_at=now + self.waiting,
        )
        secret = new_opaque()
        await merges.add(session, merge, fingerprint(secret))
        await self.letters.tell(session, Purpose.MERGE_PREPARED, both, merge, now, secret)
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
        what the agent has seen, before it is due, or for who prepared it: two agents join accounts, never one.
        """
        merge = await self.find(caller, id_)
        if merge.version != version or merge.state is not State.PREPARED:
            raise StaleMergeError
        if carry_out:
            check_decision(merge, caller.person, now)
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

    async def to_object(self, secret: str) -> Merge:
        """The merge that the link of a letter calls off; raises RefusedError where it is decided."""
        async with self.database.reading() as session:
            merge = await merges.to_object(session, fingerprint(secret))
        if merge is None:
            raise RefusedError(Refusal.LINK_USED)
        return merge

    async def call_off(self, secret: str, now: datetime) -> None:
        """Discard it, because who reads the letters to one of the accounts wants so; raises RefusedError as above."""
        async with self.database.unit_of_work() as uow:
            merge = await merges.call_off(uow.session, fingerprint(secret), now)
            if merge is None:
                raise RefusedError(Refusal.LINK_USED)
            who, on = Actor("anonymous", NOBODY), Thing("account-merge", str(merge.id))
            await audit.record(uow.session, Act(Action.MERGE_OBJECTED, who, on, now, merge.collectivity))
            await uow.commit()
        _log.info("account_merge_called_off")

    async def _carry_out(self, session: AsyncSession, caller: Principal, merge: Merge, now: datetime) -> None:
        both = await self._both(session, caller, merge.kept, merge.absorbed, now)
        (kept, kept_key), (absorbed, key) = both
        check_identity(compared(kept.identity, absorbed.identity), merge.reason, merge.document)
        for id_, seen in ((merge.kept, merge.kept_side), (merge.absorbed, merge.absorbed_side)):
            present = await merges.side(session, id_, now)
            if replace(present, sessions=seen.sessions) != seen:
                raise MergeImpossibleError("changed")
        await self.letters.tell(session, Purpose.ACCOUNTS_MERGED, both, merge, now)
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
    what |= {"document": [merge.document.value]} if merge.document else {}
    what["differing"] = [name for name, found in merge.comparison.items() if found is not Agreement.SAME]
    on = Thing("account-merge", str(merge.id))
    await audit.record(session, Act(action, acting(caller), on, now, merge.collectivity, what))
