# SPDX-License-Identifier: EUPL-1.2
"""What an account that went into another has answered in surveys."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError
from parvis_participation.db import survey_drafts, survey_files, survey_responses
from parvis_participation.db.survey_tables import SurveyDraft
from parvis_participation.service.seals import Seals
from parvis_participation.service.survey_words import SurveyWords


async def merge_survey_answers(
    session: AsyncSession, seals: Seals, words: SurveyWords, absorbed: UUID, kept: UUID
) -> None:
    """Of two answers by name the first one stands while the survey is open; what is closed stays as it was figured.

    Anonymous answers cannot be found: who has answered such a survey under either account does not answer it again.
    """
    now, moved = datetime.now(UTC), set[UUID]()
    for theirs, survey in await survey_responses.named_of(session, absorbed):
        mine = await survey_responses.of_person(session, survey.id, kept)
        if mine is not None and survey.closes_at <= now:
            continue
        if mine is not None:
            later = max(mine, theirs, key=lambda each: (each.answered_at or now, each.id))
            await survey_responses.discard(session, later)
            if later is theirs:
                continue
        try:
            await words.reseal(theirs, kept)
        except KeyDestroyedError:  # of somebody erased: nobody reads the words again, under either account
            theirs.words = None
        theirs.person = kept
        moved.add(theirs.id)
        await session.flush()
    await survey_files.move(session, absorbed, kept, moved)
    for draft in await survey_drafts.of_account(session, absorbed):
        try:
            content = await words.seal_draft(kept, await words.open_draft(absorbed, draft.content))
        except KeyDestroyedError:
            await survey_drafts.discard(session, draft.survey_id, absorbed)
            continue
        draft_moved = SurveyDraft(
            survey_id=draft.survey_id,
            person=kept,
            collectivity=draft.collectivity,
            content=content,
            changed_at=draft.changed_at,
        )
        await survey_drafts.discard(session, draft.survey_id, absorbed)
        await survey_drafts.keep_first(session, draft_moved)
    for survey_id, collectivity in await survey_responses.anonymous_open(session):
        if await survey_responses.signed(session, survey_id, seals.account_key(survey_id, absorbed)):
            await survey_responses.sign(session, survey_id, collectivity, seals.account_key(survey_id, kept))
