# SPDX-License-Identifier: EUPL-1.2
"""Where participants stand in two dimensions: principal components of what they said, as Polis computes them.

Small, C., Bjorkegren, M., Erkkilä, T., Shaw, L. and Megill, C., "Polis: Scaling deliberation by mapping high
dimensional opinion spaces", Recerca 26(2), 2021: what somebody has not said counts as the mean of the others, which is
nothing once it is centred; and whoever said little, whom that puts near the middle, is drawn out by the root of how
many statements there are for each that they spoke of.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from parvis_participation.domain.opinions.votes import AGREE, Floats, Votes

DIMENSIONS: Final = 2
_BLOCK: Final = 2_048
_DIGITS: Final = 9
"""Beyond these the order of additions tells, and so the order of the participants."""


@dataclass(frozen=True, slots=True)
class Landscape:
    """``positions`` of participants (participants, 2), ``components`` (2, statements) of unit length or nothing.

    ``extremity`` of a statement is how far from the middle its agreement alone would put somebody.
    """

    positions: Floats
    components: Floats
    extremity: Floats


def landscape(votes: Votes) -> Landscape:
    """The landscape of a conversation; the same for the same opinions, in whatever order the participants come."""
    means = votes.means()
    components = _components(votes, means)
    given = votes.given()
    away = votes.values - means[votes.columns]
    drawn = np.sqrt(votes.statements / np.maximum(given, 1))
    positions = np.stack(
        [
            np.bincount(votes.rows, weights=away * component[votes.columns], minlength=votes.participants) * drawn
            for component in components
        ],
        axis=1,
    )
    extremity = np.linalg.norm((AGREE - means) * components, axis=0) * np.sqrt(votes.statements)
    # Adding zero makes -0 into 0.
    placed = np.asarray(np.round(positions, _DIGITS) + 0.0, dtype=np.float64)
    return Landscape(placed, components, extremity)


def _components(votes: Votes, means: Floats) -> Floats:
    """The two eigenvectors of the greatest eigenvalues of the covariance, each with its greatest entry positive."""
    found = np.zeros((DIMENSIONS, votes.statements))
    if votes.statements == 0:
        return found
    values, vectors = np.linalg.eigh(_covariance(votes, means))
    for number in range(min(DIMENSIONS, votes.statements)):
        if values[-1 - number] > 1e-9 * max(values[-1], 1e-9):
            vector: Floats = vectors[:, -1 - number]
            # Of entries as great as another the first, whatever their last digits are.
            sign = np.sign(vector[np.argmax(np.round(np.abs(vector), _DIGITS))])
            found[number] = sign * vector
    return found


def _covariance(votes: Votes, means: Floats) -> Floats:
    """Not divided by the number of participants; some of them at a time, so that the matrix is never whole."""
    order = np.argsort(votes.rows, kind="stable")
    rows, columns = votes.rows[order], votes.columns[order]
    away = (votes.values - means[votes.columns])[order]
    found = np.zeros((votes.statements, votes.statements))
    edges = np.searchsorted(rows, np.arange(0, votes.participants + _BLOCK, _BLOCK))
    for number, (begin, end) in enumerate(pairwise(edges)):
        block = np.zeros((_BLOCK, votes.statements))
        block[rows[begin:end] - number * _BLOCK, columns[begin:end]] = away[begin:end]
        found += block.T @ block
    return found
