# SPDX-License-Identifier: EUPL-1.2
"""How what is wrong with a file is answered."""

from typing import Final

from parvis_files.problems import CONTENT_RULES
from parvis_kit.locale import Text
from parvis_kit.problems import FieldError, Kind, Problem, Rule
from parvis_kit.web.errors import pointer
from parvis_requests.domain import errors

INVALID_FILES: Final = Kind("invalid-files", 422, Text(fr="Fichiers non admis", en="Files not taken"))
FILE_WAITS: Final = Kind("file-not-checked-yet", 409, Text(fr="Fichier en cours de contrôle", en="File being checked"))
QUARANTINED: Final = Kind("file-quarantined", 409, Text(fr="Fichier en quarantaine", en="File in quarantine"))

_FILES: Final[dict[str, Text]] = {
    "too-many": Text(fr="Il y a trop de fichiers ici.", en="There are too many files here."),
    "wrong-kind": Text(
        fr="Un fichier n'est pas d'une nature admise ici.", en="A file is of a kind that is not taken here."
    ),
    "too-large": Text(fr="Un fichier est trop lourd pour ce formulaire.", en="A file is too large for this form."),
    "quarantined": Text(fr="Un fichier est en quarantaine.", en="A file is in quarantine."),
}


def invalid_files(error: errors.InvalidFilesError) -> Problem:
    """One pointer for each place where files are not taken."""
    return INVALID_FILES.problem(
        "Remplacez les fichiers signalés.",
        "Replace the files named in errors.",
        errors=[FieldError(pointer(("body", *fault.path)), fault.code, _FILES[fault.code]) for fault in error.faults],
    )


FILE_RULES: Final[dict[type[Exception], Rule]] = CONTENT_RULES | {
    errors.FileWaitsError: Rule(
        FILE_WAITS,
        text=Text(
            fr="L'antivirus n'a pas encore vu ce fichier ; réessayez dans un instant.",
            en="The antivirus has not yet seen this file; try again in a moment.",
        ),
    ),
    errors.FileQuarantinedError: Rule(
        QUARANTINED,
        text=Text(
            fr="L'antivirus a arrêté ce fichier : personne ne l'ouvre. Envoyez-en un autre.",
            en="The antivirus has stopped this file: nobody opens it. Send another one.",
        ),
    ),
}
