# SPDX-License-Identifier: EUPL-1.2
"""Who may vote in a poll, and what whoever may not is told."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from parvis_participation.domain.desk import Channel, ChannelError
from parvis_participation.domain.errors import NotVerifiedError, ParticipationError

LEVELS: Final = ("eidas1", "eidas2", "eidas3")
"""Levels of assurance (regulation (EU) 910/2014, article 8) at which a provider has checked the civil status."""


class LevelTooLowError(ParticipationError):
    """The poll wants a stronger sign-in than this one."""


class TooYoungError(ParticipationError):
    """The person has not the age that the poll wants on the day it opens."""


class AgeUnknownError(ParticipationError):
    """The birth date is not known to the day, and the age depends on it."""


class NotResidentError(ParticipationError):
    """No agent has attested, for now, that this person lives where the poll wants its voters to live."""


class NotEntitledError(ParticipationError):
    """The poll has a list of those who may vote, and this person is not on it."""


class NoListError(ParticipationError):
    """The poll is not for the people of a list."""


class EmptyListError(ParticipationError):
    """The poll is for the people of a list, and there is nobody on it."""


class ListFrozenError(ParticipationError):
    """The list of a published poll does not change."""


class AreaNeedsResidenceError(ParticipationError):
    """Only where residence is asked for can it be asked for in areas."""


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The conditions of a poll, all of which a voter meets; without any, whoever was verified votes.

    ``minimum_age`` in years, reached on the day the poll opens, by the town's clocks. ``residence`` asks for an agent's
    attestation that has not expired; with ``areas``, for one of these. ``listed`` closes the poll to a list.
    ``channels`` are the ways by which votes come.
    """

    level: str = LEVELS[0]
    minimum_age: int | None = None
    residence: bool = False
    areas: frozenset[str] = frozenset()
    listed: bool = False
    channels: frozenset[str] = frozenset({Channel.ONLINE})

    def __post_init__(self) -> None:
        if self.areas and not self.residence:
            raise AreaNeedsResidenceError

    def check_channel(self, channel: Channel) -> None:
        """Raise ChannelError where votes do not come that way."""
        if channel not in self.channels:
            raise ChannelError

    def check_level(self, acr: str | None) -> None:
        """Raise NotVerifiedError or LevelTooLowError unless somebody signed in at that level may vote."""
        if acr not in LEVELS:
            raise NotVerifiedError
        if LEVELS.index(acr) < LEVELS.index(self.level):
            raise LevelTooLowError

    def born_by(self, opens_on: date) -> date | None:
        """The day by which a voter was born; None without a minimum age.

        Who was born on 29 February comes of age on 1 March.
        """
        if self.minimum_age is None:
            return None
        year = opens_on.year - self.minimum_age
        try:
            return opens_on.replace(year=year)
        except ValueError:
            return date(year, 2, 28)

    def check_age(self, *, old_enough: bool | None) -> None:
        """Raise TooYoungError or AgeUnknownError where there is a minimum age."""
        if self.minimum_age is None or old_enough:
            return
        raise TooYoungError if old_enough is False else AgeUnknownError

    def check_birth_date(self, text: str, opens_on: date) -> None:
        """Raise TooYoungError or AgeUnknownError for somebody whose document says this date, YYYY-MM-DD or less."""
        born_by = self.born_by(opens_on)
        if born_by is not None:
            whole = len(text) == len("YYYY-MM-DD")
            self.check_age(old_enough=text <= born_by.isoformat() if whole else None)

    def check_residence(self, attested: Collection[str | None]) -> None:
        """Raise NotResidentError; ``attested`` are the areas of the attestations that hold today, None for no area."""
        if self.residence and not (self.areas & set(attested) if self.areas else attested):
            raise NotResidentError
