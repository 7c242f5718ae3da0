# SPDX-License-Identifier: EUPL-1.2
"""The families that the CNAF or the MSA know, of those who sign in at the look-alike of FranceConnect; no others."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Family:
    """Somebody with a *quotient familial* in euros, by their civil status, and their children."""

    given_names: str
    name: str
    sex: str
    born: str
    place: str
    fund: str
    quotient: int
    children: tuple[tuple[str, str, str], ...] = ()


FAMILIES: Final = (
    Family("Amélie Rose", "DURAND", "F", "1984-03-12", "75056", "CNAF", 650, (("LÉOPOLDINE", "2016-04-20", "F"),)),
    Family("Bruno", "PETIT", "M", "1971-11-30", "69123", "MSA", 1_240),
    Family("Chloé Anne", "MARTIN", "F", "1990-07-01", "13055", "CNAF", 98, (("ANATOLE", "2019-09-01", "M"),)),
)
