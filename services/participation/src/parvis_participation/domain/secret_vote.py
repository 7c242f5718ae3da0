# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong where a participatory budget is voted on in secret, in the poll that has its id."""

from parvis_participation.domain.errors import ParticipationError


class SecretVoteError(ParticipationError):
    """The budget takes no votes by name: its ballots go to its poll."""


class SecretForGoodError(ParticipationError):
    """Sealed ballots can be neither changed, taken back nor told while the vote is open."""


class ConditionsError(ParticipationError):
    """Conditions are those of a secret vote, which has a board."""


class RealisationError(ParticipationError):
    """A vote closes before what it chooses is built."""
