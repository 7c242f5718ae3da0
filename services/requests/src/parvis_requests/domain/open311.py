# SPDX-License-Identifier: EUPL-1.2
"""Open311 GeoReport v2: the questions of a form as its attributes, and what is told of a request.

Source: the specification of GeoReport v2 and its extensions, http://wiki.open311.org/GeoReport_v2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from parvis_requests.domain.errors import RequestError
from parvis_requests.domain.workflow import Told, Workflow

_YES_NO: Final = (("true", {"fr": "Oui", "en": "Yes"}), ("false", {"fr": "Non", "en": "No"}))
_LONG_TEXT: Final = 200
INVALID, FORBIDDEN, UNKNOWN = 400, 403, 404
# The states of mySociety's ``servicerequestupdates``; a client posts them in capitals.
STATUSES: Final = frozenset(
    {
        "open", "closed", "fixed", "in_progress", "planned", "action_scheduled", "investigating", "duplicate",
        "not_councils_responsibility", "no_further_action", "internal_referral", "cancelled", "reopen", "for_triage",
        "unchanged",
    }
)  # fmt: skip


class Open311Error(RequestError):
    """What a client of Open311 did wrong; ``code`` is the HTTP status, as the specification wants."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


@dataclass(frozen=True, slots=True)
class Attribute:
    """A question of a service; ``values`` are key and name of a closed list."""

    code: str
    datatype: str
    required: bool
    description: str
    values: Sequence[tuple[str, str]] = ()


def attributes(schema: Mapping[str, Any], language: str) -> list[Attribute]:
    """The attributes of a form, in the order of its questions; a question with parts of its own has none."""
    required = schema.get("required", ())
    found = []
    for code, question in schema.get("properties", {}).items():
        datatype = _datatype(question)
        if datatype is not None:
            description = str(question.get("title", code))
            found.append(Attribute(code, datatype, code in required, description, _values(question, language)))
    return found


def can_be_filed(schema: Mapping[str, Any]) -> bool:
    """Whether every required question is one that Open311 can ask."""
    asked = {attribute.code for attribute in attributes(schema, "fr")}
    return set(schema.get("required", ())) <= asked


def answers_of(schema: Mapping[str, Any], given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The answers that attributes of a POST mean; a blank one is an absent one.

    Raises Open311Error for an attribute that the service has not, or whose text is no value of its kind.
    """
    properties = schema.get("properties", {})
    answers: dict[str, Any] = {}
    for code, texts in given.items():
        values = [text.strip() for text in texts if text.strip()]
        question = properties.get(code)
        if question is None or _datatype(question) is None:
            raise Open311Error(INVALID, f"attribute[{code}]: this service has no such attribute")
        if not values:
            continue
        if question.get("type") == "array":
            answers[code] = [_answer(question.get("items", {}), code, value) for value in values]
        elif len(values) > 1:
            raise Open311Error(INVALID, f"attribute[{code}]: one value is expected")
        else:
            answers[code] = _answer(question, code, values[0])
    return answers


def told_answers(schema: Mapping[str, Any], answers: Mapping[str, Any], language: str) -> list[dict[str, str]]:
    """The answers as ``extensions`` tell them: label of the question, name and key of each value."""
    told = []
    for attribute in attributes(schema, language):
        names = dict(attribute.values)
        given = answers.get(attribute.code)
        for value in given if isinstance(given, list) else [] if given is None else [given]:
            key = str(value).lower() if isinstance(value, bool) else str(value)
            told.append(
                {"code": attribute.code, "label": attribute.description, "name": names.get(key, key), "value": key}
            )
    return told


def update_status(workflow: Workflow, status: str, *, duplicate: bool, withdrawn: bool) -> str:
    """The state to which an act led, in the words of mySociety's ``servicerequestupdates``.

    ``duplicate`` is a request that goes along with another one, ``withdrawn`` an act by which its author ended it.
    """
    state = workflow.state(status)
    if state is not None and state.final:
        resolves = any(t.target == status and t.told is Told.RESOLVED for t in workflow.transitions)
        return "cancelled" if withdrawn else "fixed" if resolves else "closed"
    if duplicate:
        return "duplicate"
    return "open" if status == workflow.initial else "in_progress"


def w3c_instant(at: datetime) -> str:
    """W3C date-time in UTC, in whole seconds: clients refuse fractions."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _datatype(question: Mapping[str, Any]) -> str | None:
    kind = question.get("type")
    if kind == "array":
        return "multivaluelist" if _choices(question.get("items", {})) else None
    if kind == "boolean" or _choices(question):
        return "singlevaluelist"
    if kind in {"integer", "number"}:
        return "number"
    if kind != "string":
        return None
    if question.get("format") in {"date", "date-time"}:
        return "datetime"
    return "text" if question.get("maxLength", _LONG_TEXT + 1) > _LONG_TEXT else "string"


def _choices(question: Mapping[str, Any]) -> list[tuple[Any, str]]:
    listed = [(value, str(value)) for value in question.get("enum", ())]
    named = [(c["const"], str(c.get("title", c["const"]))) for c in question.get("oneOf", ()) if "const" in c]
    return listed or named


def _values(question: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    if question.get("type") == "boolean":
        return [(key, names[language]) for key, names in _YES_NO]
    asked = question.get("items", {}) if question.get("type") == "array" else question
    return [(str(value), name) for value, name in _choices(asked)]


def _answer(question: Mapping[str, Any], code: str, text: str) -> Any:
    for value, _ in _choices(question):
        if str(value) == text:
            return value
    try:
        match question.get("type"):
            case "boolean":
                return {"true": True, "false": False}[text.lower()]
            case "integer":
                return int(text)
            case "number":
                return float(text)
            case "string" if question.get("format") == "date":
                return datetime.fromisoformat(text).date().isoformat()
    except (KeyError, ValueError) as error:
        raise Open311Error(INVALID, f"attribute[{code}]: not a value of this attribute") from error
    return text
