# SPDX-License-Identifier: EUPL-1.2
"""Opinions with planted groups, and the same opinions as the matrix that definitions are written for."""

from pathlib import Path

import numpy as np

from parvis_participation.domain.opinions.votes import Floats, Integers, Votes


def planted(
    seed: int, sizes: tuple[int, ...], statements: int, *, seen: float = 0.6, noise: float = 0.1
) -> tuple[Votes, Integers]:
    """Groups of those sizes with a taste each; who sees a part of the statements and says some by chance."""
    chance = np.random.default_rng(seed)
    # Tastes that differ on half of the statements or more, whatever the seed.
    tastes = np.where(np.arange(statements) * len(sizes) // statements == np.arange(len(sizes))[:, None], 1, -1)
    truth = chance.permutation(np.repeat(np.arange(len(sizes)), sizes))
    rows, columns = np.nonzero(chance.random((len(truth), statements)) < seen)
    said = tastes[truth[rows], columns]
    values = np.where(chance.random(rows.size) < noise, chance.integers(-1, 2, rows.size), said)
    return Votes(rows, columns, values, len(truth), statements), truth


def matrix(votes: Votes) -> Floats:
    """Participants by statements; NaN where somebody said nothing."""
    found = np.full((votes.participants, votes.statements), np.nan)
    found[votes.rows, votes.columns] = votes.values
    return found


def shuffled(votes: Votes, seed: int) -> tuple[Votes, Integers]:
    """The same opinions of the same people under other numbers, and the new number of each."""
    chance = np.random.default_rng(seed)
    number, order = chance.permutation(votes.participants), chance.permutation(votes.rows.size)
    rows = number[votes.rows][order]
    return Votes(rows, votes.columns[order], votes.values[order], votes.participants, votes.statements), number


def of_polis(folder: Path) -> Votes:
    """A conversation as Polis publishes it: ``participants-votes.csv``, one column a statement, 1 for agree."""
    lines = (folder / "participants-votes.csv").read_text(encoding="utf-8").splitlines()
    names = lines[0].split(",")
    first = next(place for place, name in enumerate(names) if name.strip('"').isdigit())
    rows, columns, values = [], [], []
    for row, line in enumerate(lines[1:]):
        for column, value in enumerate(line.split(",")[first:]):
            if value not in {"", '""'}:
                rows.append(row)
                columns.append(column)
                values.append(int(float(value)))
    return Votes(np.array(rows), np.array(columns), np.array(values), len(lines) - 1, len(names) - first)
