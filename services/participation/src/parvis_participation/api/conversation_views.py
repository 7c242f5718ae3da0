# SPDX-License-Identifier: EUPL-1.2
"""Opinion conversations as the API shows them, in the language of the caller."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from parvis_kit.locale import Language
from parvis_participation.api.conversation_schemas import (
    ConversationDraftView,
    ConversationResultView,
    ConversationView,
    StatementView,
)
from parvis_participation.api.views import instant
from parvis_participation.db import conversations
from parvis_participation.db.conversation_tables import Conversation, ConversationStatement
from parvis_participation.domain.conversation import ConversationResultLaterError, StatementState
from parvis_participation.service.conversation_words import words_of


def conversation_view(row: Conversation, language: Language, now: datetime) -> ConversationView:
    """A published conversation."""
    return ConversationView(**_common(row, now), title=row.title[language], description=row.description[language])


def conversation_draft_view(row: Conversation, now: datetime) -> ConversationDraftView:
    """A conversation as agents see it."""
    return ConversationDraftView(
        **_common(row, now),
        title=row.title,
        description=row.description,
        figured_at=row.figured_at and instant(row.figured_at),
    )


def statement_view(row: ConversationStatement, language: Language) -> StatementView:
    """A statement; its author is told to nobody."""
    return StatementView(
        id=row.id,
        conversation_id=row.conversation_id,
        number=row.number,
        text=None if row.state == StatementState.REMOVED else words_of(row, language),
        state=row.state,
        by_town=row.translations is not None,
        reasons=row.reasons and row.reasons[language],
        version=row.version,
    )


def result_view(
    row: Conversation, told: Mapping[int, ConversationStatement], language: Language
) -> ConversationResultView:
    """The figures with the words of the statements in them; raises ConversationResultLaterError."""
    if row.figures is None or row.figured_at is None:
        raise ConversationResultLaterError
    words = {number: words_of(each, language) for number, each in told.items()}
    return ConversationResultView(
        **_worded(row.figures, words),
        conversation_id=row.id,
        final=row.final_at is not None,
        figured_at=instant(row.figured_at),
    )


def _worded(told: Any, words: Mapping[int, str | None]) -> Any:
    """Each statement that is told by its number, with its words: those of one that is gone are gone here too."""
    if isinstance(told, dict):
        of = {"text": words.get(told["number"])} if "number" in told else {}
        return {name: _worded(each, words) for name, each in told.items()} | of
    return [_worded(each, words) for each in told] if isinstance(told, list) else told


def _common(row: Conversation, now: datetime) -> dict[str, Any]:
    return {
        "id": row.id,
        "collectivity": row.collectivity,
        "state": conversations.entity(row).state(now),
        "writers": row.writers,
        "reviewed": row.reviewed,
        "verified": row.verified,
        "residence": row.residence,
        "areas": row.areas,
        "open_votes": row.open_votes,
        "opens_at": instant(row.opens_at),
        "closes_at": instant(row.closes_at),
        "version": row.version,
    }
