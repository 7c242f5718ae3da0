# SPDX-License-Identifier: EUPL-1.2
"""An appeal is decided by an agent, or withdrawn by whoever brought it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_requests.db import appeals, requests
from parvis_requests.db.tables import Appeal, Request
from parvis_requests.domain.appeal import AppealKind, AppealState
from parvis_requests.domain.appeal_errors import SameAgentError
from parvis_requests.domain.errors import NotAllowedError, StaleVersionError
from parvis_requests.domain.request import Actor
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.afterwards import open_again
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.complete_file import form_of
from parvis_requests.service.end_appeal import deem_rejected, end_appeal, end_with_refusal
from parvis_requests.service.part_request import hold_parent

REASONS: Final = "appeal.reasons"


@dataclass(frozen=True, slots=True)
class Ending:
    """How an agent ends the appeal that they saw, and why: its author is told it."""

    request_id: UUID
    appeal_id: UUID
    version: int
    outcome: AppealState
    reasons: str


async def decide_appeal(
    session: AsyncSession,
    actor: Actor,
    ending: Ending,
    *,
    catalogues: Catalogues,
    persons: PersonKeys,
    now: datetime,
) -> Appeal:
    """End it in the caller's transaction; one that is upheld opens its request again, and its legal period anew.

    It ends the others against the same refusal, and opens nothing where another decision came since.

    Where silence has rejected it and nobody recorded that yet, that is recorded first. Raises NotAllowedError,
    NotFoundError, StaleVersionError, AppealClosedError, OutcomeError, or SameAgentError.
    """
    await hold_parent(session, for_agents(actor).collectivity, ending.request_id)
    row = await requests.one(session, actor, ending.request_id, lock=True)
    appeal = await _seen(session, row, ending.appeal_id, ending.version)
    form = await form_of(session, row, catalogues)
    if appeal.kind in {AppealKind.HIERARCHICAL, AppealKind.MEDIATION} and appeal.decider == actor.person:
        raise SameAgentError
    await deem_rejected(session, row, appeal, form, now)
    appeals.entity(appeal).may_end(ending.outcome)
    appeal.reasons = await _sealed(row, ending.reasons, persons)
    await end_appeal(session, row, appeal, form, actor, ending.outcome, now)
    if ending.outcome is AppealState.UPHELD:
        current = await appeals.decision_of(session, row)
        await end_with_refusal(session, row, appeal.contested, form, actor, now)
        if form.refusal(row.status) is None or current is None or current.sequence != appeal.contested:
            return appeal  # what it contests decides nothing any more
        holidays = (await catalogues.of(row.collectivity)).holidays
        await open_again(session, row, form, actor, None, holidays=holidays, persons=persons, now=now)
    return appeal


async def withdraw_appeal(
    session: AsyncSession,
    actor: Actor,
    request_id: UUID,
    appeal_id: UUID,
    version: int,
    *,
    catalogues: Catalogues,
    now: datetime,
) -> Appeal:
    """Take it back, for whoever brought it; an agent takes back what an agent took down.

    Raises NotFoundError, NotAllowedError, StaleVersionError, or AppealClosedError.
    """
    row = await requests.one(session, actor, request_id, lock=True)
    appeal = await _seen(session, row, appeal_id, version)
    form = await form_of(session, row, catalogues)
    if actor.is_agent and not appeal.by_agent:
        raise NotAllowedError
    await deem_rejected(session, row, appeal, form, now)
    appeals.entity(appeal).may_end(AppealState.WITHDRAWN)
    await end_appeal(session, row, appeal, form, actor, AppealState.WITHDRAWN, now)
    return appeal


async def _sealed(row: Request, reasons: str, persons: PersonKeys) -> bytes:
    try:
        return (await persons.of(row.author)).seal(REASONS, reasons)
    except KeyDestroyedError:
        # Nobody is left to read them; what stayed open would keep the file for ever.
        return b""


async def _seen(session: AsyncSession, row: Request, appeal_id: UUID, version: int) -> Appeal:
    appeal = await appeals.one(session, row.id, appeal_id)
    if appeal.version != version:
        raise StaleVersionError
    return appeal
