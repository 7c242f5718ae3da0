# SPDX-License-Identifier: EUPL-1.2
"""Read to which state an act led a request, for whoever tells its author."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import requests
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.request import Actor
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.form import Form


async def read_step(
    session: AsyncSession, actor: Actor, request_id: UUID, sequence: int, *, catalogues: Catalogues
) -> tuple[Form, str]:
    """The form of the request, and the state in which that public act left it; raises NotFoundError."""
    row = await requests.one(session, actor, request_id)
    status = await requests.public_status_after(session, row.id, sequence)
    if status is None:
        raise NotFoundError
    key = requests.form_key(row)
    return (await catalogues.forms_of(session, [key]))[key], status
