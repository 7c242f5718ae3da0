# SPDX-License-Identifier: EUPL-1.2
"""Have an answer certified by another administration, with the person's consent, before the request is filed.

The consent is kept before anybody is asked. Whoever is asked only tells: a call that was lost is made again by the same
call of ours, and nothing has to be looked up.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.locale import Language
from parvis_requests.db import certified
from parvis_requests.db.tables import CertifiedRow
from parvis_requests.domain.asking import LEVELS
from parvis_requests.domain.certified import (
    CertifiedAnswer,
    CertifiedState,
    Lost,
    Provider,
    Quotient,
    Source,
    Unavailable,
)
from parvis_requests.domain.certified_errors import (
    ConsentOutdatedError,
    NoCertifierError,
    TooManyConsentsError,
    UnknownCertifiedAnswerError,
)
from parvis_requests.domain.errors import AnswerFault, InvalidAnswersError, LevelTooLowError, NotAllowedError
from parvis_requests.domain.request import Actor
from parvis_requests.outgoing.api_particulier import ApiParticulier
from parvis_requests.outgoing.civil_status import CivilStatuses
from parvis_requests.service.catalogue import Catalogue

FACT: Final = "certified_answer.fact"
MAX_LOOSE: Final = 20
_BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class Certifying:
    """The open parts that certifying needs; without a certifier there is none."""

    database: Database
    persons: PersonKeys
    civil_statuses: CivilStatuses
    certifier: ApiParticulier | None

    def serves(self, collectivity: str) -> bool:
        """Whether anything is certified for that town."""
        return self.certifier is not None and self.certifier.serves(collectivity)


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person consents to: the answer to that question of that type, by the text of that version."""

    type_code: str
    question: str
    version: str
    language: Language


async def consent_to(
    session: AsyncSession,
    actor: Actor,
    assurance: str | None,
    consent: Consent,
    *,
    catalogue: Catalogue,
    parts: Certifying,
    now: datetime,
) -> CertifiedRow:
    """Keep a consent, in the caller's transaction.

    Raises NotAllowedError for whoever acts for somebody else, LevelTooLowError for who did not come by an attested
    identity, UnknownTypeError, NoCertifierError, ConsentOutdatedError or TooManyConsentsError.
    """
    if actor.is_agent or actor.by is not None:
        raise NotAllowedError
    if assurance not in LEVELS:
        raise LevelTooLowError
    rules = catalogue.form(consent.type_code).definition.certified
    rule = next((each for each in rules if each.question == consent.question), None)
    if rule is None or not parts.serves(actor.collectivity):
        raise NoCertifierError
    if consent.version != rule.consent_version(catalogue.name):
        raise ConsentOutdatedError
    if await certified.count_loose(session, actor) >= MAX_LOOSE:
        raise TooManyConsentsError
    return certified.add(
        session,
        id=uuid7(),
        collectivity=actor.collectivity,
        person=actor.person,
        type_code=consent.type_code,
        question=consent.question,
        source=rule.source,
        consent=rule.consent(catalogue.name).in_language(consent.language),
        created_at=now,
    )


async def certify(parts: Certifying, actor: Actor, answer_id: UUID, now: datetime) -> CertifiedRow:
    """Ask for what was consented to, unless that is known; raises CertifierDownError, after which it is asked again."""
    async with parts.database.reading() as session:
        row = await certified.one(session, actor, answer_id)
    if row.state != CertifiedState.ASKED:
        return row
    outcome = await _asked(parts, row)
    values: dict[str, Any] = {"state": CertifiedState.UNAVAILABLE, "reason": outcome, "concluded_at": now}
    if isinstance(outcome, Quotient):
        fact = json.dumps([outcome.value, outcome.provider, outcome.year, outcome.month])
        sealed = (await parts.persons.of(row.person)).seal(FACT, fact)
        values |= {"state": CertifiedState.CERTIFIED, "reason": None, "fact": sealed}
    async with parts.database.unit_of_work() as uow:
        await certified.conclude(uow.session, row, **values)
        await uow.commit()
    async with parts.database.reading() as session:
        return await certified.one(session, actor, answer_id)


async def _asked(parts: Certifying, row: CertifiedRow) -> Quotient | Unavailable:
    if parts.certifier is None:
        raise NoCertifierError
    known = await parts.civil_statuses.of(row.person, row.collectivity)
    if known is None:
        return Unavailable.UNATTESTED
    return await parts.certifier.quotient(row.collectivity, known) if known.complete else Unavailable.INCOMPLETE


async def certified_answers(
    session: AsyncSession,
    actor: Actor,
    ids: Sequence[UUID],
    type_code: str,
    answers: Mapping[str, Any],
    *,
    persons: PersonKeys,
    since: datetime,
) -> tuple[dict[str, Any], tuple[CertifiedAnswer, ...]]:
    """The answers of a request with those that were certified for it since then.

    Those that have joined a request are given, too: a call that is sent again is one, and the statement that stores the
    request sees to it that none joins twice. Raises UnknownCertifiedAnswerError, or InvalidAnswersError where the
    person answers otherwise.
    """
    found = {row.id: row for row in await certified.own(session, actor, ids)}
    reasons = [lost(found.get(id_), type_code, since) for id_ in ids]
    gone = [(place, why) for place, why in enumerate(reasons) if why is not None and why is not Lost.JOINED]
    rows = list(found.values())
    if gone or len({row.question for row in rows}) < len(rows):
        raise UnknownCertifiedAnswerError(gone)
    key = await persons.of(actor.person)
    known = tuple(opened(row, key) for row in rows)
    whole = {**answers, **{each.question: each.quotient.value for each in known}}
    strayed = [name for name, given in answers.items() if whole[name] != given]
    if strayed:
        words = "another answer is certified"
        raise InvalidAnswersError([AnswerFault((name,), "certified-otherwise", words) for name in strayed])
    return whole, known


def lost(row: CertifiedRow | None, type_code: str, since: datetime) -> Lost | None:
    """Why it goes along with no new request of that type; None where it does, if it was consented to since then."""
    if row is None:
        return Lost.UNKNOWN
    if row.type_code != type_code:
        return Lost.OTHER_TYPE
    if row.state != CertifiedState.CERTIFIED or row.fact is None:
        return Lost.UNAVAILABLE
    if row.request_id is not None:
        return Lost.JOINED
    return Lost.LAPSED if row.created_at < since else None


def opened(row: CertifiedRow, key: PersonKey) -> CertifiedAnswer:
    """A certified answer, unsealed."""
    value, provider, year, month = json.loads(key.open(FACT, row.fact or b""))
    quotient = Quotient(value, Provider(provider), year, month)
    return CertifiedAnswer(row.id, row.question, Source(row.source), quotient, row.concluded_at or row.created_at)


async def forget_loose(database: Database, before: datetime) -> None:
    """Delete the consents, and what they gave, that joined no request in time."""
    while True:
        async with database.unit_of_work() as uow:
            gone = await certified.remove_loose(uow.session, before, _BATCH)
            await uow.commit()
        if gone < _BATCH:
            return
