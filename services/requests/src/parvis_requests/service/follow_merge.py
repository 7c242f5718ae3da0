# SPDX-License-Identifier: EUPL-1.2
"""What somebody filed, follows, drafts and comes for under one account moves to the account that took its place.

Words are sealed anew with the other person's key. Files are not: their bytes lie outside of the transaction, so each
keeps the name of whose key seals it. The history stays as it was written.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKey, PersonKeys
from parvis_requests.db import calendar_feeds, certified, merged_accounts, publications, retention, type_changes
from parvis_requests.service import legal_hold, publish_request
from parvis_requests.service.afterwards import COMMENT
from parvis_requests.service.certify_answer import FACT
from parvis_requests.service.change_appointment import CHANGE_REASON
from parvis_requests.service.change_type import ASIDE
from parvis_requests.service.decide_appeal import REASONS
from parvis_requests.service.lodge_appeal import GROUNDS
from parvis_requests.service.request_drafts import CONTENT
from parvis_requests.service.write_message import BODY


async def follow_merge(
    session: AsyncSession, persons: PersonKeys, absorbed: UUID, into: UUID, collectivity: str, now: datetime
) -> None:
    """In every collectivity: an account is the deployment's. In the event's transaction; safe to repeat."""
    kept = await merged_accounts.remember(session, absorbed, into, collectivity)
    try:
        old, new = await persons.of(absorbed), await persons.of(kept)
    except KeyDestroyedError:
        return  # one of the two was erased: nobody reads these words any more
    for request in await merged_accounts.requests_of(session, absorbed):
        request.answers = _anew("request.answers", request.answers, old, new)
        request.author = kept
        # Whoever is writing to the request with the former key finds it changed, and begins anew.
        request.version += 1
        for message in await merged_accounts.messages_in(session, request.id):
            message.body = _anew(BODY, message.body, old, new)
            message.actor = kept if message.actor == absorbed else message.actor
        await _seal_reasons_anew(session, request.id, old, new)
    for draft in await merged_accounts.drafts_of(session, absorbed):
        draft.content = _anew(CONTENT, draft.content, old, new)
        draft.author = kept
        draft.version += 1
    for answer in await certified.of_person(session, absorbed):
        if answer.fact:
            answer.fact = _anew(FACT, answer.fact, old, new)
        answer.person = kept
    # Before the appointments: what is being offered to the former account is committed then, and found with them.
    await merged_accounts.move_waits(session, absorbed, kept)
    await calendar_feeds.move(session, absorbed, kept, now)
    for appointment in await merged_accounts.appointments_of(session, absorbed):
        if appointment.reason:
            appointment.reason = _anew(CHANGE_REASON, appointment.reason, old, new)
        appointment.person = kept
        appointment.version, appointment.updated_at = appointment.version + 1, now
    await session.flush()
    await merged_accounts.move_files(session, absorbed, kept)
    await merged_accounts.move_follows(session, absorbed, kept)
    await merged_accounts.move_refusals(session, absorbed, kept)


async def _seal_reasons_anew(session: AsyncSession, request_id: UUID, old: PersonKey, new: PersonKey) -> None:
    """What was said of a request by the way: how its author was served, why agents hold it or do not show it."""
    rating = await merged_accounts.rating_of(session, request_id)
    if rating and rating.comment:
        rating.comment = _anew(COMMENT, rating.comment, old, new)
    for appeal in await merged_accounts.appeals_of(session, request_id):
        appeal.grounds = _anew(GROUNDS, appeal.grounds, old, new)
        if appeal.reasons:
            appeal.reasons = _anew(REASONS, appeal.reasons, old, new)
    for change in await type_changes.of(session, request_id):
        if change.answers:
            change.answers = _anew(ASIDE, change.answers, old, new)
    hold = await retention.hold(session, request_id)
    if hold:
        hold.reason = _anew(legal_hold.REASON, hold.reason, old, new)
    for decision in await publications.decisions(session, request_id):
        if decision.reason:
            decision.reason = _anew(publish_request.REASON, decision.reason, old, new)


def _anew(column: str, sealed: bytes, old: PersonKey, new: PersonKey) -> bytes:
    return new.seal(column, old.open(column, sealed))
