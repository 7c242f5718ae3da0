# SPDX-License-Identifier: EUPL-1.2
"""The tables of the requests service; each row belongs to a collectivity."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import searchable, shreddable
from parvis_requests.db.answer_tables import AnswerKey
from parvis_requests.db.appeal_tables import Appeal
from parvis_requests.db.appointment_tables import (
    Agenda,
    AgendaException,
    Appointment,
    AppointmentKind,
    AppointmentKindAgenda,
    AppointmentStep,
)
from parvis_requests.db.base import Base, Instant
from parvis_requests.db.bulk_tables import BulkItem, BulkOperation
from parvis_requests.db.catalogue_tables import Area, Collectivity, RequestType, RequestTypeVersion, RoutingRule
from parvis_requests.db.certified_tables import CertifiedRow
from parvis_requests.db.confirmation_tables import Confirmation
from parvis_requests.db.conversation_tables import DocumentRequest, Satisfaction
from parvis_requests.db.draft_tables import RequestDraft
from parvis_requests.db.erased_tables import ErasedPerson
from parvis_requests.db.feed_tables import CalendarFeed
from parvis_requests.db.follow_tables import Follow
from parvis_requests.db.forwarding_tables import (
    ForwardedMessage,
    ForwardedUpdate,
    Forwarding,
    Open311Body,
    Open311Service,
)
from parvis_requests.db.history_tables import HistoryEntry
from parvis_requests.db.import_tables import ImportedRequest
from parvis_requests.db.inbound_tables import ContactAct, IncomingContact, ReceivedMessage
from parvis_requests.db.mention_tables import KnownAgent, Mention
from parvis_requests.db.merge_tables import Merge
from parvis_requests.db.open311_tables import Open311Key, Open311Update
from parvis_requests.db.payment_tables import Payment
from parvis_requests.db.publication_tables import Publication
from parvis_requests.db.reporter_tables import Reporter
from parvis_requests.db.retention_tables import Destruction, LegalHold, PurgedRequest, Retention
from parvis_requests.db.saved_view_tables import SavedView
from parvis_requests.db.survey_tables import CountedMonths, SatisfactionCount, Survey, SurveyRefusal
from parvis_requests.db.team_tables import Team, TeamAbsence, TeamMember
from parvis_requests.db.template_tables import ReplyTemplate
from parvis_requests.db.tracking_tables import Tracking
from parvis_requests.db.transfer_tables import Transfer
from parvis_requests.db.type_change_tables import TypeChange
from parvis_requests.db.waiting_tables import AppointmentOffer, AppointmentWait
from parvis_requests.domain.position import CELLS

__all__ = [
    "Agenda",
    "AgendaException",
    "AnswerKey",
    "Appeal",
    "Appointment",
    "AppointmentKind",
    "AppointmentKindAgenda",
    "AppointmentOffer",
    "AppointmentStep",
    "AppointmentWait",
    "Area",
    "Base",
    "BulkItem",
    "BulkOperation",
    "CalendarFeed",
    "CertifiedRow",
    "Collectivity",
    "Confirmation",
    "ContactAct",
    "CountedMonths",
    "Destruction",
    "DocumentRequest",
    "ErasedPerson",
    "Follow",
    "ForwardedMessage",
    "ForwardedUpdate",
    "Forwarding",
    "HistoryEntry",
    "ImportedRequest",
    "IncomingContact",
    "KnownAgent",
    "LegalHold",
    "Mention",
    "Merge",
    "Open311Body",
    "Open311Key",
    "Open311Service",
    "Open311Update",
    "Payment",
    "Publication",
    "PurgedRequest",
    "ReceivedMessage",
    "ReplyTemplate",
    "Reporter",
    "RequestDraft",
    "RequestType",
    "RequestTypeVersion",
    "Retention",
    "RoutingRule",
    "Satisfaction",
    "SatisfactionCount",
    "SavedView",
    "Survey",
    "SurveyRefusal",
    "Team",
    "TeamAbsence",
    "TeamMember",
    "Tracking",
    "Transfer",
    "TypeChange",
]

# The words of a request, as agents search them: French stems, accents folded.
SEARCHED = "to_tsvector('public.parvis_french'::regconfig, description || ' ' || coalesce(address, ''))"
# The cell of a grid in which a request lies (parvis_requests.domain.position). One entry of a B-tree is what a request
# pays for being found nearby; a GiST index of points costs several times that.
ROW = f"(floor(latitude * {CELLS})::integer)"
PRESSING = "priority > 2"
# What can wait: as a rule nothing is filed so.
LOW = "priority < 2"
# What did not come online: few requests of most towns.
BROUGHT = "channel <> 'online'"
# By what a queue is ordered is always an instant: that of filing, put back by ages for each rank of priority, or the
# last day of calendars for what has no end. Each of these expressions is immutable, and has an index.
DUE = "coalesce(due_at, '9999-12-31 00:00:00+00'::timestamptz)"
LEGAL_END = "coalesce(legal_end_at, '9999-12-31 00:00:00+00'::timestamptz)"
RANKED = "(((created_at AT TIME ZONE 'UTC') - priority * interval '100000 days') AT TIME ZONE 'UTC')"
PLACED = "latitude IS NOT NULL"
COLUMN = f"(floor(longitude * {CELLS})::integer)"
# A branch of the queue: whoever reads no restricted requests of a team passes these over whole.
_BRANCH = ("collectivity", "team", "status", "restricted")
_QUEUE = (*_BRANCH, "created_at", "id")


class Request(Base):
    """A request; ``version`` is its row version, its ETag and the sequence of its last event."""

    __tablename__ = "request"
    __table_args__ = (
        UniqueConstraint("collectivity", "reference"),
        Index("ix_request_author", "collectivity", "author", "created_at", "id"),
        Index("ix_request_branch_created", *_QUEUE),
        Index("ix_request_branch_updated", *_BRANCH, "updated_at", "id"),
        Index("ix_request_branch_pressing", *_QUEUE, postgresql_where=text(PRESSING)),
        Index("ix_request_branch_low", *_QUEUE, postgresql_where=text(LOW)),
        Index("ix_request_branch_due", *_BRANCH, text(DUE), "id"),
        Index("ix_request_branch_legal_end", *_BRANCH, text(LEGAL_END), "id"),
        Index("ix_request_branch_ranked", *_BRANCH, text(RANKED), "id"),
        Index("ix_request_branch_unread", *_QUEUE, postgresql_where=text("unread")),
        Index("ix_request_branch_paused", *_QUEUE, postgresql_where=text("clock_paused_on IS NOT NULL")),
        Index(
            "ix_request_assignee", "collectivity", "assignee", "status", postgresql_where=text("assignee IS NOT NULL")
        ),
        Index("ix_request_held", "collectivity", "assignee", postgresql_where=text("restricted")),
        Index("ix_request_newest", "collectivity", "created_at", "id"),
        Index("ix_request_facets", "facets", postgresql_using="gin"),
        Index("ix_request_words", text(SEARCHED), postgresql_using="gin"),
        Index("ix_request_of_type", "type_id", "created_at", "id"),
        Index("ix_request_type_restricted", "type_id", "restricted"),
        Index("ix_request_area", "collectivity", "area"),
        Index("ix_request_brought", "collectivity", "channel", postgresql_where=text(BROUGHT)),
        Index(
            "ix_request_place", "collectivity", text(ROW), text(COLUMN), postgresql_where=text("latitude IS NOT NULL")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    reference: Mapped[str]
    type_id: Mapped[UUID] = mapped_column(ForeignKey("request_type.id"))
    type_code: Mapped[str]
    type_version: Mapped[int] = mapped_column(server_default="1")
    author: Mapped[UUID]
    client_id: Mapped[str]
    channel: Mapped[str] = mapped_column(server_default="online")
    status: Mapped[str]
    team: Mapped[str]
    area: Mapped[str | None]
    assignee: Mapped[UUID | None]
    description: Mapped[str] = searchable()
    longitude: Mapped[float | None] = searchable()
    latitude: Mapped[float | None] = searchable()
    address: Mapped[str | None] = searchable()
    answers: Mapped[bytes] = shreddable(LargeBinary)
    # Blind indexes of the answers that come from a closed list: found by whoever knows the question and the answer.
    facets: Mapped[list[bytes]] = searchable(ARRAY(LargeBinary), server_default=text("'{}'"))
    version: Mapped[int] = mapped_column(default=1)
    # The rank of parvis_requests.domain.priority.Priority.
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="2")
    # Whether its author wrote or sent something since an agent last opened it.
    unread: Mapped[bool] = mapped_column(server_default=text("false"))
    # Whether its type is for its team alone (parvis_requests.domain.access): a trigger says so at first.
    restricted: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    # The day on which the town received it, where an agent entered it later (parvis_requests.domain.reception).
    received_on: Mapped[date | None]
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    # The legal period (parvis_requests.domain.legal.Clock), and the instant from which silence has decided.
    clock_started_on: Mapped[date | None]
    clock_paused_on: Mapped[date | None]
    clock_extra_days: Mapped[int] = mapped_column(server_default="0")
    clock_extended_months: Mapped[int] = mapped_column(server_default="0")
    legal_end_at: Mapped[datetime | None] = mapped_column(Instant)
    # The last day of what was granted (parvis_requests.domain.validity).
    valid_until_on: Mapped[date | None]


class RequestTimer(Base):
    """What the service does by itself at ``due_at``, unless the request moves on; tried again at ``next_at``."""

    __tablename__ = "request_timer"
    __table_args__ = (Index("ix_request_timer_request", "request_id"), Index("ix_request_timer_next", "next_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"))
    kind: Mapped[str]
    code: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(Instant)
    next_at: Mapped[datetime] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)


class Message(Base):
    """A public reply or an internal note, sealed with the key of the request's author: it is about them.

    What the service says by itself is ``translated``: one text in each language, of which its reader sees theirs.
    """

    __tablename__ = "message"
    __table_args__ = (Index(None, "request_id", "created_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"))
    collectivity: Mapped[str]
    visibility: Mapped[str]
    actor: Mapped[UUID]
    body: Mapped[bytes] = shreddable(LargeBinary)
    translated: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(Instant)


class Attachment(Base):
    """A file; its bytes lie in the blob store, sealed with its owner's key. What is no photo is 0 pixels wide.

    ``sealed_for`` is whose key that is where the owner's account took the place of another.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        Index("ix_attachment_request", "request_id"),
        Index("ix_attachment_filed", "collectivity", "request_id", postgresql_where=text("request_id IS NOT NULL")),
        Index("ix_attachment_loose", "created_at", postgresql_where="request_id IS NULL"),
        Index("ix_attachment_draft", "draft_id", postgresql_where=text("draft_id IS NOT NULL")),
        Index("ix_attachment_contact", "contact_id", postgresql_where=text("contact_id IS NOT NULL")),
        Index("ix_attachment_scan", "scan_next_at", postgresql_where=text("scan = 'waiting'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    owner: Mapped[UUID] = mapped_column(index=True)
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"))
    media_type: Mapped[str]
    size: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    document: Mapped[str | None]
    thumbnail: Mapped[bool] = mapped_column(server_default=text("false"))
    scan: Mapped[str] = mapped_column(server_default="unchecked")
    scan_next_at: Mapped[datetime | None] = mapped_column(Instant)
    # Whoever sent it where that is not its owner: an agent, for the person whose key seals it.
    uploaded_by: Mapped[UUID | None] = mapped_column(index=True)
    sealed_for: Mapped[UUID | None]
    message_id: Mapped[UUID | None]
    draft_id: Mapped[UUID | None]
    # Of what came in and belongs to no conversation yet.
    contact_id: Mapped[UUID | None]
    visibility: Mapped[str] = mapped_column(server_default="public")
    created_at: Mapped[datetime] = mapped_column(Instant, server_default=func.now())


class MergedAccount(Base):
    """An account that is no more, and the one that took its place."""

    __tablename__ = "merged_account"

    person: Mapped[UUID] = mapped_column(primary_key=True)
    into_person: Mapped[UUID] = mapped_column(index=True)
    collectivity: Mapped[str]
