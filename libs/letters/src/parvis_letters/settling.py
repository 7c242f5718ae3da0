# SPDX-License-Identifier: EUPL-1.2
"""What somebody does with a letter: send it again, as it was or mended, or discard it. Either is final."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import MalformedEventError, Record, from_record
from parvis_kit.messaging.parking import Parking
from parvis_letters import reading, schemas
from parvis_letters.errors import ATTRIBUTE, DataError, DataFault, LetterSettledError, NotMendableError, Unmendable
from parvis_letters.letter import Letter, LetterState
from parvis_letters.tables import LETTERS

# Before the positions of all that Kafka can hold; among themselves letters keep the order of theirs.
_BEFORE_ALL: Final = 2**62
_SAME: Final = ("collectivity", "sequence")
# An account is merged in every collectivity, by two agents and after its owner was told: who could write whose it is
# would be anybody.
_ACROSS: Final = frozenset({"fr.parvis.identity.account-merged.v1"})


async def redrive(
    session: AsyncSession,
    letter_id: UUID,
    by: str,
    *,
    now: datetime,
    collectivity: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> Letter:
    """Let its consumer try it again, before all that waits of the same key, with other data where they are given.

    It goes through the inbox and the handler as at its first time: what was handled before is not handled again. Kafka
    is not written to, so that no other consumer hears of it. Who settles letters of one ``collectivity`` can mend no
    event into one of another object, nor one that takes effect in all of them; an operator can.

    Raises:
        NoLetterError: there is none of that id and collectivity.
        LetterSettledError: it was settled before.
        NotMendableError: it would be no event again, or not one that this caller may mend.
        DataError: the data are not those of its type, or not of this event.
    """
    letter = await _waiting(session, letter_id, collectivity)
    record = letter.record if data is None else replace(letter.record, value=_text(data))
    _check(record, data, operator=collectivity is None)
    mended = None if data is None else record.value
    settled = await _settle(session, letter, LetterState.REDRIVEN, by, now, mended=mended)
    await Parking(letter.consumer).park(session, _first(letter, record), "sent again", failed=False)
    return settled


async def discard(
    session: AsyncSession, letter_id: UUID, by: str, reason: str, *, now: datetime, collectivity: str | None = None
) -> Letter:
    """Nobody will handle it; raises NoLetterError or LetterSettledError."""
    letter = await _waiting(session, letter_id, collectivity)
    return await _settle(session, letter, LetterState.DISCARDED, by, now, note=reason)


async def _waiting(session: AsyncSession, letter_id: UUID, collectivity: str | None) -> Letter:
    letter = await reading.one(session, collectivity, letter_id, lock=True)
    if letter.state is not LetterState.WAITING:
        raise LetterSettledError
    return letter


async def _settle(
    session: AsyncSession,
    letter: Letter,
    state: LetterState,
    by: str,
    now: datetime,
    *,
    mended: bytes | None = None,
    note: str | None = None,
) -> Letter:
    settled = replace(letter, state=state, settled_by=by, settled_at=now, mended=mended, note=note)
    done = {"state": state, "settled_by": by, "settled_at": now, "mended": mended, "note": note}
    await session.execute(update(LETTERS).where(LETTERS.c.id == letter.id).values(done))
    return settled


def _check(record: Record, data: Mapping[str, Any] | None, *, operator: bool) -> None:
    try:
        event = from_record(record)
    except MalformedEventError as error:
        raise NotMendableError(Unmendable.NO_EVENT, str(error)) from None
    if data is None:
        return
    if not operator and event.type in _ACROSS:
        raise NotMendableError(Unmendable.ACROSS_COLLECTIVITIES)
    schemas.check(event.type, data)
    # What the event says of itself beside its data stays true of them: nobody mends their way into another town.
    said = {name: getattr(event, name) for name in _SAME}
    faults = [
        DataFault((name,), ATTRIBUTE, f"is {value} in the attributes of the event")
        for name, value in said.items()
        if data.get(name, value) != value
    ]
    if not operator and event.subject not in map(str, data.values()):
        faults.append(DataFault((), ATTRIBUTE, f"are of another object than {event.subject}"))
    if faults:
        raise DataError(faults)


def _first(letter: Letter, record: Record) -> Record:
    # The number of the letter stands for the partition: no record has it, and no other letter.
    position = record.position if record.position < 0 else record.position - _BEFORE_ALL
    return replace(record, partition=-letter.number, position=position)


def _text(data: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        raise DataError([DataFault((), "type", "cannot be written as JSON in UTF-8")]) from None
