# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""What requests tells."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DataAccessed:
    """An agent has read somebody's file.

    Attributes:
        person: Whose file was read.
        agent: Who read it.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.data-accessed.v1"
    TOPIC: ClassVar[str] = "parvis.requests.access.v1"

    access_id: UUID
    request_id: UUID
    collectivity: str
    person: UUID
    agent: UUID
    occurred_at: datetime
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedRequestMoved:
    """A public request that somebody follows has come into another state; one event for each follower.

    Attributes:
        follow_id: Opaque id of this person's following; also the Kafka key and the CloudEvents subject.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.followed-request-moved.v1"
    TOPIC: ClassVar[str] = "parvis.requests.follow.v1"

    follow_id: UUID
    request_id: UUID
    reference: str
    request_type: str
    collectivity: str
    person: UUID
    status: str
    occurred_at: datetime
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDecided:
    """A request was decided by the administration's silence.

    Attributes:
        request_id: The request; also the Kafka key and the CloudEvents subject.
        reference: What people call it.
        request_type: Code of the request type.
        team: Code of the team that handles it.
        area: Code of the area that holds its position.
        author: Opaque id of the person who asked.
        decision: What was decided.
        by_silence: Nobody decided: the period ended.
        effective_at: The legal instant of the decision, whenever it came to be recorded.
        sequence: Grows with each act on the request; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.request-decided.v1"
    TOPIC: ClassVar[str] = "parvis.requests.request.v1"

    request_id: UUID
    reference: str
    request_type: str
    collectivity: str
    team: str
    area: str | None
    author: UUID
    decision: Literal["accepted", "rejected"]
    by_silence: bool
    effective_at: datetime
    occurred_at: datetime
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDueSoon:
    """The legal period of a request ends soon; then silence decides it.

    Attributes:
        request_id: The request; also the Kafka key and the CloudEvents subject.
        reference: What people call it.
        request_type: Code of the request type.
        team: Code of the team that handles it.
        area: Code of the area that holds its position.
        author: Opaque id of the person who asked.
        silence: What silence will mean.
        ends_at: The instant from which silence decides.
        sequence: Grows with each act on the request; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.request-due-soon.v1"
    TOPIC: ClassVar[str] = "parvis.requests.request.v1"

    request_id: UUID
    reference: str
    request_type: str
    collectivity: str
    team: str
    area: str | None
    author: UUID
    silence: Literal["accepted", "rejected"]
    ends_at: datetime
    occurred_at: datetime
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestReplied:
    """An agent has replied publicly to the person.

    Attributes:
        request_id: The request; also the Kafka key and the CloudEvents subject.
        reference: What people call it.
        request_type: Code of the request type.
        team: Code of the team that handles it.
        area: Code of the area that holds its position.
        author: Opaque id of the person who asked.
        sequence: Grows with each act on the request; gaps are normal.
        message_id: The public reply; its text is fetched by those who may read it.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.request-replied.v1"
    TOPIC: ClassVar[str] = "parvis.requests.request.v1"

    request_id: UUID
    reference: str
    request_type: str
    collectivity: str
    team: str
    area: str | None
    author: UUID
    occurred_at: datetime
    sequence: int
    message_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestResolved:
    """An agent has resolved a request.

    Attributes:
        request_id: The request; also the Kafka key and the CloudEvents subject.
        reference: What people call it.
        request_type: Code of the request type.
        team: Code of the team that handles it.
        area: Code of the area that holds its position.
        author: Opaque id of the person who asked.
        sequence: Grows with each act on the request; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.request-resolved.v1"
    TOPIC: ClassVar[str] = "parvis.requests.request.v1"

    request_id: UUID
    reference: str
    request_type: str
    collectivity: str
    team: str
    area: str | None
    author: UUID
    occurred_at: datetime
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestStatusChanged:
    """A request has gone from one state of its workflow to another, where no event of a more precise type tells it.

    Attributes:
        request_id: The request; also the Kafka key and the CloudEvents subject.
        reference: What people call it.
        request_type: Code of the request type.
        team: Code of the team that handles it.
        area: Code of the area that holds its position.
        author: Opaque id of the person who asked.
        action: Code of the transition of the workflow.
        from_status: Code of the state that it left.
        to_status: Code of the state that it is in.
        sequence: Grows with each act on the request; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.request-status-changed.v1"
    TOPIC: ClassVar[str] = "parvis.requests.request.v1"

    request_id: UUID
    reference: str
    request_type: str
    collectivity: str
    team: str
    area: str | None
    author: UUID
    action: str
    from_status: str
    to_status: str
    occurred_at: datetime
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSubmitted:
    """A person has filed a request.

    Attributes:
        request_id: The request; also the Kafka key and the CloudEvents subject.
        reference: What people call it.
        request_type: Code of the request type.
        team: Code of the team that handles it.
        area: Code of the area that holds its position.
        author: Opaque id of the person who asked.
        sequence: Grows with each act on the request; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.request-submitted.v1"
    TOPIC: ClassVar[str] = "parvis.requests.request.v1"

    request_id: UUID
    reference: str
    request_type: str
    collectivity: str
    team: str
    area: str | None
    author: UUID
    occurred_at: datetime
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSupplemented:
    """The person has added to their request.

    A message, or documents.

    Attributes:
        request_id: The request; also the Kafka key and the CloudEvents subject.
        reference: What people call it.
        request_type: Code of the request type.
        team: Code of the team that handles it.
        area: Code of the area that holds its position.
        author: Opaque id of the person who asked.
        sequence: Grows with each act on the request; gaps are normal.
        message_id: The message, where one was written; its text is read by those who may read it.
        documents: Codes of the documents that were joined.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.request-supplemented.v1"
    TOPIC: ClassVar[str] = "parvis.requests.request.v1"

    request_id: UUID
    reference: str
    request_type: str
    collectivity: str
    team: str
    area: str | None
    author: UUID
    occurred_at: datetime
    sequence: int
    message_id: UUID | None
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestTaken:
    """An agent has taken a request in hand.

    Attributes:
        request_id: The request; also the Kafka key and the CloudEvents subject.
        reference: What people call it.
        request_type: Code of the request type.
        team: Code of the team that handles it.
        area: Code of the area that holds its position.
        author: Opaque id of the person who asked.
        sequence: Grows with each act on the request; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.request-taken.v1"
    TOPIC: ClassVar[str] = "parvis.requests.request.v1"

    request_id: UUID
    reference: str
    request_type: str
    collectivity: str
    team: str
    area: str | None
    author: UUID
    occurred_at: datetime
    sequence: int
