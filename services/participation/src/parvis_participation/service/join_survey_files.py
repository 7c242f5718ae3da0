# SPDX-License-Identifier: EUPL-1.2
"""Files that somebody has sent to a survey become their answers."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db import survey_files
from parvis_participation.domain.errors import AnswersError, FormFault


async def join_files(
    session: AsyncSession, survey_id: UUID, person: UUID, response: UUID, files: Mapping[str, str]
) -> None:
    """Have the files that somebody names be their answers; ``files`` are ids and the codes of their questions.

    Raises AnswersError of those that they did not send for that question.
    """
    if not files:
        return
    found = await survey_files.own(session, survey_id, person, [UUID(each) for each in files])
    known = {str(file.id) for file in found if files[str(file.id)] == file.question}
    faulty = sorted({code for each, code in files.items() if each not in known})
    if faulty:
        raise AnswersError(tuple(FormFault(("answers", code), "unknown-file") for code in faulty))
    await survey_files.join(session, [UUID(each) for each in known], response)
