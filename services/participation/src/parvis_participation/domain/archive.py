# SPDX-License-Identifier: EUPL-1.2
"""Archives of participatory budgets that were voted on elsewhere, or before: read from a file, counted, and published.

None is a budget of this service: nobody votes in one, and what it says is always said to be imported.
"""

from enum import StrEnum
from typing import Final

from parvis_participation.domain.errors import ParticipationError

MOST_BYTES: Final = 20 * 1024 * 1024
MOST_BALLOTS: Final = 200_000
MOST_WAITING: Final = 5
"""So many files of one collectivity may wait to be read at once."""
TRIES: Final = 3
"""A file that ended so many processes which read it is read no more."""
IMPORTED: Final = {
    "fr": "Archive importée d'un fichier\u00a0: ces votes n'ont pas eu lieu dans Parvis, qui les a recomptés.",
    "en": "Archive imported from a file: these votes were not cast in Parvis, which counted them again.",
}
"""What each view and file of an archive says."""


class ArchiveState(StrEnum):
    """Where an archive stands: its file waits, is refused for what it says, or is counted."""

    WAITING = "waiting"
    REFUSED = "refused"
    COUNTED = "counted"


class ArchiveFault(StrEnum):
    """Why a file is refused that a reader of its format may take."""

    RULE = "rule-does-not-fit"
    BOUNDS = "too-large-to-count"


class ArchiveStateError(ParticipationError):
    """Only what is counted is published, once."""


class ArchiveImportedError(ParticipationError):
    """The collectivity has an archive of this very file."""


class ArchivesWaitingError(ParticipationError):
    """Enough files of the collectivity wait to be read."""


class EmptyFileError(ParticipationError):
    """The body is no file."""
