# SPDX-License-Identifier: EUPL-1.2
"""How what is wrong with a file is answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import FieldError, Kind, Problem, Rule
from parvis_kit.web.errors import pointer
from parvis_requests.domain import errors

UNKNOWN_FILE: Final = Kind("unknown-file-kind", 415, Text(fr="Fichier non reconnu", en="Unknown kind of file"))
HEIC: Final = Kind("heic-not-read", 415, Text(fr="Photo HEIC non lue", en="HEIC photo not read"))
ARCHIVE_TOO_LARGE: Final = Kind("archive-too-large", 422, Text(fr="Document trop grand", en="Document too large"))
INVALID_FILES: Final = Kind("invalid-files", 422, Text(fr="Fichiers non admis", en="Files not taken"))
FILE_WAITS: Final = Kind("file-not-checked-yet", 409, Text(fr="Fichier en cours de contrôle", en="File being checked"))
QUARANTINED: Final = Kind("file-quarantined", 409, Text(fr="Fichier en quarantaine", en="File in quarantine"))
NOT_AN_IMAGE: Final = Kind("not-an-image", 415, Text(fr="Ce n'est pas une image", en="Not an image"))
IMAGE_TOO_LARGE: Final = Kind("image-too-large", 422, Text(fr="Image trop grande", en="Image too large"))

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


FILE_RULES: Final[dict[type[Exception], Rule]] = {
    errors.UnknownFileError: Rule(
        UNKNOWN_FILE,
        text=Text(
            fr="Envoyez une photo JPEG, PNG, WebP ou HEIC, un PDF, un ODT ou un DOCX sans macros ; le contenu compte,"
            " pas le nom.",
            en="Send a JPEG, PNG, WebP or HEIC photo, a PDF, an ODT or a DOCX without macros; the content counts, not"
            " the name.",
        ),
    ),
    errors.HeicError: Rule(
        HEIC,
        text=Text(
            fr="Envoyez cette photo en JPEG : sur un iPhone, Réglages, Appareil photo, Formats, Le plus compatible,"
            " ou partagez-la en choisissant JPEG.",
            en="Send this photo as a JPEG: on an iPhone, Settings, Camera, Formats, Most Compatible, or share it as"
            " a JPEG.",
        ),
    ),
    errors.ArchiveTooLargeError: Rule(
        ARCHIVE_TOO_LARGE,
        text=Text(
            fr="Ce document contient trop une fois ouvert ; envoyez-le en PDF.",
            en="This document holds too much once opened; send it as a PDF.",
        ),
    ),
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
    errors.NotAnImageError: Rule(
        NOT_AN_IMAGE,
        text=Text(
            fr="Cette photo ne s'ouvre pas ; envoyez-la de nouveau, entière.",
            en="This photo cannot be opened; send it again, whole.",
        ),
    ),
    errors.ImageTooLargeError: Rule(
        IMAGE_TOO_LARGE,
        text=Text(fr="Réduisez l'image à 50 millions de points.", en="Reduce the image to 50 million pixels."),
    ),
}
