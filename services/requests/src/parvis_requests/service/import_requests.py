# SPDX-License-Identifier: EUPL-1.2
"""Bring in the requests that another system kept: each line of a file checked, stored by the thousand, once.

Nobody is told: what is brought in happened elsewhere, mostly long ago, so neither people nor subscribers hear of it.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg
from pydantic_core import to_json

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_requests.db import imports
from parvis_requests.db.imports import Imported
from parvis_requests.db.timers import WORKFLOW, NewTimer
from parvis_requests.domain.answer_filters import answer_keys
from parvis_requests.domain.calendar import day_of
from parvis_requests.domain.errors import InvalidAnswersError, OutsideTownError
from parvis_requests.domain.reception import Reception, ReceptionDayError, received_at
from parvis_requests.domain.reference import new_reference
from parvis_requests.domain.request import Request
from parvis_requests.domain.retention import due_at
from parvis_requests.domain.routing import Case
from parvis_requests.service.catalogue import Catalogue
from parvis_requests.service.form import Form
from parvis_requests.service.import_line import ImportLine, LineError, read_line
from parvis_requests.service.keep_reporter import CONTACT
from parvis_requests.service.work_queue import facets_of_form

_BATCH: Final = 1_000
_REFERENCE_TRIES: Final = 3


class Rejected(NamedTuple):
    """A line that was not brought in: its number, where in it something is wrong (a JSON pointer), and what."""

    line: int
    pointer: str
    code: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: lines read; of them stored now, stored by an earlier run, and rejected."""

    read: int = 0
    stored: int = 0
    known: int = 0
    rejected: Sequence[Rejected] = ()


