# SPDX-License-Identifier: EUPL-1.2
"""What a request was before it became one of another type, and the answers that were set aside then."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_requests.db import requests, type_changes
from parvis_requests.db.catalogue import FormKey
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.request import Actor
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.change_type import ASIDE
from parvis_requests.service.form import Form


@dataclass(frozen=True, slots=True)
class Former:
    """Until which act it was what; ``answers`` are those set aside by it, None once its author was erased."""

    sequence: int
    form: Form
    answers: dict[str, Any] | None


async def read_type_changes(
    session: AsyncSession, actor: Actor, request_id: UUID, *, persons: PersonKeys, catalogues: Catalogues
) -> tuple[Row, Sequence[Former]]:
    """The request and what it was, the first first; raises NotFoundError."""
    row = await requests.one(session, actor, request_id)
    changes = await type_changes.of(session, row.id)
    forms = await catalogues.forms_of(session, {FormKey(each.type_id, each.type_version) for each in changes})
    key = (await persons.of_many({row.author})).get(row.author)
    return row, [
        Former(
            each.sequence,
            forms[FormKey(each.type_id, each.type_version)],
            None if key is None else json.loads(key.open(ASIDE, each.answers)) if each.answers else {},
        )
        for each in changes
    ]
