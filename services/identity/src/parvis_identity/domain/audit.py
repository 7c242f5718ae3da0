# SPDX-License-Identifier: EUPL-1.2
"""The audit trail: who did what, on which object, when, from which client; in codes and opaque identifiers only.

Lines are chained: each one's hash covers the line before, so that a line that was changed, taken out or put in is
found. The hash is keyed: whoever can write to the database but does not have the service's master key cannot make
the chain fit again.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from hmac import digest
from typing import Any, Final
from uuid import UUID

START: Final = bytes(32)
"""What stands before the first line."""
NOBODY: Final = "*"
"""Who acts, or is acted on, where that is not known."""
_CODE: Final = re.compile(r"[A-Za-z0-9_*-][A-Za-z0-9_.:*-]{0,199}")


class Action(StrEnum):
    """What can be done; a code never changes its meaning, and none is used again for something else."""

    SIGNED_IN = "signed-in"
    SESSION_ENDED = "session-ended"
    ACCOUNT_OPENED = "account-opened"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 - a code
    PASSWORD_REFUSED = "password-refused"  # noqa: S105 - a code
    SECOND_FACTOR_ADDED = "second-factor-added"
    SECOND_FACTOR_REMOVED = "second-factor-removed"
    SECOND_FACTOR_REFUSED = "second-factor-refused"
    RECOVERY_CODE_USED = "recovery-code-used"
    ATTEMPTS_HELD_BACK = "attempts-held-back"
    PROFILE_CHANGED = "profile-changed"
    EMAIL_CHANGE_ASKED = "email-change-asked"
    EMAIL_CODE_REFUSED = "email-code-refused"
    EMAIL_CHANGED = "email-changed"
    EMAIL_VERIFIED = "email-verified"
    EMAIL_REMOVED = "email-removed"
    PHONE_CODE_ASKED = "phone-code-asked"
    PHONE_CODE_REFUSED = "phone-code-refused"
    PHONE_VERIFIED = "phone-verified"
    ADDRESS_ADDED = "address-added"
    ADDRESS_CHANGED = "address-changed"
    ADDRESS_REMOVED = "address-removed"
    PASSKEY_ADDED = "passkey-added"
    PASSKEY_REMOVED = "passkey-removed"
    PASSKEY_COPIED = "passkey-copied"
    PASSKEY_REFUSED = "passkey-refused"
    CLIENT_ALLOWED = "client-allowed"
    CONSENT_REFUSED = "consent-refused"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    CLIENT_REFUSED = "client-refused"
    GRANT_REPLAYED = "grant-replayed"
    AGENT_BOUND = "agent-bound"
    AGENT_INVITED = "agent-invited"
    AGENT_CHANGED = "agent-changed"
    AGENT_SUSPENDED = "agent-suspended"
    AGENT_RESTORED = "agent-restored"
    AGENT_ENDED = "agent-ended"
    TEAM_MADE = "team-made"
    TEAM_CHANGED = "team-changed"
    TEAM_REMOVED = "team-removed"
    ACCOUNTS_SENT = "accounts-sent"
    ACCOUNTS_IMPORTED = "accounts-imported"
    ACCOUNT_CLAIMED = "account-claimed"
    COLLECTIVITY_PUT = "collectivity-put"
    COLLECTIVITY_PRESENTED = "collectivity-presented"
    CLIENT_MADE = "client-made"
    CLIENT_CHANGED = "client-changed"
    CLIENT_SECRET_ROTATED = "client-secret-rotated"  # noqa: S105 - a code
    CLIENT_DISABLED = "client-disabled"
    CLIENT_ENABLED = "client-enabled"
    REGISTRATION_ALLOWED = "registration-allowed"
    CLIENT_PUT = "client-put"
    SIGNING_KEY_ROTATED = "signing-key-rotated"
    AUDIT_READ = "audit-read"
    AUDIT_PURGED = "audit-purged"
    AUDIT_RETENTION_SET = "audit-retention-set"
    IDENTITY_LINKED = "identity-linked"
    IDENTITY_UNLINKED = "identity-unlinked"
    IDENTITY_ATTESTED = "identity-attested"
    ACCOUNTS_SEARCHED = "accounts-searched"
    CONTACT_READ = "contact-read"
    CIVIL_STATUS_READ = "civil-status-read"
    PARTICULARS_READ = "particulars-read"
    MERGE_PREPARED = "merge-prepared"
    MERGE_DISCARDED = "merge-discarded"
    MERGE_OBJECTED = "merge-objected"
    ACCOUNTS_MERGED = "accounts-merged"
    SECOND_FACTOR_RESET_ASKED = "second-factor-reset-asked"
    SECOND_FACTOR_RESET_CANCELLED = "second-factor-reset-cancelled"
    SECOND_FACTOR_RESET = "second-factor-reset"
    ERASURE_ASKED = "erasure-asked"
    ERASURE_CANCELLED = "erasure-cancelled"
    ERASURE_HELD = "erasure-held"
    ACCOUNT_ERASED = "account-erased"
    ASSISTANCE_BEGUN = "assistance-begun"
    ASSISTANCE_ENDED = "assistance-ended"
    CHILD_DECLARED = "child-declared"
    CHILD_REMOVED = "child-removed"
    MANDATE_OFFERED = "mandate-offered"
    MANDATE_ACCEPTED = "mandate-accepted"
    MANDATE_ENDED = "mandate-ended"
    ACTED_ON_BEHALF = "acted-on-behalf"
    ORGANISATION_DECLARED = "organisation-declared"
    ORGANISATION_VERIFIED = "organisation-verified"
    ORGANISATION_CLOSED = "organisation-closed"
    MEMBER_INVITED = "member-invited"
    MEMBER_JOINED = "member-joined"
    MEMBER_ENDED = "member-ended"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted: a person (``citizen``, ``agent``), a ``system``, an ``operator`` at a command, the ``service`` itself.

    ``id`` is the internal id of a person, the identifier of a client, or the name of a command; ``client_id`` the
    application that they used, where there was one.
    """

    kind: str
    id: str
    client_id: str | None = None


