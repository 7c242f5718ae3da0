# SPDX-License-Identifier: EUPL-1.2
"""As what a request stood when something was done to it: its type may have become another since."""

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import requests, type_changes
from parvis_requests.db.catalogue import FormKey
from parvis_requests.db.tables import Request as Row
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.form import Form


async def forms_over_time(session: AsyncSession, row: Row, catalogues: Catalogues) -> Callable[[int], Form]:
    """The form of a request at each act of its history, by the act's number."""
    changes = [
        (each.sequence, FormKey(each.type_id, each.type_version)) for each in await type_changes.of(session, row.id)
    ]
    now = requests.form_key(row)
    forms = await catalogues.forms_of(session, {now, *(key for _, key in changes)})

    def form_at(sequence: int) -> Form:
        return forms[next((key for until, key in changes if sequence < until), now)]

    return form_at
