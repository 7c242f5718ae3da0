# SPDX-License-Identifier: EUPL-1.2
"""Several people write one proposal: its author invites others, who change it as they do; they alone take it back."""

from datetime import timedelta
from typing import Final

from parvis_participation.domain.errors import ParticipationError

MOST: Final = 10
"""How many co-authors a proposal has at most, those who are invited among them."""
LASTS: Final = timedelta(days=14)
"""For how long an invitation can be answered."""


class InvitationError(ParticipationError):
    """No such invitation, or it was answered, or its time is over: the three are never told apart."""


class TooManyCoAuthorsError(ParticipationError):
    """The proposal has as many co-authors and invitations as it may."""
