# SPDX-License-Identifier: EUPL-1.2
"""A moderator decides what becomes of what was reported, with the reasons; an appeal comes to another one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging import outbox
from parvis_participation import comment_events
from parvis_participation.db import merged_accounts, moderation
from parvis_participation.db.moderation_tables import ModerationAppeal, ModerationDecision
from parvis_participation.db.moderation_tables import ModerationCase as Row
from parvis_participation.db.petition_tables import Petition
from parvis_participation.domain.errors import StaleVersionError
from parvis_participation.domain.moderation import CaseState, Ground, Outcome
from parvis_participation.service.deposit_project import Author
from parvis_participation.service.moderated import left_of
from parvis_participation.service.tell_notifiers import tell_notifiers
from parvis_participation.service.tell_people import tell_signers_of_decision


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided, and the statement of reasons (article 17, paragraph 3); texts by language.

    ``facts`` is what was found, ``provision`` the article of law or of the town's rules that a removal rests on.
    """

    outcome: Outcome
    ground: Ground | None
    provision: dict[str, str] | None
    facts: dict[str, str]


async def decide_case(
    session: AsyncSession,
    moderator: Author,
    case_id: UUID,
    decision: Decision,
    *,
    version: int,
    now: datetime,
) -> tuple[Row, ModerationDecision]:
    """Decide the version that the moderator saw, and tell it, in the caller's transaction; signers of a petition, too.

    Raises NotFoundError, StaleVersionError, GroundError, CaseDecidedError or SameModeratorError.
    """
    ref = moderation.ref_of(await moderation.one(session, moderator.collectivity, case_id))
    # Before its case, as a report locks them.
    content = await left_of(session, moderator.collectivity, ref, lock=True)
    row = await moderation.one(session, moderator.collectivity, case_id, lock=True)
    if row.version != version:
        raise StaleVersionError
    on_appeal = row.state == CaseState.APPEALED
    row.state = moderation.entity(row).decide(moderator.person, decision.outcome, decision.ground)
    if on_appeal:
        row.appeal_moderator = moderator.person
    else:
        row.first_moderator = moderator.person
    reversed_ = on_appeal and row.outcome != decision.outcome
    row.outcome, row.decided_at = decision.outcome, now
    row.version += 1
    made = ModerationDecision(
        case_id=row.id,
        round=2 if on_appeal else 1,
        collectivity=row.collectivity,
        moderator=moderator.person,
        outcome=decision.outcome,
        ground=decision.ground,
        provision=decision.provision,
        facts=decision.facts,
        created_at=now,
    )
    session.add(made)
    changed = content is not None and content.show(shown=decision.outcome is Outcome.KEPT, now=now)
    await session.flush()
    if changed and content is not None and isinstance(content.row, Petition):
        await tell_signers_of_decision(session, content.row, decision.ground, now)
    await outbox.add(session, comment_events.case_decided(row, now, reversed_=reversed_))
    await tell_notifiers(session, row, now)
    return row, made


async def contest_decision(
    session: AsyncSession, person: Author, case_id: UUID, explanation: str, *, now: datetime
) -> Row:
    """Bring a decision before another moderator, in the caller's transaction.

    Raises NotFoundError, NotAllowedError where it is not about this person's words or report, or AppealError.
    """
    standing = await merged_accounts.standing(session, person.person)  # first: a merge locks cases after it
    row = await moderation.one(session, person.collectivity, case_id, lock=True)
    reported = await moderation.has_reported(session, row.id, standing)
    moderation.entity(row).check_appeal(standing, now, reported=reported)
    row.state = CaseState.APPEALED
    row.version += 1
    session.add(
        ModerationAppeal(
            case_id=row.id,
            collectivity=row.collectivity,
            person=standing,
            explanation=explanation,
            created_at=now,
        )
    )
    await session.flush()
    return row
