# SPDX-License-Identifier: EUPL-1.2
"""What only its owner knows, asked for over the owner's internal API with this service's own machine token."""

from datetime import date
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from parvis_kit.locale import DEFAULT, Language
from parvis_notifications.outgoing.machine import MachineClient, UnreachableError
from parvis_notifications.settings import CLIENT_ID, Settings

M = TypeVar("M", bound=BaseModel)


class Contact(BaseModel):
    """How to reach a person; our own model of identity's answer."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    email: str | None
    phone: str | None = None
    language: str
    postal_address: tuple[str, ...] | None = None

    @property
    def spoken(self) -> Language:
        """Their language, where Parvis speaks it."""
        return "en" if self.language == "en" else DEFAULT


class Labelled(BaseModel):
    """Something that has a name; our own model of it."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    label: str


class ServiceContact(BaseModel):
    """The service in charge of a file, and how to reach it."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    team: str
    name: str
    postal_address: str | None
    email: str | None
    phone: str | None


class Receipt(BaseModel):
    """What an acknowledgement must say (articles L112-11 and R112-11-1 of the CRPA), in the language asked for."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    request_type: Labelled
    received_at: AwareDatetime
    contact: ServiceContact
    statements: list[str]


class MadeStep(BaseModel):
    """What was asked for, the state in which it now is, and where that refuses it what can be done against it.

    Without the last, a refusal would be told without its remedies: an owner that does not say is asked again later.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    request_type: Labelled
    status: Labelled
    remedies: list[str]


class AppealStep(BaseModel):
    """That an appeal came, or how it ended, in the language asked for."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    request_type: Labelled
    kind: Labelled
    reasons: str | None
    statements: list[str]


class Place(BaseModel):
    """Where an appointment is."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    label: str
    place: str


class Appointment(BaseModel):
    """An appointment as it stands, in the language asked for; ``version`` is the sequence of its last event."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    kind: Labelled
    instructions: str
    agenda: Place
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    changes_end_at: AwareDatetime
    state: str
    # Until when it is held for somebody who waits and has not taken it.
    offer_ends_at: AwareDatetime | None = None
    reason: str | None
    # By which request who has no account comes back to it; an owner of before says nothing of it.
    request_id: UUID | None = None
    tracked_reference: str | None = None
    version: int
    updated_at: AwareDatetime


class Confirmation(BaseModel):
    """The address that somebody is to confirm, by which link and until when; what waits for it, if anything."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    email: str
    language: str
    request_type: Labelled | None
    # The reference of what they follow from then on; an owner of before says nothing of it.
    follows: str | None = None
    link: str
    confirm_before: AwareDatetime

    @property
    def contact(self) -> Contact:
        """Where the mail goes, which nobody has confirmed yet."""
        return Contact(email=self.email, language=self.language)


class PhoneCode(BaseModel):
    """The code that somebody is to read on their telephone, its number, and until when it is of use."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    phone: str
    code: str
    language: str
    expires_at: AwareDatetime

    @property
    def contact(self) -> Contact:
        """Where the text message goes, which nobody has verified yet."""
        return Contact(email=None, phone=self.phone, language=self.language)


