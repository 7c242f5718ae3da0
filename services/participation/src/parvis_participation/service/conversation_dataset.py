# SPDX-License-Identifier: EUPL-1.2
"""A closed conversation described as open data: DCAT 3 (W3C) with the terms of DCAT-AP, in JSON-LD."""

from typing import Any, Final

from parvis_kit.messaging.events import instant
from parvis_participation.db.conversation_tables import Conversation as Row
from parvis_participation.domain.conversation import ConversationResultLaterError
from parvis_participation.service.budget_dataset import dataset_of, distribution
from parvis_participation.service.conversation_files import OpinionFile

_TITLES: Final = {
    OpinionFile.STATEMENTS: {"fr": "Affirmations et décomptes arrondis", "en": "Statements and rounded counts"},
    OpinionFile.VOTES: {"fr": "Avis, sans les noms", "en": "Opinions, without names"},
}


def conversation_dataset(row: Row, public_url: str) -> dict[str, Any]:
    """The description, whose addresses begin with ``public_url``; raises ConversationResultLaterError before."""
    if row.final_at is None:
        raise ConversationResultLaterError
    page = f"{public_url}/v1/collectivities/{row.collectivity}/conversations/{row.id}"
    files = [file for file in OpinionFile if file is not OpinionFile.VOTES or row.open_votes]
    told = [distribution(f"{page}/files/{file}", "text/csv", _TITLES[file]) for file in files]
    return dataset_of(page, row, instant(row.final_at), (row.opens_at, row.closes_at), told)