def citizen(person: UUID) -> Actor:
    """A person at our own pages."""
    return Actor("citizen", str(person))


ANYBODY: Final = Actor("anonymous", NOBODY)
"""Whoever has not shown yet who they are."""


@dataclass(frozen=True, slots=True)
class Thing:
    """What was acted on: a kind such as ``session``, and its opaque identifier."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Act:
    """One act; raises ValueError where a word in it can be more than a code, so that nobody's name slips in.

    ``collectivity`` is whose act it is, ``*`` where it concerns the whole deployment, None for where the
    person acted on, or else the acting one, has registered. ``details`` are codes: scopes, roles, names of members.
    """

    action: Action
    actor: Actor
    on: Thing
    at: datetime
    collectivity: str | None = None
    details: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        words = [self.actor.kind, self.actor.id, self.on.kind, self.on.id, *self.details]
        words += [word for word in (self.collectivity, self.actor.client_id) if word is not None]
        words += [word for values in self.details.values() for word in values]
        if not all(_CODE.fullmatch(word) for word in words):
            raise ValueError(f"{self.action}: an audit line is made of codes and opaque identifiers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line as it is kept; ``sequence`` is its place in the chain, None until the worker has put it there."""

    id: UUID
    collectivity: str
    occurred_at: datetime
    action: str
    actor_kind: str
    actor: str
    client_id: str | None
    object_kind: str
    object: str
    details: Mapping[str, Sequence[str]]
    sequence: int | None = None

    def members(self) -> dict[str, Any]:
        """What the hash covers and what a SIEM gets, in JSON's types."""
        return {
            "id": str(self.id),
            "collectivity": self.collectivity,
            "occurred_at": instant(self.occurred_at),
            "action": self.action,
            "actor_kind": self.actor_kind,
            "actor": self.actor,
            "client_id": self.client_id,
            "object_kind": self.object_kind,
            "object": self.object,
            "details": {name: list(values) for name, values in self.details.items()},
        }


def link_hash(key: bytes, sequence: int, previous: bytes, entry: Entry) -> bytes:
    """The hash of a line at that place: HMAC-SHA-256 over the hash before, the place and the line."""
    line = json.dumps(entry.members(), sort_keys=True, separators=(",", ":")).encode("ascii")
    return digest(key, previous + sequence.to_bytes(8, "big") + line, sha256)


def instant(at: datetime) -> str:
    """RFC 3339 in UTC, to the microsecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
