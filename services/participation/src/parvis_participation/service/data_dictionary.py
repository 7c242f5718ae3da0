# SPDX-License-Identifier: EUPL-1.2
"""What the columns of the published tables mean: metadata of CSV on the Web (W3C, 2015), in French and English."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class Table(StrEnum):
    """A kind of table that open data has."""

    PROPOSALS = "proposals"
    PETITIONS = "petitions"
    VOTE_RESULT = "vote-result"
    CONSULTATION_RESULT = "consultation-result"
    SURVEY_RESULT = "survey-result"


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name in the table's first line; ``kind`` is a datatype of XML Schema, of each of its values."""

    name: str
    kind: str
    fr: str
    en: str
    separator: str | None = None


SEPARATOR: Final = ";"
"""Between the values of one cell."""
_TEXT: Final = "string"
_SMALL: Final = (
    "vide lorsqu'ils sont trop peu nombreux (le seuil des petits nombres de la collectivité)",
    "empty where they are few (the town's threshold of small numbers)",
)
COLUMNS: Final[dict[Table, tuple[Column, ...]]] = {
    Table.PROPOSALS: (
        Column("id", _TEXT, "Identifiant de la proposition", "The proposal's identifier"),
        Column("title", _TEXT, "Titre, par son auteur", "Title, by its author"),
        Column("created_on", "date", "Jour du dépôt, à l'heure locale", "Day of its deposit, local time"),
        Column("process_id", _TEXT, "Démarche dans laquelle elle est faite", "The process within which it was made"),
        Column(
            "estimate", "decimal", "Coût estimé par son auteur, en euros", "Cost that its author estimates, in euros"
        ),
        Column("supports", "integer", f"Soutiens ; {_SMALL[0]}", f"Supports; {_SMALL[1]}"),
        Column(
            "supported_anew",
            "boolean",
            "Reprise par la collectivité une fois ses premiers soutiens oubliés : `supports` sont ceux d'après",
            "Taken up again by the town once its supporters were forgotten: `supports` are those since",
        ),
        Column(
            "earlier_supports",
            "integer",
            "Soutiens d'avant chaque reprise, à ne pas ajouter : les mêmes personnes ont pu soutenir à nouveau ;"
            f" {_SMALL[0]}",
            "Supports before it was taken up, each time, not to be added up: the same people may support anew;"
            f" {_SMALL[1]}",
            separator=SEPARATOR,
        ),
        Column(
            "takes_supports",
            "boolean",
            "Si elle peut encore recevoir des soutiens, sauf règle de sa démarche",
            "Whether it can still be supported, unless its process says otherwise",
        ),
        Column("outcome", _TEXT, "Ce que la collectivité en a décidé ou fait", "What the town has decided or done"),
        Column("outcome_on", "date", "Depuis quel jour", "Since which day"),
        Column("cost", "decimal", "Coût dit par la collectivité, en euros", "Cost that the town tells, in euros"),
        Column("longitude", "decimal", "Longitude du lieu, WGS 84", "Longitude of the place, WGS 84"),
        Column("latitude", "decimal", "Latitude du lieu, WGS 84", "Latitude of the place, WGS 84"),
        Column("page", "anyURI", "Adresse de la proposition", "Address of the proposal"),
    ),
    Table.PETITIONS: (
        Column("id", _TEXT, "Identifiant de la pétition", "The petition's identifier"),
        Column("title", _TEXT, "Titre, par son auteur", "Title, by its author"),
        Column("state", _TEXT, "open : on signe ; closed : close", "open: it takes signatures; closed: it is over"),
        Column("admitted_on", "date", "Jour de l'admission, à l'heure locale", "Day of its admission, local time"),
        Column("closes_on", "date", "Jour de la clôture, à l'heure locale", "Day of its close, local time"),
        Column("verified", "boolean", "Signataires à l'identité vérifiée", "Whether signers are verified people"),
        Column("signatures", "integer", f"Signatures ; {_SMALL[0]}", f"Signatures; {_SMALL[1]}"),
        Column("thresholds", "integer", "Seuils fixés à l'admission", "Thresholds set as it was admitted"),
        Column("reached", "integer", "Seuils atteints", "Thresholds reached"),
        Column("answer_due_on", "date", "Jour où la réponse est due", "Day on which the answer is due"),
        Column("answered_on", "date", "Jour de la réponse, à l'heure locale", "Day of the answer, local time"),
        Column("page", "anyURI", "Adresse de la pétition", "Address of the petition"),
    ),
    Table.VOTE_RESULT: (
        Column("area", _TEXT, "Secteur ; vide pour toute la ville", "Area; empty for the whole city"),
        Column("place", "integer", "Place dans l'ordre du dépouillement", "Place in the order of the count"),
        Column("code", _TEXT, "Code du projet ou de l'option", "Code of the project or option"),
        Column("title", _TEXT, "Intitulé en français", "Title in French"),
        Column("cost", "decimal", "Coût, en euros", "Cost, in euros"),
        Column("chosen", "boolean", "Retenu ou non", "Whether it is chosen"),
        Column("reason", _TEXT, "Pourquoi", "Why"),
        Column("score", _TEXT, "Voix ou points", "Votes or points"),
        Column("available", _TEXT, "Ce qui restait, en euros", "What was left, in euros"),
        Column("price", _TEXT, "Prix par soutien, à parts égales", "Price a supporter, by equal shares"),
        Column("supporters", "integer", "Soutiens qui paient, à parts égales", "Supporters who pay, by equal shares"),
    ),
    Table.CONSULTATION_RESULT: (
        Column("answer", _TEXT, "Code de la réponse", "Code of the answer"),
        Column("label", _TEXT, "Réponse, dans la langue demandée", "Answer, in the language asked for"),
        Column("count", "integer", "Nombre de réponses", "How many answered so"),
    ),
    Table.SURVEY_RESULT: (
        Column("question", _TEXT, "Code de la question", "Code of the question"),
        Column("question_label", _TEXT, "Question, dans la langue demandée", "Question, in the language asked for"),
        Column("row", _TEXT, "Ligne d'un tableau de questions", "Row of a matrix of questions"),
        Column("answer", _TEXT, "Code de la réponse ; vide : sans réponse", "Code of the answer; empty: none given"),
        Column("label", _TEXT, "Réponse, dans la langue demandée", "Answer, in the language asked for"),
        Column("count", "integer", f"Nombre de réponses ; {_SMALL[0]}", f"How many answered so; {_SMALL[1]}"),
    ),
}
_WHERE: Final = {
    r"/open-data/proposals\.csv$": Table.PROPOSALS,
    r"/open-data/petitions\.csv$": Table.PETITIONS,
    r"/(polls|budgets)/[^/]+/files/result\.csv$": Table.VOTE_RESULT,
    r"/consultations/[^/]+/results-csv$": Table.CONSULTATION_RESULT,
    r"/surveys/[^/]+/results-csv$": Table.SURVEY_RESULT,
}


def table_at(address: str) -> Table | None:
    """Which table is there; None for what is no table with columns of its own."""
    return next((table for where, table in _WHERE.items() if re.search(where, address)), None)


def dictionary(table: Table) -> dict[str, Any]:
    """The schema of a table, as CSV on the Web has it."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "fr"}],
        "@type": "Schema",
        "columns": [_described(column) for column in COLUMNS[table]],
    }


def _described(column: Column) -> dict[str, Any]:
    told = [{"@value": column.fr, "@language": "fr"}, {"@value": column.en, "@language": "en"}]
    described = {"name": column.name, "titles": column.name, "datatype": column.kind, "dc:description": told}
    return described if column.separator is None else described | {"separator": column.separator}
