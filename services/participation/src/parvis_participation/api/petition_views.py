# SPDX-License-Identifier: EUPL-1.2
"""Petitions as the API shows them, in the language of the caller."""

from parvis_kit.locale import Language
from parvis_participation.api.petition_schemas import PetitionView, ThresholdView
from parvis_participation.api.views import instant
from parvis_participation.db.petitions import Signed
from parvis_participation.domain.petition import PetitionSort, PetitionState
from parvis_participation.service.pseudonyms import Pseudonyms


def sort_bound(sort: PetitionSort) -> list[str]:
    """What a cursor is bound to beside the filters of its list; nothing where it is sorted as lists ever were."""
    return [] if sort is PetitionSort.NEWEST else [sort]


def petition_view(found: Signed, pseudonyms: Pseudonyms, language: Language) -> PetitionView:
    """A petition with its signatures."""
    row = found.row
    shown = row.state != PetitionState.REMOVED
    thresholds = [
        ThresholdView(
            signatures=each["signatures"],
            commitment=each["commitment"][language],
            answer_days=each["answer_days"],
            reached=number < row.reached,
        )
        for number, each in enumerate(row.thresholds)
    ]
    return PetitionView(
        id=row.id,
        collectivity=row.collectivity,
        author=pseudonyms.of(row.collectivity, row.person),
        state=row.state,
        title=row.title if shown else None,
        description=row.description if shown else None,
        reasons=row.reasons and row.reasons[language],
        verified=row.verified,
        thresholds=thresholds,
        signatures=found.signatures,
        closes_at=row.closes_at and instant(row.closes_at),
        answer_due_on=row.answer_due_on,
        answer=row.answer and row.answer[language],
        answered_at=row.answered_at and instant(row.answered_at),
        created_at=instant(row.created_at),
        version=row.version,
    )
