# SPDX-License-Identifier: EUPL-1.2
"""Requests that another body handles: how one is put into its words, sent there once, and followed.

GeoReport v2 has no key by which a call could be repeated safely. What was sent and not answered is looked for among
the other body's requests, by our reference in the description, before anything is sent again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from parvis_requests.domain.position import Position

# The specification's longest description.
_LONGEST: Final = 4_000
_FIRST_WAIT: Final = timedelta(seconds=30)
_LONGEST_WAIT: Final = timedelta(hours=1)
# What never arrived is tried for so long, then an agent decides.
GIVE_UP_AFTER: Final = timedelta(hours=72)
# A repeated key is honoured for a day; nothing is repeated by it later.
REPEATABLE_FOR: Final = timedelta(hours=20)
# Many endpoints show a new request late: it is looked for again and again before an agent is asked.
LOOK_UP_AFTER: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
# How the clients of Open311 are called that filed requests.
OPEN311_CLIENT: Final = "open311:"
CONTACT: Final = ("email", "first_name", "last_name", "phone")


class ForwardingState(StrEnum):
    """How far a request is on its way to another body."""

    WAITING = "waiting"
    SENDING = "sending"
    UNSURE = "unsure"
    ACCEPTED = "accepted"
    FOLLOWED = "followed"
    ENDED = "ended"
    FAILED = "failed"
    GIVEN_UP = "given-up"


# In these the service has something to do by itself.
BUSY: Final = (ForwardingState.WAITING, ForwardingState.SENDING, ForwardingState.UNSURE, ForwardingState.ACCEPTED)
KNOWN_THERE: Final = (ForwardingState.FOLLOWED, ForwardingState.ENDED)


class Sent(StrEnum):
    """What of a request is sent, besides the answers that are named one by one.

    ``PHOTO`` is the first, as GeoReport v2 takes one; ``PHOTOS`` each, which mySociety's endpoints take, too.
    """

    DESCRIPTION = "description"
    POSITION = "position"
    ADDRESS = "address"
    EMAIL = "email"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    PHONE = "phone"
    PHOTO = "photo"
    PHOTOS = "photos"


@dataclass(frozen=True, slots=True)
class ServiceRule:
    """How requests of a type become requests for a service of the other body.

    Attributes:
        attributes: the other body's code of each answer that is sent, by our question.
        acts: the act of our workflow that a state there brings about, by that state.
        messages: whether what the author writes afterwards is sent on.
        relays: whether what came by Open311 is forwarded, too; two bodies that forward to each other would never end.
    """

    request_type: str
    service_code: str
    sends: frozenset[Sent]
    attributes: Mapping[str, str] = field(default_factory=dict)
    acts: Mapping[str, str] = field(default_factory=dict)
    messages: bool = False
    relays: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What a request says, of which a rule sends a part; ``photos`` are addresses."""

    reference: str
    description: str
    position: Position | None
    address: str | None
    answers: Mapping[str, Any]
    contact: Mapping[str, str]
    photos: Sequence[str] = ()


def goes_on(client_id: str, *, relays: bool) -> bool:
    """Whether what that client filed is forwarded, where its type is."""
    return relays or not client_id.startswith(OPEN311_CLIENT)


def form_of(rule: ServiceRule, said: Said) -> list[tuple[str, str]]:
    """The fields of the POST: what the rule names, the service, and our reference in the description; nothing else."""
    mark = f"[{said.reference}]"
    words = said.description if Sent.DESCRIPTION in rule.sends else ""
    fields = [("service_code", rule.service_code)]
    fields.append(("description", f"{words[: _LONGEST - len(mark) - 2]}\n\n{mark}" if words else mark))
    if Sent.POSITION in rule.sends and said.position:
        fields += [("lat", str(said.position.latitude)), ("long", str(said.position.longitude))]
    if Sent.ADDRESS in rule.sends and said.address:
        fields.append(("address_string", said.address))
    fields += [(name, said.contact[name]) for name in CONTACT if Sent(name) in rule.sends and said.contact.get(name)]
    photos = said.photos if Sent.PHOTOS in rule.sends else said.photos[:1] if Sent.PHOTO in rule.sends else ()
    fields += [("media_url", photo) for photo in photos]
    for question, code in sorted(rule.attributes.items()):
        answer = said.answers.get(question)
        if isinstance(answer, list):
            fields += [(f"attribute[{code}][]", _text(each)) for each in answer]
        elif answer is not None:
            fields.append((f"attribute[{code}]", _text(answer)))
    return fields


def _text(answer: Any) -> str:
    return str(answer).lower() if isinstance(answer, bool) else str(answer)


def found_in(reference: str, shown: Sequence[Mapping[str, str]]) -> str | None:
    """The number of the one among the other body's requests that carries our reference."""
    mark = f"[{reference}]"
    numbers = {each["service_request_id"] for each in shown if mark in each.get("description", "")}
    numbers.discard("")
    return min(numbers) if numbers else None


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many tries."""
    doublings = min(max(tries - 1, 0), 12)
    return min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)


# What the states of mySociety's extension, and the two of GeoReport, mean to the person.
STATUS_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "open": ("prise en compte", "received"),
    "in_progress": ("en cours de traitement", "in progress"),
    "investigating": ("à l'étude", "under investigation"),
    "for_triage": ("à l'étude", "under investigation"),
    "planned": ("intervention prévue", "work planned"),
    "action_scheduled": ("intervention prévue", "work planned"),
    "internal_referral": ("confiée à un autre service", "referred to another department"),
    "fixed": ("résolue", "fixed"),
    "closed": ("close", "closed"),
    "no_further_action": ("close, sans autre suite", "closed, no further action"),
    "not_councils_responsibility": ("hors de sa compétence", "not its responsibility"),
    "duplicate": ("déjà signalée", "reported already"),
    "cancelled": ("annulée", "cancelled"),
    "reopen": ("rouverte", "reopened"),
}
ENDS: Final = frozenset(
    {"fixed", "closed", "no_further_action", "not_councils_responsibility", "duplicate", "cancelled"}
)
UNCHANGED: Final = "unchanged"
# In which a request stands that was just taken in: nothing to tell once more.
FIRST: Final = "open"


@dataclass(frozen=True, slots=True)
class News:
    """What the other body says of a request; ``status`` is in lower case, ``update_id`` empty where it gives none."""

    service_request_id: str
    status: str
    words: str
    update_id: str = ""

    @property
    def digest(self) -> bytes:
        """The same for the same words."""
        return sha256(self.words.encode()).digest()

    def moves(self, status: str | None) -> bool:
        """Whether it leads to another state than that."""
        return self.status not in (UNCHANGED, status or FIRST)

    def says_more(self, digest: bytes | None) -> bool:
        """Whether its words are others than those that were told last."""
        return bool(self.words) and self.digest != digest


def is_late(created_at: datetime, now: datetime) -> bool:
    """Whether what never arrived was tried for long enough."""
    return now - created_at > GIVE_UP_AFTER
