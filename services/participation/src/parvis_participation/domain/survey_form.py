# SPDX-License-Identifier: EUPL-1.2
"""What a survey asks: sections of questions, each asked of everybody or where earlier answers say so."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor, inf
from typing import Any, Final

from parvis_participation.domain.errors import FormError, FormFault

MOST_QUESTIONS: Final = 100


class QuestionKind(StrEnum):
    """What an answer looks like."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    MATRIX = "matrix"
    SCALE = "scale"
    RANKING = "ranking"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    POINT = "point"
    DRAWING = "drawing"
    FILE = "file"


OPEN: Final = frozenset({QuestionKind.TEXT, QuestionKind.POINT, QuestionKind.DRAWING, QuestionKind.FILE})
"""Kinds whose answers can tell who gave them: they are sealed, and no figure shows them."""
_CHOSEN: Final = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE})
_MEASURED: Final = frozenset({QuestionKind.SCALE, QuestionKind.NUMBER})


@dataclass(frozen=True, slots=True)
class Condition:
    """That an earlier answer is one of some options, or lies between two numbers, both included."""

    question: str
    any_of: frozenset[str] | None
    at_least: float
    at_most: float

    def holds(self, value: Any) -> bool:
        """Whether the answer to that question makes it true; no answer never does."""
        if value is None:
            return False
        if self.any_of is not None:
            return not self.any_of.isdisjoint([value] if isinstance(value, str) else value)
        return self.at_least <= float(value) <= self.at_most


@dataclass(frozen=True, slots=True)
class Question:
    """A question with all that decides whether it is asked; ``settings`` are those of its kind, as the API has them."""

    code: str
    kind: QuestionKind
    required: bool
    conditions: tuple[Condition, ...]
    settings: Mapping[str, Any]

    def codes(self, what: str = "options") -> tuple[str, ...]:
        """The codes of its options, or of a matrix's ``rows`` or ``columns``."""
        return tuple(each["code"] for each in self.settings.get(what) or ())

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the most that a scale or a number takes."""
        least, most = self.settings.get("minimum"), self.settings.get("maximum")
        return (-inf if least is None else least, inf if most is None else most)

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are taken."""
        return self.kind is QuestionKind.SCALE or bool(self.settings.get("whole"))


def questions_of(form: Mapping[str, Any]) -> tuple[Question, ...]:
    """The questions of a form, in their order; a section's conditions are those of each of its questions."""
    return tuple(
        _question(given, section.get("show_if") or []) for section in form["sections"] for given in section["questions"]
    )


def _question(given: Mapping[str, Any], of_section: list[Mapping[str, Any]]) -> Question:
    conditions = tuple(_condition(each) for each in (*of_section, *(given.get("show_if") or [])))
    return Question(given["code"], QuestionKind(given["kind"]), given["required"], conditions, given)


def _condition(given: Mapping[str, Any]) -> Condition:
    any_of, least, most = given.get("any_of"), given.get("at_least"), given.get("at_most")
    return Condition(
        given["question"],
        None if any_of is None else frozenset(any_of),
        -inf if least is None else least,
        inf if most is None else most,
    )


def check_form(form: Mapping[str, Any]) -> None:
    """Raise FormError with all that is wrong.

    That is: codes said twice, limits that contradict one another, quotas of what is not asked, references to what
    comes later or is not there, and
    questions that no answers lead to.
    """
    faults = [*_repeated(form), *_limits(form), *_references(form), *_quotas(form)]
    if faults:
        raise FormError(tuple(faults))


Path = tuple[str | int, ...]


