# SPDX-License-Identifier: EUPL-1.2
"""Whether a refusal tells its remedies, as it is taken: kept with it, for whoever contests it later."""

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_requests.db import appeals, catalogue, history, reporters
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.reception import RECEPTION
from parvis_requests.domain.remedy import Refusal
from parvis_requests.service.catalogue_file import contact_of
from parvis_requests.service.form import Form
from parvis_requests.service.keep_reporter import address_of


async def remedies_told(
    session: AsyncSession, row: Row, form: Form, status: str, *, persons: PersonKeys
) -> bool | None:
    """Whether the request's author is told what they can do against that state; None where it refuses nothing.

    A decision tells so where it names the court; of silence a complete receipt has told so beforehand (article L112-6
    of the CRPA), unless the request came from another system, or was entered when the period was over already. Nobody
    is told who left no address.
    """
    refusal = form.refusal(status)
    if refusal is None:
        return None
    contact, silent = contact_of(await catalogue.collectivity(session, row.collectivity)), refusal is Refusal.SILENT
    if not (contact.complete if silent else contact.court):
        return False
    if silent and (await appeals.came_from_elsewhere(session, row.id) or await over_when_told(session, row)):
        return False
    if await reporters.of(session, row.collectivity, row.author) is None:
        return True
    try:
        address = await address_of(session, row.author, row.collectivity, persons=persons)
    except KeyDestroyedError:
        return False
    return address is not None and address.email is not None


async def over_when_told(session: AsyncSession, row: Row) -> bool:
    """Whether its legal period was over already when its author could first be told when it ends."""
    if row.received_on is None or row.legal_end_at is None:
        return False
    told_at = await history.last_at(session, row.id, RECEPTION) or row.created_at
    return row.legal_end_at <= told_at
