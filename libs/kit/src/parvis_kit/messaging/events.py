# SPDX-License-Identifier: EUPL-1.2
"""Integration events: CloudEvents 1.0 in binary mode over Kafka, with thin JSON data."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

MAX_BYTES = 65_536


class PermanentError(Exception):
    """This event can never be handled: it goes to the dead letters at once, with this reason."""


class MalformedEventError(PermanentError):
    """A record that is no event of ours."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to one aggregate.

    Attributes:
        id: unique with ``source``; a repeated delivery carries the same one.
        type: ``fr.parvis.<service>.<what-happened>.v1``.
        source: ``/parvis/<service>``.
        subject: id of what the event is about.
        time: when it happened.
        collectivity: whose event it is.
        sequence: place among the events of ``key``, growing with the version of the aggregate's row; gaps are normal.
        key: id of the aggregate, and the key of the Kafka record: order holds for one key only.
        topic: Kafka topic.
        data: ids, codes and times; never a name, an address or free text.
        traceparent: W3C trace context of the act.
    """

    id: UUID
    type: str
    source: str
    subject: str
    time: datetime
    collectivity: str
    sequence: int
    key: UUID
    topic: str
    data: dict[str, Any]
    traceparent: str | None = None

    def headers(self) -> list[tuple[str, bytes]]:
        """The Kafka headers of the binary mode (CloudEvents Kafka protocol binding section 3.2)."""
        attributes = {
            "ce_specversion": "1.0",
            "ce_id": str(self.id),
            "ce_type": self.type,
            "ce_source": self.source,
            "ce_subject": self.subject,
            "ce_time": instant(self.time),
            "ce_dataschema": dataschema(self.type),
            "ce_collectivity": self.collectivity,
            "ce_sequence": str(self.sequence),
            "content-type": "application/json",
        }
        if self.traceparent:
            attributes |= {"ce_traceparent": self.traceparent, "traceparent": self.traceparent}
        return [(name, value.encode()) for name, value in attributes.items()]

    def value(self) -> bytes:
        """The Kafka value: the data as JSON."""
        return json.dumps(self.data, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Record:
    """A Kafka record as it came."""

    topic: str
    partition: int
    position: int
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


def record_of(record: Any) -> Record:
    """A record as aiokafka brings it; a tombstone has an empty value."""
    headers = tuple((name, text or b"") for name, text in record.headers)
    return Record(record.topic, record.partition, record.offset, record.key or b"", record.value or b"", headers)


def from_record(record: Record) -> Event:
    """The event of a record; raises MalformedEventError, which names what is wrong and shows no content."""
    if len(record.value) > MAX_BYTES:
        raise MalformedEventError("too much data")
    try:
        named = {name.lower(): text.decode() for name, text in record.headers}
        if any("\0" in name or b"\0" in text for name, text in record.headers):  # PostgreSQL has no place for it
            raise MalformedEventError("U+0000 in a header")
        if not named.get("content-type", "application/json").startswith("application/json"):
            raise MalformedEventError("not JSON")
        if named["ce_specversion"] != "1.0":
            raise MalformedEventError("not CloudEvents 1.0")
        data = json.loads(record.value)
        if not isinstance(data, dict):
            raise MalformedEventError("data is no object")
        return Event(
            id=UUID(named["ce_id"]),
            type=named["ce_type"],
            source=named["ce_source"],
            subject=named["ce_subject"],
            time=datetime.fromisoformat(named["ce_time"]),
            collectivity=named["ce_collectivity"],
            sequence=int(named["ce_sequence"]),
            key=UUID(record.key.decode()),
            topic=record.topic,
            data=data,
            traceparent=named.get("traceparent"),
        )
    except (KeyError, ValueError, RecursionError) as error:
        raise MalformedEventError(f"{type(error).__name__}: not an event of Parvis") from error


def dataschema(type_: str) -> str:
    """Where the JSON Schema of a type's data lies, relative to the public address: RFC 3986 reference."""
    name, _, version = type_.rpartition(".")
    return f"/developers/events/{name}/{version}.json"


def instant(at: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
