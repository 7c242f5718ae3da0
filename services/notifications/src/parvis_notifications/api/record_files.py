# SPDX-License-Identifier: EUPL-1.2
"""Deliveries as files: as lines of CSV, one for each or one for each attempt, or as JSON; written as they are read."""

import csv
import io
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from fastapi import Query
from pydantic import AwareDatetime, BaseModel, Field
from starlette.responses import StreamingResponse

from parvis_notifications.domain.delivery import AttemptOutcome, Fault

CSV: Final = "text/csv"
JSON: Final = "application/json"
PRIVATE: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
ATTEMPT_COLUMNS: Final = (
    "provider", "began_at", "ended_at", "outcome", "reply", "fault", "reference", "segments", "cost_millicents",
)  # fmt: skip
_FORMULA: Final = frozenset("=+-@\t\r")


class FileFormat(StrEnum):
    """What a file of deliveries is: `csv` has a line for each, `attempts` (CSV) one for each attempt at each.

    `json` has each with its attempts.
    """

    CSV = "csv"
    ATTEMPTS = "attempts"
    JSON = "json"


Kind = Annotated[
    FileFormat,
    Query(
        alias="format",
        description="`csv`: a line for each delivery; `attempts`: CSV, a line for each attempt, and one for what was"
        " never attempted; `json`: each delivery with its attempts.",
    ),
]


class RecordedAttempt(BaseModel):
    """One attempt, the words of nobody."""

    provider: str | None = Field(description="Who was to carry it: a code; null where its worker took that along.")
    began_at: AwareDatetime
    ended_at: AwareDatetime | None = Field(description="When it was answered; null where it was not.")
    outcome: AttemptOutcome | None = Field(
        description="`accepted`: taken; `deferred`: refused for now, and so not final; `refused`: for good;"
        " `unanswered`: it went out and no answer came; `not-taken`: no answer, and it was told later that it never"
        " arrived there; null: not known yet."
    )
    reply: str | None = Field(description="The provider's code, or why there is none.")
    fault: Fault | None = Field(description="Of what was refused: whose trouble it was.")
    reference: str | None = Field(description="Its name at the provider.")
    segments: int | None = Field(description="Of text messages: each is paid for; of calls their begun minutes.")
    cost_millicents: int | None = Field(description="In thousandths of a eurocent, as far as it is known.")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A delivery by the names of its columns, with its attempts."""

    told: Mapping[str, Any]
    attempts: Sequence[Any]


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file that is called ``name``: ``columns`` of each delivery, ``view`` of it as JSON, instants by ``clock``."""

    name: str
    columns: Sequence[str]
    view: Callable[..., BaseModel]
    clock: ZoneInfo

    def answer(self, kind: FileFormat, pieces: AsyncIterator[Sequence[Recorded]]) -> StreamingResponse:
        """The file as it is written, a piece at a time."""
        if kind is FileFormat.JSON:
            return self._streamed(self._objects(pieces), ".json", JSON)
        suffix = "-attempts.csv" if kind is FileFormat.ATTEMPTS else ".csv"
        lines = self._lines(pieces, attempts=kind is FileFormat.ATTEMPTS)
        return self._streamed(lines, suffix, f"{CSV}; charset=utf-8; header=present")

    def _streamed(self, text: AsyncIterator[str], suffix: str, media: str) -> StreamingResponse:
        headers = PRIVATE | {"Content-Disposition": f'attachment; filename="{self.name}{suffix}"'}
        return StreamingResponse(text, headers=headers, media_type=media)

    async def _lines(self, pieces: AsyncIterator[Sequence[Recorded]], *, attempts: bool) -> AsyncIterator[str]:
        more = [f"attempt_{name}" for name in ATTEMPT_COLUMNS] if attempts else []
        yield csv_line([*self.columns, *more])
        async for piece in pieces:
            yield "".join(csv_line(cells) for each in piece for cells in self._cells(each, attempts=attempts))

    def _cells(self, each: Recorded, *, attempts: bool) -> list[list[str]]:
        own = [csv_cell(each.told[name], self.clock) for name in self.columns]
        if not attempts:
            return [own]
        tried = [[csv_cell(row[name], self.clock) for name in ATTEMPT_COLUMNS] for row in each.attempts]
        return [[*own, *cells] for cells in tried or [[""] * len(ATTEMPT_COLUMNS)]]

    async def _objects(self, pieces: AsyncIterator[Sequence[Recorded]]) -> AsyncIterator[str]:
        between = '{"items":['
        async for piece in pieces:
            for each in piece:
                log = [RecordedAttempt(**{name: row[name] for name in ATTEMPT_COLUMNS}) for row in each.attempts]
                told = {name: each.told[name] for name in self.columns}
                yield between + self.view(**told, attempt_log=log).model_dump_json()
                between = ","
        yield "]}" if between == "," else between + "]}"


def csv_cell(value: object, clock: ZoneInfo) -> str:
    """A value as a cell shows it: an instant by these clocks, nothing where there is none, and never a formula."""
    if isinstance(value, datetime):
        return value.astimezone(clock).isoformat(timespec="milliseconds")
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text[:1] in _FORMULA else text


def csv_line(values: object) -> str:
    """A line of CSV (RFC 4180), its end included."""
    out = io.StringIO()
    csv.writer(out).writerow(values)  # type: ignore[arg-type]
    return out.getvalue()
