# SPDX-License-Identifier: EUPL-1.2
"""Who a participatory process is for: who sees it, and who takes part in what belongs to it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from parvis_participation.domain.eligibility import LEVELS, AreaNeedsResidenceError, Eligibility
from parvis_participation.domain.errors import ParticipationError


class AudienceError(ParticipationError):
    """Only where residence is asked for can it be asked for in areas."""


class NotOnRollError(ParticipationError):
    """The process is for those who were on its roll when that was frozen, and this person was not."""


class RollForgottenError(ParticipationError):
    """The process was for the people of a roll, which is deleted some time after its end."""


class VoteRunsError(ParticipationError):
    """For whom a process is does not change while a secret poll of it is published and not counted."""


class UnverifiedSignaturesError(ParticipationError):
    """Where people are told apart, a petition has no signature that is counted by an account."""


class NoRollError(ParticipationError):
    """The process is not for the people of a roll."""


class RollFrozenError(ParticipationError):
    """The roll of a published process does not change, nor whether it has one."""


class EmptyRollError(ParticipationError):
    """The process is for the people of a roll, and there is nobody on it."""


class Visibility(StrEnum):
    """Who sees a process once it is published: everybody, people who have signed in, or agents of the town alone."""

    EVERYBODY = "everybody"
    ACCOUNTS = "accounts"
    AGENTS = "agents"


PUBLIC: Final = frozenset({Visibility.EVERYBODY})
"""What is shown to whoever has not signed in."""
SIGNED_IN: Final = frozenset({Visibility.EVERYBODY, Visibility.ACCOUNTS})
"""What is shown to somebody of the town who has."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may take part: whoever meets ``conditions``, of which the level counts only where ``verified``.

    On a roll stand people whom somebody has verified.
    """

    conditions: Eligibility
    verified: bool

    def check_level(self, acr: str | None) -> None:
        """Raise NotVerifiedError or LevelTooLowError unless somebody signed in at that level may take part."""
        if self.verified:
            self.conditions.check_level(acr)

    def born_by(self, begins_on: date) -> date | None:
        """The day by which people were born who have the age as the first phase begins; None without a minimum."""
        return self.conditions.born_by(begins_on)


@dataclass(frozen=True, slots=True)
class ProcessAudience:
    """Who takes part in what belongs to a published process, whose first phase begins on ``begins_on`` there.

    ``roll_salt`` stands as long as a roll is kept; ``forgotten`` is whether there was one that is deleted.
    """

    process_id: UUID
    collectivity: str
    audience: Audience
    begins_on: date
    roll_salt: bytes | None
    forgotten: bool

    @property
    def born_by(self) -> date | None:
        """The day by which people were born who have the age; None without a minimum."""
        return self.audience.born_by(self.begins_on)

    @property
    def counts_people(self) -> bool:
        """Whether all who take part are verified, so that people can be told apart."""
        return self.audience.verified or self.audience.conditions.minimum_age is not None


def audience(
    level: str | None, minimum_age: int | None, *, residence: bool, areas: frozenset[str], listed: bool
) -> Audience:
    """The audience with these conditions, all of which count; raises AudienceError."""
    try:
        conditions = Eligibility(level or LEVELS[0], minimum_age, residence, areas, listed)
    except AreaNeedsResidenceError as error:
        raise AudienceError from error
    return Audience(conditions, verified=level is not None or listed)
