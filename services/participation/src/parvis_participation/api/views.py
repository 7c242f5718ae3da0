# SPDX-License-Identifier: EUPL-1.2
"""Rows as the API shows them, in the language of the caller."""

from datetime import UTC, datetime

from parvis_kit.locale import Language
from parvis_participation.api.schemas import AnswerView, ConsultationView, CountView, OptionView, ResultsView
from parvis_participation.db.consultations import entity
from parvis_participation.db.hot import NewAnswer
from parvis_participation.db.tables import Consultation as Row
from parvis_participation.domain.retention import retention_ends_at


def instant(at: datetime) -> datetime:
    """The instant as the API writes it: UTC, to the millisecond."""
    at = at.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1_000 * 1_000)


def consultation_view(row: Row, language: Language, now: datetime) -> ConsultationView:
    """A consultation."""
    return ConsultationView(
        id=row.id,
        collectivity=row.collectivity,
        title=row.title[language],
        description=row.description[language],
        question=row.question[language],
        options=[OptionView(code=option["code"], label=option["label"][language]) for option in row.options],
        state=entity(row).state(now),
        opens_at=instant(row.opens_at),
        closes_at=instant(row.closes_at),
        announced_close_at=instant(row.announced_close_at) if row.announced_close_at else None,
        change_reason=row.change_reason[language] if row.change_reason else None,
        retention_ends_at=instant(retention_ends_at(row.closes_at, row.retention_days)),
        version=row.version,
    )


def answer_view(new: NewAnswer) -> AnswerView:
    """The receipt of an answer."""
    return AnswerView(id=new.id, consultation_id=new.consultation_id, answered_at=instant(new.at))


def results_view(row: Row, counts: dict[str, int], language: Language, now: datetime) -> ResultsView:
    """The counts, in the order of the options, those that nobody chose included."""
    return ResultsView(
        consultation_id=row.id,
        state=entity(row).state(now),
        total=sum(counts.values()),
        counts=[
            CountView(code=option["code"], label=option["label"][language], count=counts.get(option["code"], 0))
            for option in row.options
        ],
    )
