# SPDX-License-Identifier: EUPL-1.2
"""Counted polls, published surveys and closed consultations as open data: DCAT 3 (W3C), in JSON-LD."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from parvis_kit.messaging.events import instant
from parvis_participation.db.survey_tables import Survey
from parvis_participation.db.tables import Consultation, Poll
from parvis_participation.domain.errors import NotCountedError
from parvis_participation.service.budget_dataset import BALLOTS, POLL_FILES, dataset_of, distribution
from parvis_participation.service.poll_files import PollFile

_RESULT = {"fr": "Résultat", "en": "Result"}
_FIGURES = {"fr": "Chiffres, sans les petits nombres", "en": "Figures, without small numbers"}


def poll_dataset(row: Poll, public_url: str) -> dict[str, Any]:
    """The description, whose addresses begin with ``public_url``; raises NotCountedError before the count."""
    if row.counted_at is None:
        raise NotCountedError
    page = f"{public_url}/v1/collectivities/{row.collectivity}/polls/{row.id}"
    told = [distribution(f"{page}/files/{file}", *of) for file, of in POLL_FILES.items()]
    told.append(distribution(f"{page}/files/{PollFile.RESULT}", "text/csv", _RESULT))
    for money in row.budgets:
        asked = "" if money["area"] is None else "?" + urlencode({"area": money["area"]})
        told.append(distribution(f"{page}/files/{PollFile.BALLOTS}{asked}", "text/plain", BALLOTS))
    return dataset_of(page, row, instant(row.counted_at), (row.opens_at, row.closes_at), told)


def result_dataset(
    kind: str, row: Consultation | Survey, issued: datetime, title: dict[str, str], public_url: str
) -> dict[str, Any]:
    """That of what has its result as JSON and as a table, under ``kind``, the plural of its paths."""
    page = f"{public_url}/v1/collectivities/{row.collectivity}/{kind}/{row.id}"
    told = [
        distribution(f"{page}/results", "application/json", title),
        distribution(f"{page}/results-csv", "text/csv", title),
    ]
    return dataset_of(page, row, instant(issued), (row.opens_at, row.closes_at), told)


def survey_dataset(row: Survey, issued: datetime, public_url: str) -> dict[str, Any]:
    """That of a survey whose figures are public."""
    return result_dataset("surveys", row, issued, _FIGURES, public_url)


def consultation_dataset(row: Consultation, public_url: str) -> dict[str, Any]:
    """That of a closed consultation."""
    return result_dataset("consultations", row, row.closes_at, _RESULT, public_url)
