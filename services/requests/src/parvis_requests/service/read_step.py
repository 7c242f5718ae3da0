# SPDX-License-Identifier: EUPL-1.2
"""Read to which state an act led a request, for whoever tells its author."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import requests
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.request import Actor
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.form import Form
from parvis_requests.service.forms_over_time import forms_over_time


@dataclass(frozen=True, slots=True)
class Step:
    """A public act: the form of its request, the state in which it left it, and whether the request just came to it."""

    form: Form
    status: str
    arrives: bool


async def read_step(
    session: AsyncSession, actor: Actor, request_id: UUID, sequence: int, *, catalogues: Catalogues
) -> Step:
    """What that public act brought about; raises NotFoundError."""
    row = await requests.one(session, actor, request_id)
    status = await requests.public_status_after(session, row.id, sequence)
    if status is None:
        raise NotFoundError
    form = (await forms_over_time(session, row, catalogues))(sequence)
    # The reason of a transition is an act of its own after it, and is what the person is told: both have just arrived.
    return Step(form, status, await requests.status_after(session, row.id, sequence - 2) != status)
