# SPDX-License-Identifier: EUPL-1.2
"""The questions that a type's author has declared agents may filter by, beyond those of a closed set.

What tells of a person is found by its exact value alone, through a blind index. Only of what does not, a key is kept in
clear beside the sealed answers: it is what ranges and beginnings are found by.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

MAX_FILTERS: Final = 8
MAX_KEYS: Final = 32
MAX_TEXT: Final = 100
# Beyond, neighbours of a double are no longer told apart by their hundredths.
_LARGEST: Final = 10**13
_NUMBER: Final = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,6})?")


class FilterKind(StrEnum):
    """As what the answers to a question are compared."""

    NUMBER = "number"
    DATE = "date"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class AnswerFilter:
    """A question, named ``outer.inner`` where it is nested; ``personal`` where its answer tells of a person."""

    question: str
    kind: FilterKind
    personal: bool


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """One answer as it is kept in clear: a number, a day, or folded words."""

    question: str
    number: float | None = None
    day: date | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerRange:
    """What an answer must be: no less and no more than this, or begin so. Bounds are included."""

    question: str
    kind: FilterKind
    least: float | date | None = None
    most: float | date | None = None
    start: str | None = None


def folded(text: str) -> str:
    """Words as they are compared: without accents and case, one space between them, at most a hundred characters."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in parts if not unicodedata.combining(c)).casefold()
    return " ".join(plain.split())[:MAX_TEXT].rstrip()


def plain_number(text: str) -> str | None:
    """The one way to write that number: ``3.50`` and ``3.5``, ``3.0`` and ``3`` are the same; None where it is none."""
    if not _NUMBER.fullmatch(text):
        return None
    written = format(Decimal(text).normalize(), "f")
    return "0" if written == "-0" else written


def bound(text: str) -> float | date | None:
    """A bound of a range: a number, or a day as RFC 3339 writes it; None where it is neither."""
    if _NUMBER.fullmatch(text):
        return float(text)
    try:
        return date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None


def ranges_of(
    least: Sequence[tuple[str, str]], most: Sequence[tuple[str, str]], starts: Sequence[tuple[str, str]]
) -> tuple[AnswerRange, ...]:
    """What pairs of a question and a text ask for; what is said twice of a question holds twice."""
    lower, upper = _narrowed(least, max), _narrowed(most, min)
    between = [AnswerRange(*of, lower.get(of), upper.get(of)) for of in dict.fromkeys([*lower, *upper])]
    return (*between, *(AnswerRange(question, FilterKind.TEXT, start=folded(text)) for question, text in starts))


def _narrowed(
    pairs: Sequence[tuple[str, str]], narrower: Callable[[Any, Any], Any]
) -> dict[tuple[str, FilterKind], Any]:
    found: dict[tuple[str, FilterKind], Any] = {}
    for question, text in pairs:
        value = bound(text)
        of = (question, FilterKind.DATE if isinstance(value, date) else FilterKind.NUMBER)
        found[of] = narrower(found[of], value) if of in found else value
    return found


def declared_since(own: Sequence[AnswerFilter], latest: Sequence[AnswerFilter]) -> tuple[AnswerFilter, ...]:
    """The filters of a request that was filed under ``own``, once its type declares the ``latest``, too.

    What either calls personal is: nobody has been asked again whether their answer may be kept in clear.
    """
    personal = {each.question for each in (*own, *latest) if each.personal}
    named = {each.question: each for each in (*own, *latest)}
    return tuple(replace(each, personal=each.question in personal) for each in named.values())


def answer_keys(filters: tuple[AnswerFilter, ...], answers: Mapping[str, Any]) -> list[AnswerKey]:
    """What is kept in clear of these answers: of declared questions that tell of nobody, at most 32."""
    keys = [
        key
        for declared in filters
        if not declared.personal
        for answer in _at(answers, declared.question.split("."))
        if (key := _key(declared, answer))
    ]
    return list(dict.fromkeys(keys))[:MAX_KEYS]


def exact_answers(filters: tuple[AnswerFilter, ...], answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Question and answer, as text, of all that is found by its exact value, personal or not; at most 32."""
    found = [
        (declared.question, text)
        for declared in filters
        for answer in _at(answers, declared.question.split("."))
        if (text := _exact(declared.kind, answer)) is not None
    ]
    return list(dict.fromkeys(found))[:MAX_KEYS]


def _key(declared: AnswerFilter, answer: Any) -> AnswerKey | None:
    match declared.kind:
        case FilterKind.NUMBER if _is_number(answer):
            return AnswerKey(declared.question, number=float(answer))
        case FilterKind.DATE if isinstance(answer, str) and isinstance(day := bound(answer), date):
            return AnswerKey(declared.question, day=day)
        case FilterKind.TEXT if isinstance(answer, str):
            return AnswerKey(declared.question, words=folded(answer))
    return None


def _exact(kind: FilterKind, answer: Any) -> str | None:
    if kind is FilterKind.NUMBER:
        return plain_number(format(Decimal(str(answer)), "f")) if _is_number(answer) else None
    if not isinstance(answer, str):
        return None
    return folded(answer) if kind is FilterKind.TEXT else answer


def _is_number(answer: Any) -> bool:
    return isinstance(answer, int | float) and not isinstance(answer, bool) and abs(answer) < _LARGEST


def _at(answer: Any, path: list[str]) -> Iterator[Any]:
    # Of a list, each item counts.
    if isinstance(answer, list):
        for item in answer:
            yield from _at(item, path)
    elif not path:
        yield answer
    elif isinstance(answer, Mapping) and path[0] in answer:
        yield from _at(answer[path[0]], path[1:])