def _places(form: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for s, section in enumerate(form["sections"]):
        for q, question in enumerate(section["questions"]):
            yield ("sections", s, "questions", q), question


def _repeated(form: Mapping[str, Any]) -> Iterator[FormFault]:
    seen: set[str] = set()
    for place, given in _places(form):
        if given["code"] in seen:
            yield FormFault((*place, "code"), "repeated-code")
        seen.add(given["code"])
        for part in ("options", "rows", "columns"):
            codes = [each["code"] for each in given.get(part) or ()]
            if len(set(codes)) != len(codes):
                yield FormFault((*place, part), "repeated-code")
    if sum(1 for _ in _places(form)) > MOST_QUESTIONS:
        yield FormFault(("sections",), "too-many-questions")


def _limits(form: Mapping[str, Any]) -> Iterator[FormFault]:
    for place, given in _places(form):
        for least, most in (("minimum", "maximum"), ("earliest_on", "latest_on"), ("at_least", "at_most")):
            low, high = given.get(least), given.get(most)
            if low is not None and high is not None and low > high:
                yield FormFault((*place, most), "limits-contradict")
        options = len(given.get("options") or ())
        if options and max(given.get("at_least") or 0, given.get("at_most") or 0) > options:
            yield FormFault((*place, "at_most"), "limits-contradict")
        west, south, east, north = given.get("within") or (0, 0, 0, 0)
        if west > east or south > north:
            yield FormFault((*place, "within"), "limits-contradict")


def _references(form: Mapping[str, Any]) -> Iterator[FormFault]:
    known: dict[str, Question] = {}
    later = {given["code"] for _, given in _places(form)}
    for s, section in enumerate(form["sections"]):
        above = section.get("show_if") or []
        faults = list(_wrong(("sections", s), above, known, later))
        yield from faults
        for q, given in enumerate(section["questions"]):
            place: Path = ("sections", s, "questions", q)
            own = list(_wrong(place, given.get("show_if") or [], known, later))
            yield from own
            question = _question(given, [] if faults or own else above)
            if not (faults or own) and _unreachable(question, known):
                yield FormFault((*place, "show_if"), "unreachable")
            known.setdefault(question.code, question)


def _wrong(
    place: Path, conditions: list[Mapping[str, Any]], known: Mapping[str, Question], later: set[str]
) -> Iterator[FormFault]:
    for number, given in enumerate(conditions):
        where: Path = (*place, "show_if", number)
        asked, condition = known.get(given["question"]), _condition(given)
        if asked is None:
            code = "refers-forward" if given["question"] in later else "unknown-question"
            yield FormFault((*where, "question"), code)
        elif asked.kind not in (_MEASURED if condition.any_of is None else _CHOSEN):
            yield FormFault((*where, "question"), "cannot-decide")
        elif condition.any_of is not None and not condition.any_of <= set(asked.codes()):
            yield FormFault((*where, "any_of"), "unknown-option")


def _unreachable(question: Question, known: Mapping[str, Question]) -> bool:
    """Whether no answers have this question asked: what it needs, and what those questions need, exclude each other."""
    needs: dict[str, list[Condition]] = {}
    wanted, seen = list(question.conditions), {question.code}
    while wanted:
        condition = wanted.pop()
        needs.setdefault(condition.question, []).append(condition)
        if condition.question in known and condition.question not in seen:
            seen.add(condition.question)
            wanted.extend(known[condition.question].conditions)
    return any(_excluded(known[code], conditions) for code, conditions in needs.items() if code in known)


def _excluded(asked: Question, conditions: list[Condition]) -> bool:
    if asked.kind in _MEASURED:
        low = max(asked.bounds[0], *(each.at_least for each in conditions))
        high = min(asked.bounds[1], *(each.at_most for each in conditions))
        if asked.whole and low > -inf and high < inf:
            return ceil(low) > floor(high)
        return low > high
    one_option = asked.kind is QuestionKind.SINGLE or asked.settings.get("at_most") == 1
    left = set(asked.codes())
    for each in conditions:
        left &= each.any_of or set()
    return one_option and not left


@dataclass(frozen=True, slots=True)
class Quota:
    """That at most so many people are wanted who give that answer about themselves."""

    question: str
    option: str
    most: int


def quotas_of(form: Mapping[str, Any]) -> tuple[Quota, ...]:
    """The quotas of a form, in an order that is the same for everybody."""
    given = [Quota(each["question"], each["option"], each["most"]) for each in form.get("quotas") or []]
    return tuple(sorted(given, key=lambda quota: (quota.question, quota.option)))


def check_files(questions: Iterable[Question]) -> None:
    """Raise FormError where some of these take files: an anonymous survey has none, as a file tells who made it."""
    files = [question.code for question in questions if question.kind is QuestionKind.FILE]
    if files:
        raise FormError(tuple(FormFault(("sections",), "files-by-name") for _ in files[:1]))


def _quotas(form: Mapping[str, Any]) -> Iterator[FormFault]:
    asked = {question.code: question for question in questions_of(form)}
    seen: set[tuple[str, str]] = set()
    for number, given in enumerate(form.get("quotas") or []):
        question = asked.get(given["question"])
        if question is None or question.kind is not QuestionKind.SINGLE:
            yield FormFault(("quotas", number, "question"), "no-criterion")
        elif given["option"] not in question.codes():
            yield FormFault(("quotas", number, "option"), "unknown-option")
        elif (given["question"], given["option"]) in seen:
            yield FormFault(("quotas", number, "option"), "repeated-code")
        seen.add((given["question"], given["option"]))
