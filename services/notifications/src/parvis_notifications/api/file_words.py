# SPDX-License-Identifier: EUPL-1.2
"""What is wrong with a file of messages, in words."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import FieldError, Kind, Problem
from parvis_notifications.domain.sending_file import MAX_ROWS, FileRefusedError

_WHY: Final = {
    "encoding": Text(
        fr="La ligne {line} n'est ni en UTF-8, ni en windows-1252.", en="Line {line} is neither UTF-8 nor windows-1252."
    ),
    "syntax": Text(fr="La ligne {line} n'est pas du CSV.", en="Line {line} is not CSV."),
    "columns": Text(
        fr="La ligne {line} n'a pas autant de valeurs que l'en-tête.",
        en="Line {line} does not have as many values as the header.",
    ),
    "too-many-rows": Text(fr=f"Un fichier a {MAX_ROWS} lignes au plus.", en=f"A file has {MAX_ROWS} rows at the most."),
    "no-rows": Text(fr="Le fichier n'a aucune ligne.", en="The file has no row."),
    "no-recipient-column": Text(
        fr="Une colonne doit s'appeler « to » : l'adresse ou le numéro.",
        en="One column is called “to”: the address or the number.",
    ),
    "repeated-column": Text(fr="Une colonne est nommée deux fois.", en="A column is named twice."),
    "missing-column": Text(
        fr="Le modèle attend la colonne « {about} ».", en="The template wants the column “{about}”."
    ),
}


def refused_file(kind: Kind, error: FileRefusedError) -> Problem:
    """The problem for it."""
    why, values = _WHY[error.code], {"line": error.line, "about": error.about}
    words = Text(fr=why.fr.format(**values), en=why.en.format(**values))
    return kind.problem(
        "Corrigez le fichier : rien n'en a été envoyé.",
        "Mend the file: nothing of it was sent.",
        errors=[FieldError("", error.code, words)],
    )
