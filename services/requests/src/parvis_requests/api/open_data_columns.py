# SPDX-License-Identifier: EUPL-1.2
"""The columns of the open data: what each holds, in both languages, and how a request fills them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from parvis_kit.locale import Language, Text
from parvis_requests.api.views import area_label, status_label
from parvis_requests.service.catalogue import Catalogue
from parvis_requests.service.read_public import LICENCE, LICENCE_PAGE, Shown


class Column(NamedTuple):
    """A column as Table Schema describes it."""

    name: str
    type: str
    title: Text
    description: Text
    required: bool = True


_COLUMNS: Final = (
    Column("reference", "string", Text(fr="Référence", en="Reference"),
        Text(fr="Référence publique de la demande, unique.", en="Public reference of the request, unique.")),
    Column("type", "string", Text(fr="Type", en="Type"),
        Text(fr="Code du type de demande au catalogue.", en="Code of the request type in the catalogue.")),
    Column("type_name", "string", Text(fr="Nom du type", en="Name of the type"),
        Text(fr="Nom du type de demande.", en="Name of the request type.")),
    Column("status", "string", Text(fr="État", en="State"),
        Text(fr="Code de l'état dans le circuit du type.", en="Code of the state in the workflow of the type.")),
    Column("status_name", "string", Text(fr="Nom de l'état", en="Name of the state"),
        Text(fr="Nom de l'état.", en="Name of the state.")),
    Column("open", "boolean", Text(fr="En cours", en="Open"),
        Text(fr="Vrai tant que la demande n'est pas terminée.", en="True until the request has ended.")),
    Column("area", "string", Text(fr="Secteur", en="Area"),
        Text(fr="Code du secteur.", en="Code of the area."), required=False),
    Column("area_name", "string", Text(fr="Nom du secteur", en="Name of the area"),
        Text(fr="Nom du secteur.", en="Name of the area."), required=False),
    Column("longitude", "number", Text(fr="Longitude", en="Longitude"),
        Text(fr="En degrés, WGS 84, arrondie comme le type le demande.",
            en="In degrees, WGS 84, rounded as the type asks."), required=False),
    Column("latitude", "number", Text(fr="Latitude", en="Latitude"),
        Text(fr="En degrés, WGS 84, arrondie comme le type le demande.",
            en="In degrees, WGS 84, rounded as the type asks."), required=False),
    Column("created_at", "datetime", Text(fr="Dépôt", en="Filed"),
        Text(fr="Instant du dépôt, en UTC.", en="Instant of the filing, in UTC.")),
    Column("updated_at", "datetime", Text(fr="Dernier acte", en="Last act"),
        Text(fr="Instant du dernier acte, en UTC.", en="Instant of the last act, in UTC.")),
    Column("text", "string", Text(fr="Texte publié", en="Published text"),
        Text(fr="Texte publié, là où il l'est ; une apostrophe précède ce qu'un tableur prendrait pour une formule.",
            en="Published text, where there is one; an apostrophe precedes what spreadsheets take for a formula."),
        required=False),
)  # fmt: skip
COLUMNS: Final = tuple(column.name for column in _COLUMNS)
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
_TITLE: Final = Text(fr="Demandes des usagers", en="Requests of the public")


def cells(shown: Shown, catalogue: Catalogue, language: Language) -> tuple[object, ...]:
    """A request, column by column."""
    row, form = shown.row, shown.form
    area, words = area_label(row.area, catalogue), shown.content.words or ""
    return (
        row.reference,
        form.code,
        form.name[language],
        row.status,
        status_label(form.workflow, row.status, language).label,
        "false" if row.ended else "true",
        area.code if area else None,
        area.label if area else None,
        row.longitude,
        row.latitude,
        _instant(row.created_at),
        _instant(row.updated_at),
        f"'{words}" if words.startswith(_FORMULAS) else words,
    )


def table_schema(language: Language) -> dict[str, Any]:
    """The dictionary of the columns."""
    return schema_of("requests", _TITLE.in_language(language), "reference", _COLUMNS, language)


def schema_of(
    name: str, title: str, key: str | list[str], columns: Sequence[Column], language: Language
) -> dict[str, Any]:
    """A table as Table Schema describes it, with its licence."""
    return {
        "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
        "name": name,
        "title": title,
        "licenses": [{"name": "etalab-2.0", "title": LICENCE, "path": LICENCE_PAGE}],
        "primaryKey": key,
        "missingValues": [""],
        "fields": [
            {
                "name": column.name,
                "type": column.type,
                "title": column.title.in_language(language),
                "description": column.description.in_language(language),
                "constraints": {"required": column.required} | ({"unique": True} if column.name == key else {}),
            }
            for column in columns
        ],
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
