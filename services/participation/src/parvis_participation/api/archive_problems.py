# SPDX-License-Identifier: EUPL-1.2
"""How the errors of archives are answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import CONFLICT, VALIDATION, Kind, Rule
from parvis_participation.domain import archive

ALREADY_IMPORTED: Final = Kind("already-imported", 409, Text(fr="Fichier déjà importé", en="File already imported"))

ARCHIVE_RULES: Final[dict[type[Exception], Rule]] = {
    archive.ArchiveStateError: Rule(
        CONFLICT,
        "/action",
        Text(
            fr="Seule une archive dépouillée se publie, une fois ; relisez la sienne.",
            en="Only a counted archive is published, once; read this one again.",
        ),
    ),
    archive.ArchiveImportedError: Rule(
        ALREADY_IMPORTED,
        text=Text(
            fr="La collectivité a déjà une archive de ce fichier ; supprimez-la d'abord.",
            en="The town has an archive of this file; delete that first.",
        ),
    ),
    archive.ArchivesWaitingError: Rule(
        CONFLICT,
        text=Text(
            fr="D'autres fichiers attendent d'être lus ; revenez quand ils le sont.",
            en="Other files wait to be read; come back once they are.",
        ),
    ),
    archive.EmptyFileError: Rule(
        VALIDATION, text=Text(fr="Envoyez un fichier au format Pabulib.", en="Send a file in Pabulib's format.")
    ),
}
