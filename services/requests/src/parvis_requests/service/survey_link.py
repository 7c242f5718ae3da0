# SPDX-License-Identifier: EUPL-1.2
"""The link by which somebody answers the satisfaction survey of one request, the right to that alone; and who they are.

Nothing of it is stored. It is sealed with the end of its survey: a request that was opened again and ends anew has
another one.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_requests.db import reporters, requests, surveys
from parvis_requests.db.tables import Request as Row
from parvis_requests.db.tables import Survey
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.request import Actor
from parvis_requests.service.keep_reporter import open_address

_COLUMN: Final = "survey.link"
_ID: Final = 16


def token_of(survey: Survey, index: BlindIndex) -> str:
    """43 characters of base64url."""
    return urlsafe_b64encode(survey.request_id.bytes + _seal(survey, index)).decode().rstrip("=")


async def survey_at(session: AsyncSession, token: str, index: BlindIndex, now: datetime) -> tuple[Row, Survey]:
    """What a link asks about; raises NotFoundError where nothing is asked by it, or no more."""
    raw = urlsafe_b64decode(token + "=")
    survey = await surveys.of(session, UUID(bytes=raw[:_ID]))
    if survey is None or not hmac.compare_digest(raw[_ID:], _seal(survey, index)) or survey.closes_at <= now:
        raise NotFoundError
    return await requests.one(session, Actor.service(survey.collectivity), survey.request_id), survey


async def who_is_asked(session: AsyncSession, row: Row, persons: PersonKeys, index: BlindIndex) -> UUID | None:
    """By what a refusal is kept: the account, or of who has none the blind index of the address; None without one."""
    reporter = await reporters.of(session, row.collectivity, row.author)
    if reporter is None:
        return row.author
    address = await open_address(reporter, persons=persons)
    if address is None or address.email is None:
        return None
    return UUID(bytes=index.of("survey.refusal", address.email.casefold()))


def _seal(survey: Survey, index: BlindIndex) -> bytes:
    return index.of(_COLUMN, f"{survey.collectivity}/{survey.request_id}/{survey.closes_at.timestamp()}")