@dataclass(frozen=True, slots=True)
class RequestImport:
    """The import of what one source kept, into one collectivity.

    ``source`` names the other system, such as ``dansmarue``; with the name that a request had there, it is what a
    second run recognises. A dry run checks all and stores nothing.
    """

    database: Database
    persons: PersonKeys
    index: BlindIndex
    catalogue: Catalogue
    collectivity: str
    source: str
    dry_run: bool = False

    async def run(self, lines: Iterable[bytes], clock: Callable[[], datetime]) -> AsyncIterator[Progress]:
        """Bring in the lines, each a JSON object; gives how far it is after each thousand, what was rejected in them.

        Each thousand is stored at once or not at all: a run that was broken off is just started again.
        """
        progress, numbered = Progress(), enumerate(lines, 1)
        while batch := list(islice(numbered, _BATCH)):
            now = clock()
            good, rejected = self._checked(batch, now)
            known = await imports.known(self.database, self.collectivity, self.source, [line.id for line in good])
            new = [line for line in good if line.id not in known]
            stored = len(new) if self.dry_run else await self._store(new, now)
            progress = Progress(
                read=progress.read + len(batch),
                stored=progress.stored + stored,
                known=progress.known + len(good) - stored,
                rejected=rejected,
            )
            yield progress

    def _checked(self, batch: Sequence[tuple[int, bytes]], now: datetime) -> tuple[list[ImportLine], list[Rejected]]:
        good: dict[str, ImportLine] = {}
        rejected = []
        for number, content in batch:
            try:
                line = read_line(content)
                self._check(line, now)
                if line.id in good:
                    raise LineError("/id", "said-twice")  # noqa: TRY301 - one way out for all that can be wrong
                good[line.id] = line
            except LineError as error:
                rejected.append(Rejected(number, error.pointer, error.code))
        return list(good.values()), rejected

    def _check(self, line: ImportLine, now: datetime) -> None:
        form = self.catalogue.forms.get(line.request_type)
        if form is None:
            raise LineError("/request_type", "unknown-request-type")
        state = form.workflow.state(self._status(line, form))
        if state is None:
            raise LineError("/status", "unknown-state")
        if form.regime and not state.final:
            # Its period runs by law from a day that only who has the file can tell, with its pauses and extensions.
            raise LineError("/status", "legal-period-running")
        if line.filed_at > now or (line.updated_at and not line.filed_at <= line.updated_at <= now):
            raise LineError("/updated_at" if line.filed_at <= now else "/filed_at", "instant")
        try:
            self._reception(line)
            form.check(line.answers)
            if line.position:
                self.catalogue.territory.area_at(line.place)
        except InvalidAnswersError as error:
            steps = "".join(f"/{step}" for step in error.faults[0].path)
            raise LineError(f"/answers{steps}", error.faults[0].keyword) from error
        except OutsideTownError as error:
            raise LineError("/position", "outside-town") from error
        except ReceptionDayError as error:
            raise LineError("/received_on", error.fault) from error

    @staticmethod
    def _reception(line: ImportLine) -> date:
        """The day on which the town received it; raises ReceptionDayError."""
        filed_on = day_of(line.filed_at)
        Reception(line.received_on or filed_on).check(filed_on)
        return line.received_on or filed_on

    @staticmethod
    def _status(line: ImportLine, form: Form) -> str:
        return line.status or form.workflow.initial

    async def _store(self, lines: Sequence[ImportLine], now: datetime) -> int:
        authors = [uuid7() for _ in lines]
        keys = await self.persons.of_many(set(authors), make=True)
        batch = [self._imported(line, keys[author], author, now) for line, author in zip(lines, authors, strict=True)]
        for attempt in range(_REFERENCE_TRIES):
            batch = await self._with_free_references(batch)
            try:
                return await imports.store(self.database, self.collectivity, self.source, batch)
            except asyncpg.UniqueViolationError:
                if attempt == _REFERENCE_TRIES - 1:
                    raise
        raise AssertionError("the loop returns or raises")

    async def _with_free_references(self, batch: Sequence[Imported]) -> list[Imported]:
        """Others for those that exist already: of a thousand drawn in a large year, some do each time."""
        free, rest = dict[str, Imported](), list(batch)
        while rest:
            drawn = [one.request.reference for one in rest]
            there, again = await imports.taken(self.database, self.collectivity, drawn), list[Imported]()
            for one in rest:
                if one.request.reference in there or one.request.reference in free:
                    again.append(replace(one, request=_with_another_reference(one.request)))
                else:
                    free[one.request.reference] = one
            rest = again
        return list(free.values())

    def _imported(self, line: ImportLine, key: PersonKey, author: UUID, now: datetime) -> Imported:
        form = self.catalogue.forms[line.request_type]
        status = self._status(line, form)
        state = form.workflow.state(status)
        is_open = state is not None and not state.final
        area = self.catalogue.territory.area_at(line.place) if line.position else None
        case = Case(form.code, form.group, area, line.answers, line.filed_at)
        promised, received = form.definition.service_level, self._reception(line)
        since = received_at(received, line.filed_at)
        request = Request(
            id=uuid7(),
            collectivity=self.collectivity,
            reference=new_reference("R", line.filed_at.year),
            type_code=form.code,
            author=author,
            status=status,
            team=self.catalogue.routing.rule(case).team,
            area=area.code if area else None,
            assignee=None,
            version=1,
            created_at=line.filed_at,
            due_at=promised.domain().after(since, self.catalogue.holidays) if promised and is_open else None,
            priority=form.definition.priority,
            received_on=None if received == day_of(line.filed_at) else received,
        )
        # What the workflow does by itself after a while it does that long after today, not all at once.
        timers = form.workflow.timers_of(status) if is_open else ()
        changed_at, months = line.updated_at or line.filed_at, form.definition.retention_months
        return Imported(
            foreign_id=line.id,
            request=request,
            form=form.key,
            description=line.description,
            position=line.place if line.position else None,
            address=line.address,
            sealed_answers=key.seal_bytes("request.answers", to_json(line.answers)),
            facets=facets_of_form(self.index, self.collectivity, form, line.answers),
            keys=answer_keys(form.filters, line.answers),
            contact=key.seal_bytes(CONTACT, to_json(line.contact)) if line.contact else None,
            updated_at=changed_at,
            timers=tuple(
                NewTimer(WORKFLOW, timer.code, timer.delay.after(now, self.catalogue.holidays)) for timer in timers
            ),
            kept_until=due_at(changed_at, months) if months and not is_open else None,
        )


def _with_another_reference(request: Request) -> Request:
    return replace(request, reference=new_reference("R", request.created_at.year))
