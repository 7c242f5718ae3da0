# SPDX-License-Identifier: EUPL-1.2
"""All that a town publishes as open data, in one catalogue: DCAT 3 (W3C) with the terms of DCAT-AP 3, in JSON-LD."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import instant
from parvis_participation.db import open_data, published
from parvis_participation.db.open_data_tables import OpenDataFile
from parvis_participation.service.archive_files import archive_dataset
from parvis_participation.service.budget_dataset import (
    AUTHORITY,
    CONTEXT,
    KEYWORDS,
    LICENCE,
    budget_dataset,
    distribution,
    words,
)
from parvis_participation.service.conversation_dataset import conversation_dataset
from parvis_participation.service.datasets import consultation_dataset, poll_dataset, survey_dataset
from parvis_participation.service.prepared_files import Piece
from parvis_participation.service.town_data import TownFile

_TITLE: Final = {"fr": "Participation citoyenne", "en": "Citizen participation"}
_DESCRIPTION: Final = {
    "fr": "Budgets participatifs, votes, consultations, enquêtes, débats, propositions, pétitions de la collectivité.",
    "en": "The town's participatory budgets, polls, consultations, surveys, conversations, proposals and petitions.",
}
_LANGUAGES: Final = [{"@id": f"{AUTHORITY}language/{code}"} for code in ("FRA", "ENG")]
_LIVE: Final = {"dct:accrualPeriodicity": {"@id": f"{AUTHORITY}frequency/UPDATE_CONT"}}
_PROPOSALS: Final = {
    "dct:title": {"fr": "Propositions des habitants", "en": "Proposals of residents"},
    "dct:description": {
        "fr": "Ce qui est proposé à la collectivité, combien le soutiennent, ce qui en est devenu. Sans leurs auteurs.",
        "en": "What is proposed to the town, how many support it, and what became of it. Without who proposed it.",
    },
}
_PETITIONS: Final = {
    "dct:title": {"fr": "Pétitions", "en": "Petitions"},
    "dct:description": {
        "fr": "Les pétitions admises, leurs signatures comptées, leurs seuils et leurs réponses. Sans les signataires.",
        "en": "Petitions that were admitted, how many signed them, thresholds and answers. Without who signed.",
    },
}
_ACTS: Final = {
    "dct:title": {"fr": "Actes des agents", "en": "Acts of agents"},
    "dct:description": {
        "fr": "Ce que les agents ont fait au nom de la collectivité, enchaîné par empreintes. Sans leurs noms.",
        "en": "What agents did in the town's name, each line with the digest of the one before. Without their names.",
    },
}
_LINES: Final = {"fr": "Actes, un par ligne", "en": "Acts, one a line"}


async def catalogue(session: AsyncSession, collectivity: str, public_url: str, now: datetime) -> AsyncIterator[Piece]:
    """The text of the catalogue, whose addresses begin with ``public_url``; of files it knows what was made of them."""
    results = await _results(session, collectivity, public_url, now)
    made = {row.name: row for row in await open_data.all_of(session, collectivity)}
    told = _catalogue(f"{public_url}/v1/collectivities/{collectivity}", collectivity, made, results)
    yield Piece(await asyncio.to_thread(json.dumps, told, ensure_ascii=False), len(results) + len(made))


async def _results(session: AsyncSession, collectivity: str, public_url: str, now: datetime) -> list[dict[str, Any]]:
    results = [
        *(budget_dataset(row, public_url) for row in await published.budgets(session, collectivity)),
        *(poll_dataset(row, public_url) for row in await published.polls(session, collectivity)),
        *(consultation_dataset(row, public_url) for row in await published.consultations(session, collectivity, now)),
        *(
            survey_dataset(row, row.released_at or row.paper_closes_at, public_url)
            for row in await published.surveys(session, collectivity)
        ),
        *(conversation_dataset(row, public_url) for row in await published.conversations(session, collectivity)),
        *(archive_dataset(row, public_url) for row in await published.archives(session, collectivity)),
    ]
    return [{name: value for name, value in each.items() if name != "@context"} for each in results]


def _catalogue(
    town: str, collectivity: str, made: Mapping[str, OpenDataFile], results: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "@context": CONTEXT,
        "@id": f"{town}/catalogue",
        "@type": "dcat:Catalog",
        "dct:title": words(_TITLE),
        "dct:description": words(_DESCRIPTION),
        "dct:publisher": _publisher(collectivity),
        "dct:license": {"@id": LICENCE},
        "dct:language": _LANGUAGES,
        "dcat:themeTaxonomy": {"@id": f"{AUTHORITY}data-theme"},
        "dcat:dataset": [*_of_town(town, collectivity, made), *results],
    }


def _of_town(town: str, collectivity: str, made: Mapping[str, OpenDataFile]) -> list[dict[str, Any]]:
    def file(name: TownFile, media_type: str, of: Mapping[str, dict[str, str]]) -> dict[str, Any]:
        return distribution(f"{town}/open-data/{name}", media_type, of["dct:title"]) | _known(made.get(name))

    proposals = [
        file(TownFile.PROPOSALS_CSV, "text/csv", _PROPOSALS),
        file(TownFile.PROPOSALS_JSON, "application/json", _PROPOSALS),
        file(TownFile.PROPOSALS_GEOJSON, "application/geo+json", _PROPOSALS),
    ]
    petitions = [
        file(TownFile.PETITIONS_CSV, "text/csv", _PETITIONS),
        file(TownFile.PETITIONS_JSON, "application/json", _PETITIONS),
    ]
    acts = [distribution(f"{town}/acts/lines", "application/jsonl", _LINES)]
    return [
        _live(f"{town}/proposals", collectivity, _PROPOSALS, proposals),
        _live(f"{town}/petitions", collectivity, _PETITIONS, petitions),
        _live(f"{town}/acts", collectivity, _ACTS, acts),
    ]


def _known(made: OpenDataFile | None) -> dict[str, Any]:
    """What is known of a file that was made: the size of the newest, and since when it is as it is."""
    if made is None:
        return {}
    return {
        "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(made.size)},
        "dct:modified": {"@type": "xsd:dateTime", "@value": instant(made.changed_at)},
    }


def _live(
    page: str, collectivity: str, told: Mapping[str, Mapping[str, str]], files: list[dict[str, Any]]
) -> dict[str, Any]:
    """What goes on for as long as the town does: it has neither a period nor a day of issue."""
    changed = [each["dct:modified"] for each in files if "dct:modified" in each]
    modified = {"dct:modified": max(changed, key=lambda each: each["@value"])} if changed else {}
    return {
        "@id": f"{page}#dataset",
        "@type": "dcat:Dataset",
        "dct:identifier": f"{collectivity}-{page.rpartition('/')[2]}",
        **{name: words(text) for name, text in told.items()},
        "dct:publisher": _publisher(collectivity),
        "dct:license": {"@id": LICENCE},
        **_LIVE,
        **modified,
        "dct:accessRights": {"@id": f"{AUTHORITY}access-right/PUBLIC"},
        "dcat:theme": {"@id": f"{AUTHORITY}data-theme/GOVE"},
        "dcat:keyword": words(KEYWORDS),
        "dcat:landingPage": {"@id": page},
        "dcat:distribution": files,
    }


def _publisher(collectivity: str) -> dict[str, str]:
    return {"@type": "foaf:Agent", "foaf:name": collectivity}
