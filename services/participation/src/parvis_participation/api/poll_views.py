# SPDX-License-Identifier: EUPL-1.2
"""Polls as the API shows them."""

from datetime import datetime

from parvis_kit.locale import Language
from parvis_participation.api.eligibility_schemas import EligibilityRules, EntitledView
from parvis_participation.api.poll_schemas import (
    AreaBudget,
    BallotLimits,
    CountingBoard,
    CountingMethod,
    PollOptionView,
    PollResultsView,
    PollView,
    RootView,
)
from parvis_participation.api.result_views import area_results
from parvis_participation.api.views import instant
from parvis_participation.db.polls import entity
from parvis_participation.db.tables import Poll as Row
from parvis_participation.db.tables import PollRoot
from parvis_participation.domain.errors import NotCountedError
from parvis_participation.domain.paper import paper_size
from parvis_participation.domain.retention import retention_ends_at
from parvis_participation.service.publish_poll import digest
from parvis_participation.service.seals import Seals


def poll_view(row: Row, root: PollRoot | None, seals: Seals, language: Language, now: datetime) -> PollView:
    """A poll."""
    return PollView(
        id=row.id,
        collectivity=row.collectivity,
        title=row.title[language],
        description=row.description[language],
        options=[PollOptionView(**option | {"label": option["label"][language]}) for option in row.options],
        budgets=[AreaBudget(**budget) for budget in row.budgets],
        ballot=BallotLimits(**row.rules),
        method=CountingMethod(**row.method),
        board=CountingBoard(key=row.board_key.hex(), members=row.board_members, threshold=row.board_threshold),
        eligibility=EligibilityRules(**row.eligibility or {}),
        entitled=None if row.entitled is None else EntitledView(**row.entitled),
        state=entity(row).state(now),
        opens_at=instant(row.opens_at),
        closes_at=instant(row.closes_at),
        announced_close_at=instant(row.announced_close_at) if row.announced_close_at else None,
        digest=digest(row).hex(),
        paper_bytes=paper_size(row.rules["most"]),
        signing_key=seals.public_key.hex(),
        root=None if root is None else RootView(size=root.size, root=root.root.hex(), signature=root.signature.hex()),
        retention_ends_at=instant(
            retention_ends_at(row.counted_at or row.cancelled_at or row.closes_at, row.retention_days)
        ),
        of_budget=row.of_budget,
        version=row.version,
    )


def poll_results_view(row: Row, language: Language) -> PollResultsView:
    """The result, explained; raises NotCountedError where there is none."""
    record = row.record
    if record is None:
        raise NotCountedError
    return PollResultsView(
        poll_id=row.id,
        voters=record["roll"],
        spoiled=record["spoiled"],
        results=area_results(record, row.options, language),
    )