class Validity(BaseModel):
    """What somebody was granted, and its last day."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    request_type: Labelled
    valid_until_on: date


class _Link(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    link: str


class _Reply(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    text: str


class Owners:
    """Identity and requests, each with a token for it alone: neither can use it towards the other."""

    def __init__(self, settings: Settings) -> None:
        self._identity = settings.identity_internal_url
        self._requests = settings.requests_internal_url
        self._people = _client(settings, "identity.people.read")
        self._replies = _client(settings, "requests.messages.read")
        self._reporters = _client(settings, "requests.contacts.read")

    async def contact(self, person: UUID, collectivity: str, *, postal: bool = False) -> Contact | None:
        """How to reach a person on behalf of that collectivity; None for an unknown or erased one.

        Their home is asked for where a letter may go (``postal``), and by nobody else.

        Who has no account is unknown to identity; requests knows how they are reached, where they have filed one.
        Raises UnreachableError while an owner does not answer as agreed.
        """
        behalf = urlencode({"collectivity": collectivity})
        home = "&postal=true" if postal else ""
        found = await self._people.get(f"{self._identity}/internal/v1/people/{person}/contact?{behalf}{home}")
        if found is None:
            found = await self._reporters.get(f"{self._requests}/internal/v1/reporters/{person}/contact?{behalf}")
        return None if found is None else _read(Contact, found)

    async def reply_text(self, request_id: UUID, reply_id: UUID, language: Language) -> str | None:
        """The text of a public reply, in that language where it is known in more than one; None where there is none.

        Raises UnreachableError as above.
        """
        path = f"/internal/v1/requests/{request_id}/messages/{reply_id}"
        found = await self._replies.get(f"{self._requests}{path}", Accept_Language=language)
        return None if found is None else _read(_Reply, found).text

    async def receipt(self, request_id: UUID, collectivity: str, language: Language) -> Receipt | None:
        """What the acknowledgement of a request says; None where there is no such request.

        Raises UnreachableError as above.
        """
        path = f"/internal/v1/requests/{request_id}/receipt?{urlencode({'collectivity': collectivity})}"
        found = await self._replies.get(f"{self._requests}{path}", Accept_Language=language)
        return None if found is None else _read(Receipt, found)

    async def step(self, request_id: UUID, sequence: int, collectivity: str, language: Language) -> MadeStep | None:
        """To which state that act led a request; None where there is none. Raises UnreachableError as above."""
        path = f"/internal/v1/requests/{request_id}/steps/{sequence}?{urlencode({'collectivity': collectivity})}"
        found = await self._replies.get(f"{self._requests}{path}", Accept_Language=language)
        return None if found is None else _read(MadeStep, found)

    async def appeal(self, request_id: UUID, sequence: int, collectivity: str, language: Language) -> AppealStep | None:
        """The appeal that came, or ended, by that act; None where another act followed. Raises UnreachableError."""
        path = f"/internal/v1/requests/{request_id}/appeal-steps/{sequence}?{urlencode({'collectivity': collectivity})}"
        found = await self._replies.get(f"{self._requests}{path}", Accept_Language=language)
        return None if found is None else _read(AppealStep, found)

    async def appointment(self, id_: UUID, collectivity: str, language: Language) -> Appointment | None:
        """An appointment; None where there is none. Raises UnreachableError as above."""
        path = f"/internal/v1/appointments/{id_}?{urlencode({'collectivity': collectivity})}"
        found = await self._replies.get(f"{self._requests}{path}", Accept_Language=language)
        return None if found is None else _read(Appointment, found)

    async def validity(self, request_id: UUID, collectivity: str, language: Language) -> Validity | None:
        """What was granted and still holds, and until when; None where it ends no more. Raises UnreachableError."""
        path = f"/internal/v1/requests/{request_id}/validity?{urlencode({'collectivity': collectivity})}"
        found = await self._replies.get(f"{self._requests}{path}", Accept_Language=language)
        return None if found is None else _read(Validity, found)

    async def survey_link(self, request_id: UUID, collectivity: str, language: Language) -> str | None:
        """Where somebody answers how they were served; None once it is closed. Raises UnreachableError as above."""
        path = f"/internal/v1/requests/{request_id}/survey?{urlencode({'collectivity': collectivity})}"
        found = await self._replies.get(f"{self._requests}{path}", Accept_Language=language)
        return None if found is None else _read(_Link, found).link

    async def follow_link(self, request_id: UUID, person: UUID, collectivity: str) -> str | None:
        """Where who has no account ends to follow a request; None for who has one. Raises UnreachableError as above."""
        path = f"/internal/v1/requests/{request_id}/followers/{person}?{urlencode({'collectivity': collectivity})}"
        found = await self._replies.get(f"{self._requests}{path}")
        return None if found is None else _read(_Link, found).link

    async def confirmation(self, confirmation_id: UUID, collectivity: str) -> Confirmation | None:
        """What is to be confirmed; None where nothing is any more. Raises UnreachableError as above."""
        behalf = urlencode({"collectivity": collectivity})
        path = f"/internal/v1/confirmations/{confirmation_id}?{behalf}"
        found = await self._reporters.get(f"{self._requests}{path}")
        return None if found is None else _read(Confirmation, found)

    async def phone_code(self, code_id: UUID) -> PhoneCode | None:
        """A code and the number that it goes to; None once it is of no use. Raises UnreachableError as above."""
        found = await self._people.get(f"{self._identity}/internal/v1/phone-codes/{code_id}")
        return None if found is None else _read(PhoneCode, found)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._people.aclose()
        await self._replies.aclose()
        await self._reporters.aclose()


def _client(settings: Settings, scope: str) -> MachineClient:
    return MachineClient(
        token_url=f"{settings.identity_internal_url}/oauth2/token",
        client_id=CLIENT_ID,
        client_secret=settings.machine_client_secret.get_secret_value(),
        scope=scope,
    )


def _read(model: type[M], found: dict[str, Any]) -> M:
    try:
        return model.model_validate(found)
    except ValidationError as error:
        raise UnreachableError(f"not a {model.__name__}") from error
