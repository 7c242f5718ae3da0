# SPDX-License-Identifier: EUPL-1.2
"""``parvis dead-letters``."""

import argparse
import sys
from itertools import islice
from pathlib import Path
from typing import Any

from parvis_cli.connection import add_connection, settings_of
from parvis_cli.errors import CommandError
from parvis_cli.letters import DeadLetters


def add_commands(commands: Any) -> None:
    """Add them to the parser's commands."""
    letters = commands.add_parser("dead-letters", help="events that a consumer could never handle")
    each = letters.add_subparsers(required=True)
    shown = each.add_parser("list", help="those that wait, with the reason; one a line")
    add_connection(shown)
    shown.set_defaults(run=_list)
    for name, help_, run in (
        ("show", "the data of the next of a topic", _show),
        ("redrive", "send the next of a topic on their way again, once the cause is mended", _redrive),
        ("skip", "put the next of a topic aside for good", _skip),
    ):
        command = each.add_parser(name, help=help_)
        add_connection(command)
        command.add_argument("topic", help="topic of dead letters")
        command.add_argument("--count", type=int, default=1, help="how many (1)")
        if name == "redrive":
            command.add_argument("--data", type=Path, help="file with mended data (JSON) for the one that is sent")
        command.set_defaults(run=run)


def _list(options: argparse.Namespace) -> int:
    letters = DeadLetters(options.bootstrap_servers, settings_of(options))
    for topic in letters.topics():
        sys.stdout.writelines(f"{letter.line()}\n" for letter in letters.waiting(topic))
    letters.close()
    return 0


def _show(options: argparse.Namespace) -> int:
    return _each(options, lambda _, letter: sys.stdout.write(letter.value.decode("utf-8", "replace") + "\n"))


def _redrive(options: argparse.Namespace) -> int:
    if options.data and options.count != 1:
        raise CommandError("--data mends one event: leave --count")
    try:
        mended = options.data.read_bytes() if options.data else None
    except OSError as error:
        raise CommandError(f"{options.data} cannot be read: {error}") from error

    def again(letters: DeadLetters, letter: Any) -> None:
        # Sent first, then put aside: broken off in between, it is sent twice, which every inbox knows how to meet.
        letters.send_again(letter, mended)
        letters.put_aside(letter)
        sys.stdout.write(f"sent again: {letter.line()}\n")

    return _each(options, again)


def _skip(options: argparse.Namespace) -> int:
    def aside(letters: DeadLetters, letter: Any) -> None:
        letters.put_aside(letter)
        sys.stdout.write(f"put aside: {letter.line()}\n")

    return _each(options, aside)


def _each(options: argparse.Namespace, deal: Any) -> int:
    letters = DeadLetters(options.bootstrap_servers, settings_of(options))
    try:
        if options.topic not in letters.topics():
            raise CommandError(f"{options.topic} is no topic of dead letters")
        for letter in islice(letters.waiting(options.topic), options.count):
            deal(letters, letter)
    finally:
        letters.close()
    return 0
