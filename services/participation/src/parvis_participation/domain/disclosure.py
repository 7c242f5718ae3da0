# SPDX-License-Identifier: EUPL-1.2
"""Small numbers kept from readers, and so many others that no subtraction brings them back.

Primary suppression takes the counts between nothing and a threshold; complementary suppression takes further ones
where a published total would give them away (Willenborg and de Waal, Elements of Statistical Disclosure Control, 2001,
chapter 4). A line of a table shows its total, so at least two of its counts are kept back, or none, and those together
are no small number. In a table of two questions a count is known exactly where its row and column are the only way
between two parts of what is kept back: a bridge of the graph whose edges are the counts that are not shown.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import Final, TypeVar

K = TypeVar("K", bound=Hashable)


def small(count: int, threshold: int) -> bool:
    """Whether so few would be told apart."""
    return 0 < count < threshold


def hidden_in_line(counts: Mapping[K, int], threshold: int, hidden: Iterable[K] = ()) -> frozenset[K]:
    """Which counts of a line with a published total are not shown; ``hidden`` are kept back for other reasons."""
    found = {key for key, count in counts.items() if small(count, threshold)} | set(hidden)
    return frozenset(_closed(counts, found, threshold))


def hidden_options(chosen: Mapping[K, int], of: int, threshold: int) -> frozenset[K]:
    """The same where each of ``of`` people may choose several: few who did not choose an option are few, too."""
    found = {key for key, count in chosen.items() if small(count, threshold) or small(of - count, threshold)}
    return frozenset(_closed(chosen, found, threshold))


def hidden_in_table(
    counts: Mapping[tuple[K, K], int], threshold: int, rows: Iterable[K] = (), columns: Iterable[K] = ()
) -> frozenset[tuple[K, K]]:
    """Which counts of a table of two questions, by row and column, are not shown.

    ``rows`` and ``columns`` are those whose totals are kept back where each question is told by itself; all other
    totals are published there.
    """
    found = {key for key, count in counts.items() if small(count, threshold)}
    kept: tuple[set[K], set[K]] = set(rows), set(columns)
    while True:
        before = len(found)
        for side, totals in enumerate(kept):
            for line in {key[side] for key in counts}:
                cells = {key: count for key, count in counts.items() if key[side] == line}
                hidden = found & cells.keys()
                if line in totals and not hidden:
                    # Its counts would add up to the total that is kept back.
                    hidden = {_least(cells)}
                found |= hidden if line in totals else _closed(cells, hidden, threshold)
        for row, column in _bridges(_edges(found, *kept)):
            beside = {k: n for k, n in counts.items() if k not in found and (k[0] == row or k[1] == column)}
            found |= {_least(beside)} if beside else set()
        if len(found) == before:
            return frozenset(found)


def _least(counts: Mapping[K, int]) -> K:
    return min(counts, key=lambda key: (counts[key] == 0, counts[key]))


def _closed(counts: Mapping[K, int], found: set[K], threshold: int) -> set[K]:
    found = set(found)
    rest = sorted((key for key in counts if key not in found), key=lambda key: (counts[key] == 0, counts[key]))
    while found and rest and (len(found) == 1 or sum(counts[key] for key in found) < threshold):
        found.add(rest.pop(0))
    return found


_Node = tuple[str, object]
_TOTAL: Final = ("total", None)


def _edges(found: Iterable[tuple[K, K]], rows: Iterable[K], columns: Iterable[K]) -> list[tuple[_Node, _Node]]:
    """What is not shown, as edges between the rows and columns of the table with its line and column of totals."""
    inner: list[tuple[_Node, _Node]] = [(("row", row), ("column", column)) for row, column in found]
    inner += [(("row", row), ("column", _TOTAL)) for row in rows]
    return inner + [(("row", _TOTAL), ("column", column)) for column in columns]


def _bridges(edges: list[tuple[_Node, _Node]]) -> list[tuple[object, object]]:
    """The row and column of each edge without which its ends would not be joined.

    One walk in depth: an edge is a bridge where nothing beyond it leads back before it (R. Tarjan, A note on finding
    the bridges of a graph, Information Processing Letters 2, 1974).
    """
    beside: dict[_Node, list[_Node]] = defaultdict(list)
    for row, column in edges:
        beside[row].append(column)
        beside[column].append(row)
    met: dict[_Node, int] = {}
    back: dict[_Node, int] = {}
    bridges: set[tuple[_Node, _Node]] = set()
    for start, first in beside.items():
        if start in met:
            continue
        met[start] = back[start] = len(met)
        ahead = [(start, start, iter(first))]
        while ahead:
            node, came_from, others = ahead[-1]
            for other in others:
                if other not in met:
                    met[other] = back[other] = len(met)
                    ahead.append((other, node, iter(beside[other])))
                    break
                if other != came_from:
                    back[node] = min(back[node], met[other])
            else:
                ahead.pop()
                back[came_from] = min(back[came_from], back[node])
                if node != came_from and back[node] > met[came_from]:
                    bridges |= {(came_from, node), (node, came_from)}
    return [(row[1], column[1]) for row, column in edges if (row, column) in bridges]
