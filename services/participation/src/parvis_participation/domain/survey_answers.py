# SPDX-License-Identifier: EUPL-1.2
"""What people answer in a survey, held against its form."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from math import isfinite
from typing import Any, Final
from uuid import UUID

from parvis_participation.domain.errors import AnswersError, FormFault
from parvis_participation.domain.survey_form import OPEN, Question, QuestionKind

MOST_POSITIONS: Final = 200
"""How many positions a drawing has at most."""
_RING: Final = 4
_LINE: Final = 2

Answers = Mapping[str, Any]
"""Values by the codes of the questions: a code, a list of codes, a mapping of row to column, a number, a text, an ISO
8601 date, a GeoJSON geometry (RFC 7946), or the ids of files that were sent before."""


def check_answers(questions: Sequence[Question], answers: Answers) -> None:
    """Raise AnswersError with all that is wrong.

    Every question that is asked has a proper answer, or may be left out; nothing else is answered.
    """
    faults = list(_faults(questions, answers))
    if faults:
        raise AnswersError(tuple(faults))


def check_draft(questions: Sequence[Question], answers: Answers) -> None:
    """Raise AnswersError where a draft answers a question that the survey has not; the rest is not finished yet."""
    unknown = answers.keys() - {question.code for question in questions}
    if unknown:
        raise AnswersError(tuple(FormFault(("answers", code), "unknown-question") for code in sorted(unknown)))


def closed_part(questions: Sequence[Question], answers: Answers) -> dict[str, Any]:
    """The answers that figures are made of; of the open ones only that they were given, as True."""
    return {q.code: _closed(q, answers[q.code]) for q in questions if answers.get(q.code) is not None}


def _closed(question: Question, value: Any) -> Any:
    if question.kind in OPEN:
        return True
    return int(value) if question.whole else value


def open_part(questions: Sequence[Question], answers: Answers) -> dict[str, Any]:
    """The answers that can tell who gave them: texts, points and drawings."""
    return {q.code: answers[q.code] for q in questions if q.kind in OPEN and answers.get(q.code) is not None}


def files_of(questions: Sequence[Question], answers: Answers) -> dict[str, str]:
    """The ids of all files that are answers, with the codes of their questions."""
    asked = [question.code for question in questions if question.kind is QuestionKind.FILE]
    return {each: code for code in asked for each in answers.get(code) or ()}


def on_paper(questions: Sequence[Question]) -> list[Question]:
    """The questions that a sheet of paper can answer."""
    return [question for question in questions if question.kind is not QuestionKind.FILE]


def _faults(questions: Sequence[Question], answers: Answers) -> Iterator[FormFault]:
    asked: dict[str, Any] = {}
    codes = {question.code for question in questions}
    for code in answers.keys() - codes:
        yield FormFault(("answers", code), "unknown-question")
    for question in questions:
        value = answers.get(question.code)
        if not all(condition.holds(asked.get(condition.question)) for condition in question.conditions):
            if value is not None:
                yield FormFault(("answers", question.code), "not-asked")
            continue
        if value is None:
            if question.required:
                yield FormFault(("answers", question.code), "missing")
            continue
        fault = _CHECKS[question.kind](question, value)
        if fault:
            yield FormFault(("answers", question.code), fault)
        else:
            asked[question.code] = value


def _single(question: Question, value: Any) -> str | None:
    if not isinstance(value, str):
        return "wrong-form"
    return None if value in question.codes() else "unknown-option"


def _several(question: Question, value: Any) -> str | None:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        return "wrong-form"
    if not set(value) <= set(question.codes()):
        return "unknown-option"
    if len(set(value)) != len(value):
        return "repeated-option"
    least, most = question.settings.get("at_least") or 1, question.settings.get("at_most") or len(question.codes())
    return None if least <= len(value) <= most else "number-of-options"


def _matrix(question: Question, value: Any) -> str | None:
    if not isinstance(value, dict) or not value:
        return "wrong-form"
    rows, columns = set(question.codes("rows")), set(question.codes("columns"))
    if not (set(value) <= rows and all(isinstance(each, str) and each in columns for each in value.values())):
        return "unknown-option"
    return "missing" if question.required and set(value) != rows else None


def _number(question: Question, value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return "wrong-form"
    if question.whole and value != int(value):
        return "not-whole"
    least, most = question.bounds
    return None if least <= value <= most else "out-of-bounds"


def _text(question: Question, value: Any) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return "wrong-form"
    return None if len(value) <= question.settings["longest"] else "too-long"


def _date(question: Question, value: Any) -> str | None:
    try:
        given = date.fromisoformat(value) if isinstance(value, str) and len(value) == len("2027-01-31") else None
    except ValueError:
        given = None
    if given is None:
        return "wrong-form"
    early, late = question.settings.get("earliest_on") or value, question.settings.get("latest_on") or value
    return None if early <= value <= late else "out-of-bounds"


def _point(question: Question, value: Any) -> str | None:
    if not isinstance(value, dict) or value.get("type") != "Point":
        return "wrong-form"
    return _outside(question, [value["coordinates"]])


def _drawing(question: Question, value: Any) -> str | None:
    if not isinstance(value, dict) or value.get("type") not in {"LineString", "Polygon"}:
        return "wrong-form"
    line = value["coordinates"]
    if value["type"] == "Polygon":
        # One ring, closed (RFC 7946 section 3.1.6).
        if len(line) != 1 or len(line[0]) < _RING or line[0][0] != line[0][-1]:
            return "wrong-form"
        line = line[0]
    if not _LINE <= len(line) <= MOST_POSITIONS:
        return "wrong-form"
    return _outside(question, line)


def _file(question: Question, value: Any) -> str | None:
    if not isinstance(value, list) or not value or not all(map(_is_file_id, value)):
        return "wrong-form"
    if len(set(value)) != len(value):
        return "repeated-option"
    return None if len(value) <= question.settings["at_most"] else "too-many-files"


def _is_file_id(value: Any) -> bool:
    """Whether it is an id as it was told: written otherwise, one file would be two."""
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False


def _outside(question: Question, positions: Sequence[Sequence[float]]) -> str | None:
    west, south, east, north = question.settings.get("within") or (-180, -90, 180, 90)
    inside = all(west <= longitude <= east and south <= latitude <= north for longitude, latitude in positions)
    return None if inside else "out-of-bounds"


_CHECKS: Final = {
    QuestionKind.SINGLE: _single,
    QuestionKind.MULTIPLE: _several,
    QuestionKind.MATRIX: _matrix,
    QuestionKind.SCALE: _number,
    QuestionKind.RANKING: _several,
    QuestionKind.TEXT: _text,
    QuestionKind.NUMBER: _number,
    QuestionKind.DATE: _date,
    QuestionKind.POINT: _point,
    QuestionKind.DRAWING: _drawing,
    QuestionKind.FILE: _file,
}
