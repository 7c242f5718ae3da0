# SPDX-License-Identifier: EUPL-1.2
"""What a message template is made of, and what is wrong with one."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from parvis_notifications.domain.languages import REFERENCE, nearest, printable
from parvis_notifications.domain.placeholders import YES, Filling, key_of, malformed, parts, placeholders
from parvis_notifications.domain.sms import LONGEST_SEGMENTS, length, plainer
from parvis_notifications.domain.topic import Channel
from parvis_notifications.domain.voice import LONGEST_SECONDS, seconds, spoken

LONGEST_FILLED: Final = 262_144
"""Characters that a part may have when it is filled in; more is refused before it is made."""
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}([.,][0-9]{1,6})?")
_WEB: Final = re.compile(r"https?://[^\s\"<>]{1,2000}")
_NO: Final = frozenset({"", "no", "n", "false", "f", "0", "hide", "non", "faux"})


class VariableType(StrEnum):
    """What the values of a variable look like."""

    TEXT = "text"
    DATE = "date"
    """ISO 8601, ``2026-12-08``; written out in the language of the message."""
    NUMBER = "number"
    URL = "url"
    YES_NO = "yes-no"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Variable:
    """What a template is filled in with; a message without a value for one that is ``required`` is refused."""

    name: str
    type: VariableType
    required: bool
    example: str | list[str]

    @property
    def key(self) -> str:
        """Its name as names are compared."""
        return key_of(self.name)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language: Markdown in ``body``, of which every other variant is made; plain text elsewhere.

    ``sms`` and ``voice``, where given, stand in place of what would be made of the body.
    """

    subject: str
    body: str
    sms: str | None = None
    voice: str | None = None

    def parts(self) -> dict[str, str]:
        """The parts that there are, by their names."""
        every = {"subject": self.subject, "body": self.body, "sms": self.sms, "voice": self.voice}
        return {name: source for name, source in every.items() if source is not None}


@dataclass(frozen=True, slots=True)
class Content:
    """A version of a template: by which channels it may go, its variables, and its words by BCP 47 language."""

    channels: tuple[Channel, ...]
    variables: tuple[Variable, ...]
    texts: Mapping[str, Wording]

    def language_for(self, wanted: str) -> str:
        """The language that it has nearest to the wanted one."""
        found = nearest(wanted, self.texts)
        return found if found in self.texts else next(iter(self.texts))


@dataclass(frozen=True, slots=True)
class Fault:
    """What must be mended: where (RFC 6901), a stable code, and the name that it is about, if it is about one."""

    pointer: str
    code: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class OfOccasion:
    """What a message of the service's own is filled in with: ``known`` variables, and those that the law has said."""

    known: frozenset[str]
    mandatory: frozenset[str] = field(default=frozenset())


def faults(content: Content, occasion: OfOccasion | None = None) -> list[Fault]:
    """What must be mended before the template may be kept; an occasion of the service's own sets the variables."""
    found = []
    if REFERENCE not in content.texts:
        found.append(Fault("/texts", "french-missing"))
    if occasion is None:
        found += _of_variables(content.variables)
        known = {each.key for each in content.variables}
    else:
        found += [Fault("/variables", "variables-are-set")] if content.variables else []
        known = set(occasion.known)
    for language, wording in content.texts.items():
        place = f"/texts/{language}"
        found += _of_wording(place, wording, content.channels, known)
        found += _of_speech(place, language, wording) if Channel.VOICE in content.channels else []
        used = {each.key for source in wording.parts().values() for each in placeholders(source)}
        if occasion is None:
            found += [Fault(place, "unused-variable", v.name) for v in content.variables if v.key not in used]
        else:
            found += _of_law(place, wording, occasion.mandatory)
    return found


def _of_variables(variables: Iterable[Variable]) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, variable in enumerate(variables):
        if variable.key in seen:
            yield Fault(f"/variables/{index}/name", "repeated-variable", variable.name)
        seen.add(variable.key)
        if not fits(variable, variable.example):
            yield Fault(f"/variables/{index}/sample", "example-of-another-type", variable.name)


def _of_wording(place: str, wording: Wording, channels: Collection[Channel], known: set[str]) -> Iterator[Fault]:
    if {Channel.EMAIL, Channel.LETTER} & {*channels} and not wording.subject.strip():
        yield Fault(f"{place}/subject", "subject-missing")
    if Channel.LETTER in channels:
        printed = {"subject": wording.subject, "body": wording.body}
        yield from (Fault(f"{place}/{part}", "script-not-printed") for part in printed if not printable(printed[part]))
    for part, source in wording.parts().items():
        if malformed(source):
            yield Fault(f"{place}/{part}", "malformed-placeholder")
        for name in dict.fromkeys(each.name for each in placeholders(source) if each.key not in known):
            yield Fault(f"{place}/{part}", "undeclared-variable", name)
    if wording.sms is not None and length(plainer(wording.sms)).segments > LONGEST_SEGMENTS:
        yield Fault(f"{place}/sms", "too-many-segments")


def _of_speech(place: str, language: str, wording: Wording) -> Iterator[Fault]:
    if not spoken(language):
        yield Fault(place, "language-not-spoken")
    # Whatever it is filled in with; what the body makes is cut, or refused once it is filled in.
    written = (part for part in parts(wording.voice or "") if isinstance(part, str))
    if seconds("".join(written)) > LONGEST_SECONDS:
        yield Fault(f"{place}/voice", "too-long-to-say")


def _of_law(place: str, wording: Wording, mandatory: Iterable[str]) -> Iterator[Fault]:
    # A condition does not say them, and neither does another part than the one that everybody gets.
    said = {each.key for each in placeholders(wording.body) if each.text is None}
    yield from (Fault(f"{place}/body", "mandatory-variable", name) for name in sorted(mandatory) if name not in said)
    if wording.sms is not None:
        yield Fault(f"{place}/sms", "not-of-this-message")


def fits(variable: Variable, value: str | list[str]) -> bool:
    """Whether that is a value of the variable's type."""
    if isinstance(value, list) or variable.type is VariableType.LIST:
        return isinstance(value, list) and variable.type is VariableType.LIST
    match variable.type:
        case VariableType.DATE:
            return _day(value) is not None
        case VariableType.NUMBER:
            return _NUMBER.fullmatch(value) is not None
        case VariableType.URL:
            return _WEB.fullmatch(value) is not None
        case VariableType.YES_NO:
            return value.casefold() in YES | _NO
        case _:
            return True


def day_of_value(value: str) -> date | None:
    """The day that a value of the type ``date`` says."""
    return _day(value)


def filling(variable: Variable, value: str | list[str]) -> Filling:
    """What a value that fits stands for; a condition on it holds where it says yes, or says anything at all."""
    if isinstance(value, list):
        return Filling(", ".join(value), bool(value), value)
    shown = value.casefold() in YES if variable.type is VariableType.YES_NO else bool(value.strip())
    return Filling(value, shown)


def wrong_values(variables: Iterable[Variable], given: Mapping[str, str | list[str]]) -> list[Fault]:
    """What keeps a message from being filled in with these values, by compared name: missing, or of another type."""
    found = []
    for variable in variables:
        value = given.get(variable.key)
        if value is None or value in ("", []):
            found += [Fault(f"/personalisation/{variable.name}", "missing-value", variable.name)] * variable.required
        elif not fits(variable, value):
            found.append(Fault(f"/personalisation/{variable.name}", "value-of-another-type", variable.name))
    return found


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if len(value) == len("2026-12-08") else None
    except ValueError:
        return None
