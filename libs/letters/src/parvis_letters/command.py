# SPDX-License-Identifier: EUPL-1.2
"""Dead letters on the command line of a service: of every collectivity, and those that name none."""

import argparse
import json
import sys
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from parvis_kit.db.database import Database, open_database
from parvis_kit.settings import ServiceSettings
from parvis_letters import reading, settling
from parvis_letters.errors import DataError, LetterSettledError, NoLetterError, NotMendableError
from parvis_letters.letter import Letter, LetterState
from parvis_letters.views import letter_view

_PAGE = 100


async def dead_letters(settings: ServiceSettings, arguments: Sequence[str]) -> None:
    """Run one of ``list``, ``show``, ``redrive`` and ``discard``; raises SystemExit where it cannot be done."""
    options = _parser().parse_args(arguments)
    async with open_database(settings, "parvis-dead-letters") as database:
        try:
            await options.run(database, options)
        except NoLetterError:
            raise SystemExit("no such letter") from None
        except LetterSettledError:
            raise SystemExit("it was sent again or discarded before") from None
        except NotMendableError as error:
            raise SystemExit(f"it cannot be sent so: {error}") from None
        except DataError as error:
            raise SystemExit(f"these are not its data: {error}") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dead-letters", description="What the consumers of this service cannot handle."
    )
    commands = parser.add_subparsers(required=True)
    listed = commands.add_parser("list", help="those that wait, the oldest first")
    listed.add_argument("--settled", action="store_true", help="those that were sent again or discarded, too")
    listed.set_defaults(run=_list)
    shown = commands.add_parser("show", help="one whole, as JSON")
    shown.add_argument("id", type=UUID)
    shown.set_defaults(run=_show)
    redriven = commands.add_parser("redrive", help="let its consumer try one again")
    which = redriven.add_mutually_exclusive_group(required=True)
    which.add_argument("id", type=UUID, nargs="?")
    which.add_argument("--consumer", help="all of that consumer that wait, the oldest first")
    redriven.add_argument("--data", type=Path, help="file with the data that one is to have")
    redriven.add_argument("--by", required=True, help="who says so; kept with the letter")
    redriven.set_defaults(run=_redrive)
    discarded = commands.add_parser("discard", help="put one aside for good")
    discarded.add_argument("id", type=UUID)
    discarded.add_argument("--by", required=True, help="who says so; kept with the letter")
    discarded.add_argument("--reason", required=True, help="why; kept with the letter")
    discarded.set_defaults(run=_discard)
    return parser


async def _list(database: Database, options: argparse.Namespace) -> None:
    states = [] if options.settled else [LetterState.WAITING]
    async for letter in _all(database, states, []):
        said = (letter.id, letter.state, letter.consumer, letter.collectivity, letter.type, letter.event_id)
        sys.stdout.write(" ".join("-" if each is None else str(each) for each in said) + f" {letter.reason}\n")


async def _show(database: Database, options: argparse.Namespace) -> None:
    async with database.reading() as session:
        letter = await reading.one(session, None, options.id)
    sys.stdout.write(letter_view(letter).model_dump_json(indent=2) + "\n")


async def _redrive(database: Database, options: argparse.Namespace) -> None:
    if options.id is not None:
        await _redrive_one(database, options.id, options.by, _read(options.data) if options.data else None)
        return
    if options.data:
        raise SystemExit("--data mends one letter: name it")
    async with database.reading() as session:
        last = await reading.newest(session)
    async for letter in _all(database, [LetterState.WAITING], [options.consumer]):
        if (
            last is None or (letter.buried_at, letter.id) > last
        ):  # it died again, or has just died: this would have no end
            return
        try:
            await _redrive_one(database, letter.id, options.by, None)
        except (LetterSettledError, NotMendableError) as error:
            sys.stderr.write(f"{letter.id} stays: {error}\n")


async def _redrive_one(database: Database, letter_id: UUID, by: str, data: dict[str, Any] | None) -> None:
    async with database.unit_of_work() as uow:
        await settling.redrive(uow.session, letter_id, by, now=datetime.now(UTC), data=data)
        await uow.commit()
    sys.stdout.write(f"{letter_id} is sent again\n")


async def _discard(database: Database, options: argparse.Namespace) -> None:
    async with database.unit_of_work() as uow:
        await settling.discard(uow.session, options.id, options.by, options.reason, now=datetime.now(UTC))
        await uow.commit()
    sys.stdout.write(f"{options.id} is discarded\n")


async def _all(database: Database, states: Sequence[LetterState], consumers: Sequence[str]) -> AsyncIterator[Letter]:
    place = None
    while True:
        async with database.reading() as session:
            found = await reading.page(session, None, states, consumers, place, _PAGE, newest_first=False)
        for letter in found.rows:
            yield letter
        if (place := found.next) is None:
            return


def _read(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise SystemExit(f"{file} cannot be read: {error}") from None
    if not isinstance(data, dict):
        raise SystemExit(f"{file} holds no JSON object")
    return data
