# SPDX-License-Identifier: EUPL-1.2
"""What two people do to a published poll, and nobody alone: let it last longer, or call it off."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from parvis_participation.domain.errors import ParticipationError

WISH_LASTS: Final = timedelta(days=7)
"""For how long an agent's wish waits for that of a second one."""


class ChangeKind(StrEnum):
    """The changes that there are."""

    EXTEND = "extend"
    CANCEL = "cancel"


class ChangeRefusedError(ParticipationError):
    """A poll lasts longer only while it has not closed, and is called off only before it is counted."""


class EarlierCloseError(ParticipationError):
    """The new close comes after the present one."""
