# SPDX-License-Identifier: EUPL-1.2
"""A counted participatory budget, and others, as open data: DCAT 3 (W3C) with the terms of DCAT-AP, in JSON-LD."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from parvis_kit.messaging.events import instant
from parvis_participation.db.conversation_tables import Conversation
from parvis_participation.db.survey_tables import Survey
from parvis_participation.db.tables import Budget as Row
from parvis_participation.db.tables import Consultation, Poll
from parvis_participation.domain.errors import BudgetNotCountedError
from parvis_participation.service.budget_files import BudgetFile
from parvis_participation.service.data_dictionary import table_at
from parvis_participation.service.poll_files import PollFile

LICENCE: Final = "http://publications.europa.eu/resource/authority/licence/ETALAB_2_0"
"""Licence Ouverte 2.0, by its name in the vocabulary of the EU's Publications Office."""
AUTHORITY: Final = "http://publications.europa.eu/resource/authority/"
"""The vocabularies of the EU's Publications Office, which DCAT-AP wants."""
_IANA: Final = "https://www.iana.org/assignments/media-types/"
_FORMATS: Final = {
    "application/geo+json": "GEOJSON",
    "application/json": "JSON",
    "application/jsonl": "JSON",
    "text/csv": "CSV",
    "text/plain": "TXT",
}
KEYWORDS: Final = {"fr": "participation citoyenne", "en": "citizen participation"}
CONTEXT: Final = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
BUDGET_FILES: Final = {
    BudgetFile.RECORD: ("application/json", {"fr": "Procès-verbal", "en": "Record of the count"}),
    BudgetFile.RESULT: ("text/csv", {"fr": "Résultat", "en": "Result"}),
}
BALLOTS: Final = {"fr": "Bulletins au format Pabulib", "en": "Ballots in Pabulib's format"}
POLL_FILES: Final = {
    PollFile.RECORD: ("application/json", {"fr": "Procès-verbal signé du vote", "en": "Signed record of the poll"}),
    PollFile.COMMITMENTS: ("text/plain", {"fr": "Engagements", "en": "Commitments"}),
    PollFile.URN: ("text/csv", {"fr": "Urne ouverte", "en": "Opened urn"}),
    PollFile.ACTS: ("application/jsonl", {"fr": "Actes sur le vote", "en": "Acts on the poll"}),
}


@dataclass(frozen=True, slots=True)
class Described:
    """What a description says of something that is no row of its own; texts by language."""

    id: UUID
    collectivity: str
    title: dict[str, str]
    description: dict[str, str]


def budget_dataset(row: Row, public_url: str) -> dict[str, Any]:
    """The description, whose addresses begin with ``public_url``; raises BudgetNotCountedError before the count."""
    if row.counted_at is None:
        raise BudgetNotCountedError
    town = f"{public_url}/v1/collectivities/{row.collectivity}"
    budget, poll = f"{town}/budgets/{row.id}", f"{town}/polls/{row.id}"
    told = [distribution(f"{budget}/files/{file}", *of) for file, of in BUDGET_FILES.items()]
    for money in row.budgets:
        asked = "" if money["area"] is None else "?" + urlencode({"area": money["area"]})
        told.append(distribution(f"{budget}/files/{BudgetFile.BALLOTS}{asked}", "text/plain", BALLOTS))
    if row.secret is not None:
        told += [distribution(f"{poll}/files/{file}", *of) for file, of in POLL_FILES.items()]
    return dataset_of(budget, row, instant(row.counted_at), (row.vote_at, row.result_at), told)


def dataset_of(
    page: str,
    row: Row | Conversation | Poll | Consultation | Survey | Described,
    issued_at: str,
    period: tuple[datetime, datetime],
    told: list[dict[str, Any]],
) -> dict[str, Any]:
    """The description of something that is at ``page``, with its distributions."""
    return {
        "@context": CONTEXT,
        "@id": f"{page}/dataset",
        "@type": "dcat:Dataset",
        "dct:identifier": str(row.id),
        "dct:title": words(row.title),
        "dct:description": words(row.description),
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": row.collectivity},
        "dct:issued": {"@type": "xsd:dateTime", "@value": issued_at},
        "dct:license": {"@id": LICENCE},
        "dct:accrualPeriodicity": {"@id": f"{AUTHORITY}frequency/NEVER"},
        "dct:accessRights": {"@id": f"{AUTHORITY}access-right/PUBLIC"},
        "dcat:theme": {"@id": f"{AUTHORITY}data-theme/GOVE"},
        "dcat:keyword": words(KEYWORDS),
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@type": "xsd:dateTime", "@value": instant(period[0])},
            "dcat:endDate": {"@type": "xsd:dateTime", "@value": instant(period[1])},
        },
        "dcat:landingPage": {"@id": page},
        "dcat:distribution": told,
    }


def distribution(address: str, media_type: str, title: dict[str, str]) -> dict[str, Any]:
    """One file, by its address; a table has what its columns mean in :mod:`data_dictionary`."""
    told = table_at(address)
    means = {"@id": f"{address.partition('/v1/')[0]}/v1/data-dictionaries/{told}", "@type": "dct:Standard"}
    return {
        "@type": "dcat:Distribution",
        "dct:title": words(title),
        "dct:license": {"@id": LICENCE},
        "dcat:accessURL": {"@id": address},
        "dcat:downloadURL": {"@id": address},
        "dcat:mediaType": {"@id": f"{_IANA}{media_type}"},
        "dct:format": {"@id": f"{AUTHORITY}file-type/{_FORMATS[media_type]}"},
    } | ({} if told is None else {"dct:conformsTo": means})


def words(text: Mapping[str, str]) -> list[dict[str, str]]:
    """A text in its languages."""
    return [{"@language": language, "@value": words} for language, words in sorted(text.items())]
