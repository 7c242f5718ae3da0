# SPDX-License-Identifier: EUPL-1.2
"""Surveys as the API shows them, in the language of the caller."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from parvis_kit.locale import Language, Text
from parvis_participation.api.survey_schemas import (
    CriterionView,
    CrossedView,
    FigureView,
    QuestionFiguresView,
    QuestionView,
    SectionView,
    SurveyDraftView,
    SurveyHeadView,
    SurveyResultsView,
    SurveyView,
)
from parvis_participation.api.views import instant
from parvis_participation.db.survey_tables import Survey as Row
from parvis_participation.db.surveys import entity
from parvis_participation.domain.survey import Identification
from parvis_participation.domain.survey_figures import NONE, Cell
from parvis_participation.domain.survey_form import QuestionKind, Quota, questions_of

_NOTICES: Final = {
    Identification.NAMED: Text(
        fr="Enquête nominative : vos réponses sont conservées avec votre compte et les agents chargés de l'enquête"
        " peuvent les lire ; seuls des chiffres sont publiés.",
        en="Survey by name: your answers are kept with your account and the agents in charge of the survey can read"
        " them; only figures are published.",
    ),
    Identification.ANONYMOUS: Text(
        fr="Enquête anonyme : il est noté que vous avez répondu, à part de vos réponses, qui ne portent ni votre"
        " identité ni l'heure. Tant que l'enquête est ouverte, qui administre la base de données pourrait les"
        " rapprocher. N'écrivez rien dans les textes qui vous désigne.",
        en="Anonymous survey: it is noted that you have answered, apart from your answers, which carry neither your"
        " identity nor the time. While the survey is open, whoever administers the database could join the two."
        " Write nothing in the texts that tells who you are.",
    ),
}
_LINK_NOTICE: Final = Text(
    fr="Enquête anonyme : vos réponses ne portent ni votre identité ni l'heure. Avec un compte, il est noté à part que"
    " vous avez répondu, et tant que l'enquête est ouverte, qui administre la base de données pourrait les rapprocher ;"
    " avec le lien, rien n'est noté de vous, et rien n'empêche de répondre plusieurs fois : les chiffres le disent."
    " N'écrivez rien dans les textes qui vous désigne.",
    en="Anonymous survey: your answers carry neither your identity nor the time. With an account, it is noted apart"
    " from them that you have answered, and while the survey is open, whoever administers the database could join the"
    " two; with the link, nothing is noted of you, and nothing keeps anybody from answering several times: the figures"
    " say so. Write nothing in the texts that tells who you are.",
)
_NO_ANSWER: Final = Text(fr="Sans réponse", en="No answer")
_GIVEN: Final = Text(fr="Réponse donnée", en="Answered")


def head_view(row: Row, language: Language, now: datetime) -> SurveyHeadView:
    """A survey in a list."""
    return SurveyHeadView(**_head(row, language, now))


def survey_view(row: Row, full: Sequence[Quota], language: Language, now: datetime) -> SurveyView:
    """A survey with its questions, and of whom enough have answered."""
    sections = [_section(each, language) for each in row.form["sections"]]
    closed = [CriterionView(question=quota.question, option=quota.option) for quota in full]
    return SurveyView(**_head(row, language, now), sections=sections, full=closed)


def _head(row: Row, language: Language, now: datetime) -> dict[str, Any]:
    return {
        "id": row.id,
        "collectivity": row.collectivity,
        "title": row.title[language],
        "description": row.description[language],
        "state": entity(row).state(now),
        "identification": row.identification,
        "notice": _notice(row).in_language(language),
        "open_link": row.link_token is not None,
        "release": row.release,
        **_times(row),
        "results_published": row.figures is not None,
        "version": row.version,
    }


def _notice(row: Row) -> Text:
    return _NOTICES[Identification(row.identification)] if row.link_token is None else _LINK_NOTICE


def _times(row: Row) -> dict[str, datetime]:
    return {name: instant(getattr(row, name)) for name in ("opens_at", "closes_at", "paper_closes_at")}


def draft_view(row: Row, responses: int, now: datetime) -> SurveyDraftView:
    """A survey as agents prepare it."""
    names = ("id", "collectivity", "title", "description", "form", "identification", "link_token", "release", "version")
    own = {name: getattr(row, name) for name in names} | {"open_link": row.link_token is not None}
    return SurveyDraftView(**own, **_times(row), state=entity(row).state(now), responses=responses)


def _section(section: Mapping[str, Any], language: Language) -> SectionView:
    told = _told(section, language)
    return SectionView(**told | {"questions": [_question(each) for each in told["questions"]]})


def _question(told: dict[str, Any]) -> QuestionView:
    return QuestionView(**dict.fromkeys(QuestionView.model_fields) | told)


def _told(value: Any, language: Language) -> Any:
    """The same with each text in one language."""
    if isinstance(value, Mapping):
        if value.keys() == {"fr", "en"}:
            return value[language]
        return {name: _told(each, language) for name, each in value.items()}
    return [_told(each, language) for each in value] if isinstance(value, list) else value


def results_view(row: Row, figures: Mapping[str, Any], language: Language, now: datetime) -> SurveyResultsView:
    """The figures of all questions."""
    asked = {question.code: question.settings for question in questions_of(row.form)}
    told = [
        QuestionFiguresView(
            code=each["code"],
            kind=each["kind"],
            label=asked[each["code"]]["label"][language],
            figures=[_figure(Cell(**cell), asked[each["code"]], language) for cell in each["cells"]],
            mean=each["mean"],
        )
        for each in figures["questions"]
    ]
    return SurveyResultsView(
        survey_id=row.id,
        state=entity(row).state(now),
        responses=figures["responses"],
        # Figures of before surveys had links have no such member.
        by_link=figures.get("by_link", 0),
        threshold=figures["threshold"],
        questions=told,
    )


def crossed_view(
    row: Row, codes: tuple[str, str], cells: Sequence[Cell], threshold: int, language: Language
) -> CrossedView:
    """A question by another one."""
    question, by = codes
    asked = next(each.settings for each in questions_of(row.form) if each.code == question)
    told = [_figure(cell, asked, language) for cell in cells]
    return CrossedView(survey_id=row.id, question=question, by=by, threshold=threshold, figures=told)


def _figure(cell: Cell, question: Mapping[str, Any], language: Language) -> FigureView:
    part = "columns" if question["kind"] == QuestionKind.MATRIX else "options"
    labels = {each["code"]: each["label"][language] for each in question.get(part) or ()}
    if cell.code == NONE:
        label = _NO_ANSWER.in_language(language)
    else:
        label = labels.get(cell.code) or (_GIVEN.in_language(language) if cell.code == "given" else cell.code)
    return FigureView(row=cell.row, code=cell.code, label=label, count=cell.count)


def results_table(results: SurveyResultsView) -> str:
    """Published figures as lines of RFC 4180; a spreadsheet takes no cell for a formula."""
    lines = io.StringIO()
    table = csv.writer(lines)
    table.writerow(["question", "question_label", "row", "answer", "label", "count"])
    for question in results.questions:
        for cell in question.figures:
            count = "" if cell.count is None else cell.count
            told = [question.code, question.label, cell.row or "", cell.code, cell.label]
            table.writerow([*map(no_formula, told), count])
    return lines.getvalue()


def no_formula(text: str) -> str:
    """The text of a cell which no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
