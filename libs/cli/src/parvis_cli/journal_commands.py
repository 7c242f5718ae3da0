# SPDX-License-Identifier: EUPL-1.2
"""``parvis journal replay``."""

import argparse
import asyncio
import os
import sys
import time
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import httpx

from parvis_cli.connection import add_connection, settings_of
from parvis_cli.errors import CommandError
from parvis_cli.journal import BEGINNING, Place, Selection, stretches
from parvis_cli.journal_sinks import FileSink, Sink, TopicSink
from parvis_cli.replay_state import ReplayState
from parvis_cli.system import System

_DATABASE: Final = "PARVIS_JOURNAL_DATABASE_URL"
_SAID_SECONDS: Final = 2.0
_TIMEOUT: Final = 60.0
# A page of one day is far from this; a reader that hangs must not hold a partition that is to go.
_SERVER: Final = {
    "default_transaction_read_only": "on",
    "statement_timeout": "60s",
    "application_name": "parvis-journal",
}


def add_journal(commands: Any) -> None:
    """Add them to the parser's commands."""
    journal = commands.add_parser("journal", help="the events that a service has told, as far back as it keeps them")
    replay = journal.add_subparsers(required=True).add_parser(
        "replay",
        help="tell them again, each with its own id, in order for each aggregate",
        description=f"{_DATABASE} names the service's database. For --webhook, notifications' own log is replayed.",
    )
    where = replay.add_mutually_exclusive_group(required=True)
    where.add_argument("--topic", help="a topic of Kafka's, which must be there")
    where.add_argument("--file", type=Path, help="a file that is made: one CloudEvent a line (JSON)")
    where.add_argument("--webhook", type=UUID, metavar="SUBSCRIPTION", help="a webhook subscription of the client's")
    replay.add_argument("--type", action="append", default=[], help="only events of this type; may be repeated")
    replay.add_argument(
        "--aggregate", action="append", default=[], type=UUID, help="only those about this id; may be repeated"
    )
    replay.add_argument("--since", type=_instant, help="only what happened then (RFC 3339) and later")
    replay.add_argument("--until", type=_instant, help="only what happened before")
    replay.add_argument("--state", type=Path, help="file that keeps how far it came, from where it goes on next time")
    replay.add_argument(
        "--url",
        default=os.environ.get("PARVIS_PUBLIC_URL", "http://localhost:8080"),
        help="for --webhook, address of the deployment (PARVIS_PUBLIC_URL)",
    )
    add_connection(replay)
    replay.set_defaults(run=_replay)


def _replay(options: argparse.Namespace) -> int:
    wanted = Selection(tuple(options.type), tuple(options.aggregate), options.since, options.until)
    named = {name: str(getattr(options, name)) for name in ("topic", "file", "webhook", "since", "until")}
    state = ReplayState(options.state, named | {"type": options.type, "aggregate": [str(k) for k in options.aggregate]})
    done = (
        _to_webhook(options, wanted, state) if options.webhook else asyncio.run(_from_journal(options, wanted, state))
    )
    sys.stderr.write(f"{done} events replayed\n")
    return 0


async def _from_journal(options: argparse.Namespace, wanted: Selection, state: ReplayState) -> int:
    kept = state.read()
    after = Place(date.fromisoformat(kept["day"]), UUID(kept["id"])) if kept else BEGINNING
    connection = await _connected()
    try:
        sink: Sink = (
            TopicSink(options.topic, options.bootstrap_servers, settings_of(options))
            if options.topic
            else FileSink(options.file, kept["size"] if kept else None)
        )
        with closing(sink):
            progress = _Progress()
            if kept is None:
                state.write(_reached(BEGINNING, 0))
            async for stretch in stretches(connection, wanted, after):
                size = sink.send(stretch.entries)
                state.write(_reached(stretch.reached, size))
                progress.add(len(stretch.entries), f"at {stretch.reached.day}")
            return progress.done
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise CommandError(f"the database does not answer: {type(error).__name__}") from error
    finally:
        await connection.close(timeout=5)


def _reached(place: Place, size: int) -> dict[str, Any]:
    return {"day": str(place.day), "id": str(place.id), "size": size}


async def _connected() -> Any:
    url = os.environ.get(_DATABASE, "")
    if not url:
        raise CommandError(f"set {_DATABASE} to the database of the service whose journal it is")
    try:
        return await asyncpg.connect(url, timeout=20, command_timeout=_TIMEOUT, server_settings=_SERVER)
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise CommandError(f"the database does not answer: {type(error).__name__}") from error


def _to_webhook(options: argparse.Namespace, wanted: Selection, state: ReplayState) -> int:
    if len(wanted.aggregates) > 1:
        raise CommandError("a webhook is sent the events about one --aggregate, or about all")
    narrowed: dict[str, Any] = {"event_types": list(wanted.types) or None, "until_at": _told(wanted.until)}
    narrowed["subject"] = str(wanted.aggregates[0]) if wanted.aggregates else None
    kept = state.read()
    start = {"after": kept["after"]} if kept else {"since_at": _told(wanted.since)} if wanted.since else {"after": "0"}
    progress = _Progress()
    with httpx.Client(base_url=options.url, timeout=_TIMEOUT) as http:
        system = System(http, "notifications.webhooks.write")
        while True:
            body = {name: value for name, value in (start | narrowed).items() if value is not None}
            path, headers = f"/v1/webhook-subscriptions/{options.webhook}/replays", {"Idempotency-Key": str(uuid4())}
            done = system.call("POST", path, json=body, headers=headers)
            start = {"after": done["last_event_id"]}
            state.write(start)
            progress.add(done["deliveries"], f"at {done['last_event_id']}")
            if not done["more"]:
                return progress.done


class _Progress:
    """Says how far it is, now and then."""

    def __init__(self) -> None:
        self.done = 0
        self._began = self._said = time.monotonic()

    def add(self, number: int, where: str) -> None:
        self.done += number
        if (now := time.monotonic()) > self._said + _SAID_SECONDS:
            self._said = now
            sys.stderr.write(f"{self.done} replayed, {self.done / (now - self._began):.0f} a second, {where} …\n")


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError("say the time zone: 2026-11-26T08:00:00Z")
    return at


def _told(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
