# SPDX-License-Identifier: EUPL-1.2
"""Cases as their moderators, their authors and their reporters read them."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from parvis_kit.locale import Language
from parvis_participation.api.moderation_schemas import (
    AppealView,
    CaseSummaryView,
    CaseView,
    DecisionView,
    NotifierView,
    OwnCaseView,
    ReceivedReportView,
    ReportView,
)
from parvis_participation.api.views import instant
from parvis_participation.db.moderation import ref_of
from parvis_participation.db.moderation_tables import (
    ModerationAppeal,
    ModerationCase,
    ModerationDecision,
    ModerationReport,
)
from parvis_participation.domain.moderation import APPEAL_PERIOD
from parvis_participation.service.take_notice import Notifier

# Article 17, paragraph 3, point f; the administrative court, because the town is a public body.
_APPEAL: Final = {
    "fr": "Contester la décision auprès de la collectivité, sans frais, pendant six mois : un autre modérateur décide.",
    "en": "Contest the decision with the town, free of charge and for six months: another moderator decides.",
}
_ELSEWHERE: Final[dict[str, list[str]]] = {
    "fr": [
        "Saisir un organe de règlement extrajudiciaire des litiges (article 21 du règlement (UE) 2022/2065).",
        "Saisir le tribunal administratif.",
    ],
    "en": [
        "Turn to an out-of-court dispute settlement body (article 21 of regulation (EU) 2022/2065).",
        "Bring the matter before the administrative court.",
    ],
}


def report_view(row: ModerationReport) -> ReportView:
    """The receipt of a report."""
    return ReportView(id=row.id, category=row.category, created_at=instant(row.created_at))


def decision_view(row: ModerationDecision, language: Language) -> DecisionView:
    """A decision; the second one cannot be contested with the town again."""
    return DecisionView(
        round=row.round,
        outcome=row.outcome,
        ground=row.ground,
        provision=None if row.provision is None else row.provision[language],
        facts=row.facts[language],
        automated=False,
        redress=[_APPEAL[language], *_ELSEWHERE[language]] if row.round == 1 else _ELSEWHERE[language],
        decided_at=instant(row.created_at),
    )


def summary_view(row: ModerationCase) -> CaseSummaryView:
    """A case in a list."""
    ref = ref_of(row)
    return CaseSummaryView(
        id=row.id,
        kind=ref.kind,
        content_id=ref.id,
        state=row.state,
        outcome=row.outcome,
        created_at=instant(row.created_at),
        version=row.version,
    )


def case_view(
    row: ModerationCase,
    text: str | None,
    author: str | None,
    reports: Sequence[ModerationReport],
    notifiers: Mapping[UUID, Notifier],
    decisions: Sequence[ModerationDecision],
    appeal: ModerationAppeal | None,
    language: Language,
) -> CaseView:
    """A case whole."""
    return CaseView(
        **summary_view(row).model_dump(),
        author=author,
        snapshot=row.snapshot,
        text=text,
        reports=[
            ReceivedReportView(
                category=r.category,
                explanation=r.explanation,
                created_at=instant(r.created_at),
                notifier=None
                if (who := notifiers.get(r.person)) is None
                else NotifierView(name=who.name, email=who.email),
            )
            for r in reports
        ],
        decisions=[decision_view(each, language) for each in decisions],
        appeal=appeal and AppealView(explanation=appeal.explanation, created_at=instant(appeal.created_at)),
    )


def own_case_view(
    row: ModerationCase, decisions: Sequence[ModerationDecision], language: Language, *, mine: bool
) -> OwnCaseView:
    """A case as its author or a reporter reads it."""
    first, ref = next(each for each in decisions if each.round == 1), ref_of(row)
    return OwnCaseView(
        id=row.id,
        kind=ref.kind,
        content_id=ref.id,
        mine=mine,
        snapshot=row.snapshot,
        state=row.state,
        decisions=[decision_view(each, language) for each in decisions],
        contest_before=instant(first.created_at + APPEAL_PERIOD),
    )
