# SPDX-License-Identifier: EUPL-1.2
"""What a statement says, in a language."""

from parvis_kit.locale import Language
from parvis_participation.db.conversation_tables import ConversationStatement


def words_of(row: ConversationStatement, language: Language) -> str | None:
    """As its author wrote it, or in that language where the town did; None once it is withdrawn."""
    if row.text is None or row.translations is None:
        return row.text
    return row.translations[language]
