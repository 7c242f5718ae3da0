# SPDX-License-Identifier: EUPL-1.2
"""What people write and draw in surveys, sealed.

With their own key where it is kept with their account, so that it goes with them; else with the service's.
"""

import json
from typing import Any, Final
from uuid import UUID

from parvis_kit.crypto.keys import MasterKey
from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_participation.db.survey_tables import SurveyResponse

COLUMN: Final = "survey_response.words"
DRAFT: Final = "survey_draft.content"
SHEET: Final = "survey_paper.content"


class SurveyWords:
    """Seals and opens the open answers of surveys."""

    def __init__(self, master: MasterKey, persons: PersonKeys) -> None:
        self._key = master.sealing("survey-words")
        self.persons = persons

    async def seal(self, response: UUID, person: UUID | None, words: dict[str, Any]) -> bytes | None:
        """The words of a response; None where it has none. Raises KeyDestroyedError after the person's erasure."""
        if not words:
            return None
        text = json.dumps(words, ensure_ascii=False, separators=(",", ":"))
        if person is None:
            return self._key.seal(text.encode(), f"{COLUMN}/{response}")
        return (await self.persons.of(person)).seal(COLUMN, text)

    async def seal_draft(self, person: UUID, answers: dict[str, Any]) -> bytes:
        """Answers that are not given yet; raises KeyDestroyedError after the person's erasure."""
        return (await self.persons.of(person)).seal(DRAFT, json.dumps(answers, ensure_ascii=False))

    async def open_draft(self, person: UUID, sealed: bytes) -> dict[str, Any]:
        """The same, opened."""
        found: dict[str, Any] = json.loads((await self.persons.of(person)).open(DRAFT, sealed))
        return found

    def seal_sheet(self, sheet: UUID, answers: dict[str, Any]) -> bytes:
        """All that one agent read on a sheet of paper."""
        return self._key.seal(json.dumps(answers, ensure_ascii=False).encode(), f"{SHEET}/{sheet}")

    def open_sheet(self, sheet: UUID, sealed: bytes) -> dict[str, Any]:
        """The same, opened."""
        found: dict[str, Any] = json.loads(self._key.open(sealed, f"{SHEET}/{sheet}"))
        return found

    def open(self, row: SurveyResponse, keys: dict[UUID, PersonKey]) -> dict[str, Any]:
        """The words of a response, with the keys of people; nothing of somebody who was erased."""
        if row.words is None:
            return {}
        if row.person is None:
            text = self._key.open(row.words, f"{COLUMN}/{row.id}").decode()
        elif row.person in keys:
            text = keys[row.person].open(COLUMN, row.words)
        else:
            return {}
        found: dict[str, Any] = json.loads(text)
        return found

    async def reseal(self, row: SurveyResponse, kept: UUID) -> None:
        """Seal the words of an account anew for the one that it went into."""
        if row.words is not None and row.person is not None:
            old = await self.persons.of(row.person)
            row.words = (await self.persons.of(kept)).seal(COLUMN, old.open(COLUMN, row.words))
