# SPDX-License-Identifier: EUPL-1.2
"""How what is wrong with the content of a file is answered."""

from typing import Final

from parvis_files import errors
from parvis_kit.locale import Text
from parvis_kit.problems import Kind, Rule

UNKNOWN_FILE: Final = Kind("unknown-file-kind", 415, Text(fr="Fichier non reconnu", en="Unknown kind of file"))
HEIC: Final = Kind("heic-not-read", 415, Text(fr="Photo HEIC non lue", en="HEIC photo not read"))
ARCHIVE_TOO_LARGE: Final = Kind("archive-too-large", 422, Text(fr="Document trop grand", en="Document too large"))
NOT_AN_IMAGE: Final = Kind("not-an-image", 415, Text(fr="Ce n'est pas une image", en="Not an image"))
IMAGE_TOO_LARGE: Final = Kind("image-too-large", 422, Text(fr="Image trop grande", en="Image too large"))

CONTENT_RULES: Final[dict[type[Exception], Rule]] = {
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
    errors.NotAnImageError: Rule(
        NOT_AN_IMAGE,
        text=Text(
            fr="Cette photo ne s'ouvre pas ; envoyez-la de nouveau, entière.",
            en="This photo cannot be opened; send it again, whole.",
        ),
    ),
    errors.ImageTooLargeError: Rule(
        IMAGE_TOO_LARGE,
        text=Text(
            fr="Réduisez l'image à 50 millions de points ; si elle reste trop lourde, envoyez-la en JPEG.",
            en="Reduce the image to 50 million pixels; where it is still too large, send it as JPEG.",
        ),
    ),
}
