# SPDX-License-Identifier: EUPL-1.2
"""An account went into another: their answers are one person's, and their votes, and what they wrote.

Of two answers to a consultation that is still open the first one given stands, as if there had always been one account,
and of two votes in a participatory budget; what is closed stays as it was counted. A secret ballot cannot be found, nor
taken out: in each poll that is not counted yet the account that is no more is shut out, and where it has voted, the
other one is, too. Where both voted before the merge, both ballots stay. So it is with surveys, named and anonymous.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db import (
    accountability,
    amendments,
    budgets,
    co_authors,
    comments,
    discussion_tellings,
    merged_accounts,
    merged_answers,
    moderation,
    opinions,
    petitions,
    processes,
    projects,
    proposal_photos,
    proposals,
    publications,
    residences,
    roll,
    statements,
    tellings,
    votes,
)
from parvis_participation.service.follow_assembly import move_assemblies
from parvis_participation.service.keep_meetings import move_registrations
from parvis_participation.service.merge_survey_answers import merge_survey_answers
from parvis_participation.service.seals import Seals
from parvis_participation.service.survey_words import SurveyWords


async def follow_merge(
    session: AsyncSession, seals: Seals, words: SurveyWords, absorbed: UUID, into: UUID, collectivity: str
) -> None:
    """In every collectivity: an account is the deployment's. In the event's transaction; safe to repeat."""
    kept = await merged_accounts.remember(session, absorbed, into, collectivity)
    await merged_answers.move(session, absorbed, kept)
    await projects.move(session, absorbed, kept)
    await comments.move(session, absorbed, kept)
    await moderation.move(session, absorbed, kept)
    await proposals.move(session, absorbed, kept)
    await co_authors.move(session, absorbed, kept)
    await amendments.move(session, absorbed, kept)
    await tellings.move(session, absorbed, kept)
    await discussion_tellings.move(session, absorbed, kept)
    await accountability.move(session, absorbed, kept)
    await residences.move(session, absorbed, kept)
    await petitions.move(session, absorbed, kept)
    await publications.move(session, absorbed, kept)
    await processes.move(session, absorbed, kept)
    await statements.move(session, absorbed, kept)
    await opinions.move(session, absorbed, kept)
    for poll in await roll.uncounted(session):
        gone = seals.account_key(poll.id, absorbed)
        # Written before it is looked at: a ballot that is on its way is waited for, and none comes after it.
        await roll.hold(session, poll, gone, voted=False)
        if await roll.stands_for_vote(session, poll, gone):
            await roll.hold(session, poll, seals.account_key(poll.id, kept), voted=True)
    for budget in await budgets.uncounted(session):
        gone, stays = (seals.account_key(budget.id, person) for person in (absorbed, kept))
        await votes.merge(session, budget.id, budget.collectivity, gone, stays)
    await move_assemblies(session, words.persons, absorbed, kept)
    await move_registrations(session, words.persons, absorbed, kept)
    await proposal_photos.move(session, absorbed, kept)
    # Last: these open what is sealed, and whoever was erased meanwhile must not keep the holds from being written.
    await merge_survey_answers(session, seals, words, absorbed, kept)
