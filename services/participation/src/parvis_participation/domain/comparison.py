# SPDX-License-Identifier: EUPL-1.2
"""What one version of a text has that another has not, word by word, and how two changes of one text come together.

The shortest edit script of E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), over words and the
white space and signs between them; what differs by more than ``MOST`` of them is told as replaced whole.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Final

from parvis_participation.domain.errors import ParticipationError

MOST: Final = 300
"""So many words at most are looked for that were added or removed: the time grows with the square."""
_TOKEN: Final = re.compile(r"\w+|\s+|[^\w\s]")


class MergeError(ParticipationError):
    """Two changes of one text touch the same place of it."""


class Change(StrEnum):
    """What became of a part of a text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the earlier text, of the later one, or of both."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class _Hunk:
    """What stands for the tokens from ``begin`` to ``end`` of the earlier text."""

    begin: int
    end: int
    tokens: tuple[str, ...]


def compared(before: str, after: str) -> list[Segment]:
    """The parts of both in their order: without the added ones the earlier text, without the removed the later one.

    Their letters have their accents in them (Unicode's form C).
    """
    old, found, at = _tokens(before), list[tuple[Change, str]](), 0
    for hunk in _hunks(old, _tokens(after)):
        found += [(Change.SAME, token) for token in old[at : hunk.begin]]
        found += [(Change.REMOVED, token) for token in old[hunk.begin : hunk.end]]
        found += [(Change.ADDED, token) for token in hunk.tokens]
        at = hunk.end
    found += [(Change.SAME, token) for token in old[at:]]
    runs = groupby(found, key=lambda each: each[0])
    return [Segment(change, "".join(token for _, token in run)) for change, run in runs]


def merged(base: str, mine: str, theirs: str) -> str:
    """The text with both changes of it; raises MergeError where they touch one another and are not the same."""
    base, mine, theirs = _composed(base), _composed(mine), _composed(theirs)
    if theirs in {base, mine}:
        return mine
    if mine == base:
        return theirs
    old = _tokens(base)
    ours, others = (list(_hunks(old, _tokens(text))) for text in (mine, theirs))
    made = list[str]()
    at = 0
    for hunk in sorted({*ours, *others}, key=lambda each: (each.begin, each.end)):
        in_both = hunk in ours and hunk in others
        rest = others if hunk in ours else ours
        if not in_both and any(hunk.begin <= other.end and other.begin <= hunk.end for other in rest):
            raise MergeError
        made += [*old[at : hunk.begin], *hunk.tokens]
        at = hunk.end
    return "".join([*made, *old[at:]])


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(_composed(text))


def _composed(text: str) -> str:
    # An accent by itself, as some keyboards write it, is a part of its letter and no sign of its own.
    return unicodedata.normalize("NFC", text)


def _hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[_Hunk]:
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    stop_old, stop_new = len(old) - tail, len(new) - tail
    x, y = head, head
    for match_x, match_y in [*_matches(old[head:stop_old], new[head:stop_new]), (stop_old - head, stop_new - head)]:
        if x < head + match_x or y < head + match_y:
            yield _Hunk(x, head + match_x, tuple(new[y : head + match_y]))
        x, y = head + match_x + 1, head + match_y + 1


def _matches(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs of places that a shortest edit script keeps; none where it has more than MOST edits."""
    furthest, trail = {1: 0}, list[dict[int, int]]()
    for edits in range(min(len(old) + len(new), MOST) + 1):
        trail.append(dict(furthest))
        for diagonal in range(-edits, edits + 1, 2):
            down = _is_down(furthest, diagonal, edits)
            x = furthest[diagonal + 1] if down else furthest[diagonal - 1] + 1
            while x < len(old) and 0 <= x - diagonal < len(new) and old[x] == new[x - diagonal]:
                x += 1
            furthest[diagonal] = x
            if x >= len(old) and x - diagonal >= len(new):
                return _walked_back(trail, len(old), len(new))
    return []


def _is_down(furthest: Mapping[int, int], diagonal: int, edits: int) -> bool:
    """Whether the last edit on that diagonal added something, rather than removed it."""
    if diagonal in {-edits, edits}:
        return diagonal == -edits
    return furthest.get(diagonal - 1, -1) < furthest.get(diagonal + 1, -1)


def _walked_back(trail: Sequence[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    found = list[tuple[int, int]]()
    for edits in range(len(trail) - 1, -1, -1):
        furthest, diagonal = trail[edits], x - y
        down = _is_down(furthest, diagonal, edits)
        before = diagonal + 1 if down else diagonal - 1
        begin_x = furthest[before]
        begin_y = begin_x - before
        start = begin_x if down else begin_x + 1
        while x > start:
            x, y = x - 1, y - 1
            found.append((x, y))
        x, y = begin_x, begin_y
    return found[::-1]
