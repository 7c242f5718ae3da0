# SPDX-License-Identifier: EUPL-1.2
"""Documents that a town publishes with a process or an assembly."""

from enum import StrEnum
from typing import Final

from parvis_participation.domain.errors import ParticipationError

MAX_BYTES: Final = 20 * 1024 * 1024
MOST: Final = 100
"""How many documents a process or an assembly has at a time."""
MOST_VERSIONS: Final = 50
MOST_BYTES: Final = 200 * 1024 * 1024
"""What all versions of all its documents have at most."""


class Owner(StrEnum):
    """What has documents."""

    PROCESS = "process"
    ASSEMBLY = "assembly"


class DocumentRoomError(ParticipationError):
    """There are as many documents, versions or bytes as may be."""
