# SPDX-License-Identifier: EUPL-1.2
"""An event as a subscriber receives it: CloudEvents 1.0, from a webhook or from Kafka."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from parvis_events.catalogue import MODELS
from parvis_events.decoding import decode

D = TypeVar("D")
LARGEST: Final = 1_048_576
_ATTRIBUTES: Final = "ce_"


class MalformedEventError(ValueError):
    """What came is no event of Parvis; the text says what is wrong and shows no content."""


@dataclass(frozen=True, slots=True)
class Event(Generic[D]):
    """Something that happened to one aggregate.

    Attributes:
        id: unique with ``source``; a repeated delivery carries the same one.
        type: ``fr.parvis.<service>.<what-happened>.v<version>``.
        source: ``/parvis/<service>``.
        subject: id of what the event is about.
        time: when it happened.
        collectivity: whose event it is.
        sequence: place among the events of one aggregate; gaps are normal.
        data: the model of the type, or the plain mapping where this package does not know the type.
        traceparent: W3C trace context of the act.
    """

    id: UUID
    type: str
    source: str
    subject: str
    time: datetime
    collectivity: str
    sequence: int
    data: D
    traceparent: str | None = None


def from_structured(body: bytes) -> Event[Any]:
    """The event of a webhook's body (structured mode); raises MalformedEventError."""
    event = _object(body)
    return _event(event, event.get("data"))


def from_kafka(value: bytes | None, headers: Iterable[tuple[str, bytes]]) -> Event[Any]:
    """The event of a Kafka record (binary mode: attributes as headers, data as value); raises MalformedEventError."""
    try:
        named = {name.lower(): text.decode() for name, text in headers}
    except UnicodeDecodeError:
        raise MalformedEventError("a header is not UTF-8") from None
    attributes = {name.removeprefix(_ATTRIBUTES): text for name, text in named.items() if name.startswith(_ATTRIBUTES)}
    return _event(attributes, _object(value or b""))


def _object(text: bytes) -> dict[str, Any]:
    if len(text) > LARGEST:
        raise MalformedEventError("too large")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise MalformedEventError("no JSON") from None
    if not isinstance(found, dict):
        raise MalformedEventError("no JSON object")
    return found


def _event(attributes: Mapping[str, Any], data: Any) -> Event[Any]:
    if attributes.get("specversion") != "1.0":
        raise MalformedEventError("not CloudEvents 1.0")
    if not isinstance(data, dict):
        raise MalformedEventError("data is no object")
    try:
        type_ = str(attributes["type"])
        model = MODELS.get(type_)
        return Event(
            id=UUID(attributes["id"]),
            type=type_,
            source=str(attributes["source"]),
            subject=str(attributes["subject"]),
            time=datetime.fromisoformat(attributes["time"]),
            collectivity=str(attributes["collectivity"]),
            sequence=int(attributes["sequence"]),
            data=decode(model, data) if model else data,
            traceparent=attributes.get("traceparent"),
        )
    except KeyError as error:
        raise MalformedEventError(f"no attribute {error.args[0]}") from None
    except (ValueError, TypeError, AttributeError) as error:
        raise MalformedEventError(str(error)) from None
