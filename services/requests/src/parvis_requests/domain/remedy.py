# SPDX-License-Identifier: EUPL-1.2
"""What somebody can do against a refusal: *voies et délais de recours*.

The time limits do not run against whoever was not told of them with the decision (article R421-5 of the code of
administrative justice).
"""

from enum import StrEnum
from typing import Final

# Length in months of the period for going to the court (article R421-1 of the code of administrative justice) or to
# the CADA (article R343-1 of the CRPA); a *recours gracieux* within it interrupts it (article L411-2 of the CRPA).
PERIOD_MONTHS: Final = 2


class Refusal(StrEnum):
    """How something was refused: by a decision that was told, or by the administration's silence."""

    EXPRESS = "express"
    SILENT = "silent"


class Remedy(StrEnum):
    """A way to contest a refusal."""

    RECONSIDERATION = "reconsideration"
    MEDIATION = "mediation"
    CADA = "cada"
    COURT = "court"
    DEFENDER = "defender-of-rights"

    @property
    def months(self) -> int | None:
        """How long it is open, None where no time limit of its own closes it."""
        return None if self in {Remedy.MEDIATION, Remedy.DEFENDER} else PERIOD_MONTHS


def remedies_of(*, cada: bool, mediator: bool) -> tuple[Remedy, ...]:
    """The remedies in the order in which they are told.

    Where the advice of the CADA must be asked for before any court (article L342-1 of the CRPA), it takes the place of
    the *recours gracieux* and of the court; the territorial mediator is named where the town has one.
    """
    first = (Remedy.CADA,) if cada else (Remedy.RECONSIDERATION,)
    return (
        *first,
        *((Remedy.MEDIATION,) if mediator else ()),
        *(() if cada else (Remedy.COURT,)),
        Remedy.DEFENDER,
    )
