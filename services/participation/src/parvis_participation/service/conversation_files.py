# SPDX-License-Identifier: EUPL-1.2
"""The files of a closed conversation, in the columns in which Polis exports its own.

The opinions person by person are a file only where people were told so before they took part. It has neither ids nor
times, and lists people in an order drawn by chance, once: who reads it again finds the same order, and no other.

Words are never stored in a file but joined where it is read: whoever takes a statement back, or has it removed, does so
after the end too.
"""

import asyncio
import csv
import gzip
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from random import SystemRandom
from typing import Final

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db import conversations, statements
from parvis_participation.db.conversation_tables import Conversation, ConversationFile, ConversationStatement
from parvis_participation.domain.opinions.analysis import Analysis, counts
from parvis_participation.domain.opinions.votes import AGREE, DISAGREE, Votes

_CHANCE: Final = SystemRandom()
_PIECE: Final = 262_144
_WORDS: Final = "comment-body"


class OpinionFile(StrEnum):
    """The files of a conversation."""

    STATEMENTS = "statements.csv"
    VOTES = "participants-votes.csv"


async def write_files(
    session: AsyncSession,
    row: Conversation,
    listed: Sequence[ConversationStatement],
    votes: Votes,
    found: Analysis,
    smallest: int,
) -> None:
    """Store the files, in the caller's transaction."""
    files = {OpinionFile.STATEMENTS: _statements(listed, found, smallest)}
    if row.open_votes:
        files[OpinionFile.VOTES] = _votes([each.number for each in listed], votes, found)
    for name, lines in files.items():
        content = await asyncio.to_thread(_compressed, lines)
        session.add(ConversationFile(conversation_id=row.id, name=name, collectivity=row.collectivity, content=content))
    await session.flush()


async def read_file(session: AsyncSession, row: Conversation, name: OpinionFile) -> Iterator[bytes]:
    """A file, piece by piece, with the words of those statements that are there; raises NotFoundError."""
    content = await conversations.file(session, row.id, name)
    if name is OpinionFile.VOTES:
        return _pieces(content)
    words = {each.number: each.text or "" for each in await statements.published(session, row.id)}
    return iter([await asyncio.to_thread(_with_words, content, words)])


def _pieces(content: bytes) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as unpacked:
        while piece := unpacked.read(_PIECE):
            yield piece


def _with_words(content: bytes, words: Mapping[int, str]) -> bytes:
    lines = io.StringIO()
    table = csv.DictReader(io.StringIO(gzip.decompress(content).decode()))
    written = csv.DictWriter(lines, table.fieldnames or (), lineterminator="\n")
    written.writeheader()
    written.writerows(line | {_WORDS: _plain(words.get(int(line["comment-id"]), ""))} for line in table)
    return lines.getvalue().encode()


def _compressed(lines: Iterable[Sequence[object]]) -> bytes:
    buffer = io.BytesIO()
    # Without a time, so that the same lines are the same bytes.
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as packed,
        io.TextIOWrapper(packed, encoding="utf-8", newline="") as text,
    ):
        csv.writer(text, lineterminator="\n").writerows(lines)
    return buffer.getvalue()


def _statements(listed: Sequence[ConversationStatement], found: Analysis, smallest: int) -> Iterable[Sequence[object]]:
    """One statement a line, with rounded counts of all and of each group; empty where too few said something."""
    parts = ["", *(f"group-{number}-" for number in range(found.number))] if found.number > 1 else [""]
    names = [f"{part}{what}" for part in parts for what in ("agrees", "disagrees", "passes")]
    yield ["comment-id", _WORDS, "by-town", *names]
    tallies = [found.everybody, *(found.tally if found.number > 1 else [])]
    for place, each in enumerate(listed):
        told: list[object] = []
        for tally in tallies:
            line = counts(tally[place], smallest)
            told += ["", "", ""] if line is None else line.values()
        yield [each.number, "", int(each.translations is not None), *told]


def _votes(numbers: Sequence[int], votes: Votes, found: Analysis) -> Iterable[Sequence[object]]:
    """One person a line, numbered in an order drawn by chance: 1 agrees, -1 disagrees, 0 passes, empty said nothing."""
    yield ["participant", "group-id", "n-votes", "n-agree", "n-disagree", *numbers]
    order = np.argsort(votes.rows, kind="stable")
    columns, values = votes.columns[order], votes.values[order]
    ends = np.searchsorted(votes.rows[order], np.arange(votes.participants + 1))
    people = list(range(votes.participants))
    _CHANCE.shuffle(people)
    for number, person in enumerate(people):
        mine = slice(ends[person], ends[person + 1])
        line: list[object] = [""] * len(numbers)
        for column, value in zip(columns[mine].tolist(), values[mine].tolist(), strict=True):
            line[column] = value
        group = "" if found.groups[person] < 0 or found.number == 1 else int(found.groups[person])
        said = values[mine]
        yield [number, group, said.size, int((said == AGREE).sum()), int((said == DISAGREE).sum()), *line]


def _plain(words: str) -> str:
    # A spreadsheet would take such a cell for a formula, and somebody else wrote it.
    return f"'{words}" if words.startswith(("=", "+", "-", "@", "\t", "\r")) else words
