# SPDX-License-Identifier: EUPL-1.2
"""An agent changes what is not published yet, or throws it away; what was published is frozen."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db import budgets, consultations, drafts, entitled, polls
from parvis_participation.db.tables import Budget, Consultation, Poll
from parvis_participation.domain.areas import check_areas
from parvis_participation.domain.draft import NotDraftError
from parvis_participation.service.chain_acts import By, Chain
from parvis_participation.service.create_budget import CreateBudget
from parvis_participation.service.create_consultation import CreateConsultation
from parvis_participation.service.create_poll import CreatePoll
from parvis_participation.service.envelope import public_key
from parvis_participation.service.publish_poll import digest
from parvis_participation.service.secret_vote import discard_vote, redraft_vote, secret_of


async def change_consultation(
    session: AsyncSession, consultation_id: UUID, command: CreateConsultation, *, version: int
) -> Consultation:
    """The draft otherwise, in the caller's transaction.

    Raises NotFoundError, StaleVersionError, NotDraftError, BadPeriodError or RepeatedOptionError.
    """
    row = await drafts.seen(session, Consultation, command.collectivity, consultation_id, version)
    _write(row, asdict(command))
    consultations.entity(row)
    await session.flush()
    return row


async def delete_consultation(session: AsyncSession, collectivity: str, consultation_id: UUID, *, version: int) -> None:
    """Throw the draft away; raises NotFoundError, StaleVersionError or NotDraftError."""
    await drafts.discard(session, await drafts.seen(session, Consultation, collectivity, consultation_id, version))


async def change_poll_draft(
    session: AsyncSession, poll_id: UUID, command: CreatePoll, chain: Chain, by: By, *, version: int
) -> Poll:
    """The draft otherwise, in the caller's transaction; its list stays as long as it is for the people of one.

    Raises NotFoundError, StaleVersionError, NotDraftError, also for the poll of a budget, which is changed with that,
    or as :func:`create_poll`.
    """
    row = await _poll(session, command.collectivity, poll_id, version)
    public_key(command.board_key)
    check_areas([budget["area"] for budget in command.budgets])
    _write(row, asdict(command))
    if not polls.entity(row).eligibility.listed:
        await entitled.forget(session, row.id)
    await session.flush()
    await chain.add(session, row.collectivity, row.id, "changed", by, digest=digest(row).hex())
    return row


async def delete_poll(
    session: AsyncSession, collectivity: str, poll_id: UUID, chain: Chain, by: By, *, version: int
) -> bytes:
    """Throw the draft away with its list; its acts stay, and the digest of the last one, this one, is returned.

    Raises NotFoundError, StaleVersionError, or NotDraftError as above.
    """
    return await discard_vote(session, await _poll(session, collectivity, poll_id, version), chain, by)


async def change_budget(
    session: AsyncSession, budget_id: UUID, command: CreateBudget, chain: Chain, by: By, *, version: int
) -> tuple[Budget, bytes | None]:
    """The draft otherwise, with that of its secret vote, in the caller's transaction; the last act of one that went.

    Raises NotFoundError, StaleVersionError, NotDraftError, or as :func:`create_budget`.
    """
    row = await drafts.seen(session, Budget, command.collectivity, budget_id, version)
    check_areas([budget["area"] for budget in command.budgets])
    row.secret = secret_of(command.board, command.eligibility, live=command.live, changeable=command.changeable)
    _write(row, {name: value for name, value in asdict(command).items() if name not in {"board", "eligibility"}})
    budgets.entity(row)
    await session.flush()
    return row, await redraft_vote(session, row, chain, by)


async def delete_budget(
    session: AsyncSession, collectivity: str, budget_id: UUID, chain: Chain, by: By, *, version: int
) -> bytes | None:
    """Throw the draft away with that of its secret vote, of which the digest of the last act is returned.

    Raises NotFoundError, StaleVersionError or NotDraftError.
    """
    row = await drafts.seen(session, Budget, collectivity, budget_id, version)
    vote = await polls.find_draft(session, row.id)
    last = None if vote is None else await discard_vote(session, vote, chain, by)
    await drafts.discard(session, row)
    return last


async def _poll(session: AsyncSession, collectivity: str, poll_id: UUID, version: int) -> Poll:
    row = await drafts.seen(session, Poll, collectivity, poll_id, version)
    if row.of_budget:
        raise NotDraftError
    return row


def _write(row: Consultation | Poll | Budget, values: dict[str, object]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
