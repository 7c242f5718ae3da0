# SPDX-License-Identifier: EUPL-1.2
"""What only its owner knows, asked for over the owner's internal API with this service's own machine token."""

from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from pydantic import BaseModel, ValidationError

from parvis_kit.locale import Language
from parvis_kit.security.principal import Principal
from parvis_notifications.outgoing.machine import MachineClient, UnreachableError
from parvis_notifications.outgoing.owner_answers import (
    AppealStep,
    Appointment,
    Confirmation,
    Contact,
    Guest,
    Link,
    MadeStep,
    PhoneCode,
    Receipt,
    ReplyText,
    Validity,
)
from parvis_notifications.settings import CLIENT_ID, Settings

M = TypeVar("M", bound=BaseModel)


class Owners:
    """Identity, requests and participation, each with a token for it alone: none can use it towards another."""

    def __init__(self, settings: Settings) -> None:
        self._identity = settings.identity_internal_url
        self._requests = settings.requests_internal_url
        self._participation = settings.participation_internal_url
        self._people = _client(settings, "identity.people.read")
        self._replies = _client(settings, "requests.messages.read")
        self._reporters = _client(settings, "requests.contacts.read")
        self._guests = _client(settings, "participation.guests.read")

    async def contact(self, person: UUID, collectivity: str, *, postal: bool = False) -> Contact | None:
        """How to reach a person on behalf of that collectivity; None for an unknown or erased one.

        Their home is asked for where a letter may go (``postal``), and by nobody else.

        Who has no account is unknown to identity; requests knows how they are reached, where they have filed one, and
        participation, where they have registered for a meeting and confirmed their address.
        Raises UnreachableError while an owner does not answer as agreed.
        """
        behalf = urlencode({"collectivity": collectivity})
        home = "&postal=true" if postal else ""
        found = await self._people.get(f"{self._identity}/internal/v1/people/{person}/contact?{behalf}{home}")
        if found is None:
            found = await self._reporters.get(f"{self._requests}/internal/v1/reporters/{person}/contact?{behalf}")
        if found is None:
            guest = await self.guest(person, collectivity)
            return guest.contact if guest is not None and guest.confirmed else None
        return _read(Contact, found)

    async def guest(self, person: UUID, collectivity: str) -> Guest | None:
        """Who registered for a meeting without an account; None for anybody else, and without the service.

        Raises UnreachableError as above.
        """
        if not self._participation:
            return None
        behalf = urlencode({"collectivity": collectivity})
        found = await self._guests.get(f"{self._participation}/internal/v1/meeting-guests/{person}?{behalf}")
        return None if found is None else _read(Guest, found)

    async def reply_text(self, request_id: UUID, reply_id: UUID, language: Language) -> str | None:
        """The text of a public reply, in that language where it is known in more than one; None where there is none.

        Raises UnreachableError as above.
        """
        path = f"/internal/v1/requests/{request_id}/messages/{reply_id}"
        found = await self._replies.get(f"{self._requests}{path}", Accept_Language=language)
        return None if found is None else _read(ReplyText, found).text

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
        return None if found is None else _read(Link, found).link

    async def follow_link(self, request_id: UUID, person: UUID, collectivity: str) -> str | None:
        """Where who has no account ends to follow a request; None for who has one. Raises UnreachableError as above."""
        path = f"/internal/v1/requests/{request_id}/followers/{person}?{urlencode({'collectivity': collectivity})}"
        found = await self._replies.get(f"{self._requests}{path}")
        return None if found is None else _read(Link, found).link

    async def reads(self, agent: Principal, request_id: UUID) -> bool:
        """Whether an agent, with the roles and teams of their token, reads a request. Raises UnreachableError."""
        said = {"collectivity": agent.collectivity, "roles": agent.roles, "teams": agent.teams}
        path = f"/internal/v1/requests/{request_id}/readers/{agent.person}?{urlencode(said, doseq=True)}"
        return await self._replies.get(f"{self._requests}{path}") is not None

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
        await self._guests.aclose()


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
