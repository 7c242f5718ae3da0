# SPDX-License-Identifier: EUPL-1.2
"""How the errors of documents are answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import Kind, Rule
from parvis_participation.domain import document

TOO_MANY_DOCUMENTS: Final = Kind("too-many-documents", 409, Text(fr="Trop de documents", en="Too many documents"))

DOCUMENT_RULES: Final = {
    document.DocumentRoomError: Rule(
        TOO_MANY_DOCUMENTS,
        text=Text(
            fr=f"Au plus {document.MOST} documents, {document.MOST_VERSIONS} versions de chacun, et 200 Mio en tout ;"
            " retirez-en.",
            en=f"At most {document.MOST} documents, {document.MOST_VERSIONS} versions of each, and 200 MiB in all;"
            " withdraw some.",
        ),
    ),
}
