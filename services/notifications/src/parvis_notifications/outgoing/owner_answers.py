# SPDX-License-Identifier: EUPL-1.2
"""What owners answer: our own models of it, which pass over what they do not know."""

from datetime import date
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from parvis_kit.locale import DEFAULT, Language


class Contact(BaseModel):
    """How to reach a person; our own model of identity's answer."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    email: str | None
    phone: str | None = None
    language: str
    postal_address: tuple[str, ...] | None = None
    # Where who has no account reads how things stand, and ends them: a secret of theirs.
    link: str | None = None
    # Whether an account or a token opens what they filed or booked; an owner that does not say speaks of no other.
    can_follow: bool = True

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


class Guest(BaseModel):
    """Who registered for a meeting without an account: their address, and by which link they confirm and withdraw."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    email: str
    language: str
    link: str
    confirmed: bool
    confirm_before: AwareDatetime

    @property
    def contact(self) -> Contact:
        """Where mails go."""
        return Contact(email=self.email, language=self.language, link=self.link)


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


class Link(BaseModel):
    """An address that is a secret of who follows it."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    link: str


class ReplyText(BaseModel):
    """What an agent answered in public."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    text: str
