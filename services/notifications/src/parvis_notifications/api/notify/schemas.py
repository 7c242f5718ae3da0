# SPDX-License-Identifier: EUPL-1.2
"""What clients of GOV.UK Notify send and get."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from parvis_notifications.api.sending_schemas import Recipient
from parvis_notifications.domain.precompiled_letter import LONGEST_BASE64, Postage
from parvis_notifications.domain.sent_file import LONGEST_BASE64 as LONGEST_FILE

_Short = Annotated[str, StringConstraints(max_length=5_000, pattern=r"^[^\x00]*$")]
_Scalar = bool | int | float | _Short
_Reference = Annotated[str, StringConstraints(max_length=1_000, pattern=r"^[^\x00]*$")]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NotifyFile(_Input):
    """A file of a mail, as `prepare_upload` makes it: the mail has a link to it in place of the value."""

    file: Annotated[str, StringConstraints(max_length=LONGEST_FILE)] = Field(
        description="At most 2 MiB in base64: PDF, CSV, TXT, RTF, JSON, JPEG, PNG, DOCX, XLSX or ODT."
    )
    filename: _Short | None = Field(
        default=None, description="Under which it is saved, with its ending; at most 100 characters."
    )
    confirm_email_before_download: bool | None = Field(
        default=None, description="Whether whoever opens the link says to which address it was sent: so unless `false`."
    )
    retention_period: _Short | None = Field(
        default=None, description="How long the link works: `1 week` to `78 weeks`, 26 unless said otherwise."
    )


Personalisation = Annotated[
    dict[
        Annotated[str, StringConstraints(max_length=80)],
        _Scalar | Annotated[list[_Scalar], Field(max_length=100)] | NotifyFile | None,
    ],
    Field(max_length=100, description="By the names of the template's variables. Files are of mails alone."),
]


class NotifySms(_Input):
    """A text message to send."""

    phone_number: Recipient
    template_id: UUID
    personalisation: Personalisation | None = None
    reference: _Reference | None = None
    sms_sender_id: UUID | None = Field(default=None, description="There are none: one that is named is refused.")


class NotifyEmail(_Input):
    """A mail to send."""

    email_address: Recipient
    template_id: UUID
    personalisation: Personalisation | None = None
    reference: _Reference | None = None
    email_reply_to_id: UUID | None = Field(default=None, description="There are none: one that is named is refused.")
    one_click_unsubscribe_url: Annotated[str, StringConstraints(max_length=2_000, pattern=r"^https://\S+$")] | None = (
        None
    )
    sanitise_content_for: list[_Short] | None = Field(
        default=None, max_length=100, description="Every value is taken as plain text, named here or not."
    )


class NotifyLetter(_Input):
    """A letter, written by a template, or one that comes as a PDF: `reference` and `content` then, and no template."""

    template_id: UUID | None = None
    personalisation: Personalisation | None = None
    reference: _Reference | None = None
    content: Annotated[str, StringConstraints(max_length=LONGEST_BASE64)] | None = Field(
        default=None,
        description="A PDF in base64, of at most 5 MiB and ten pages, each upright A4. The address stands in the window"
        " of a French envelope: 85 by 33 mm, 110 mm from the left and 55 mm from the top of the first page.",
    )
    postage: Postage | None = Field(
        default=None, description="Of a PDF alone; without it, what the town has agreed with its provider."
    )


class NotifyPreviewAsked(_Input):
    """What to fill a template in with."""

    personalisation: Personalisation | None = None


class NotifyTemplateRef(BaseModel):
    """A version of a template."""

    id: UUID
    version: int
    uri: str


class NotifyContent(BaseModel):
    """The words of a message; of a mail with a subject."""

    body: str
    subject: str | None = None
    from_email: str | None = None
    from_number: str | None = None
    one_click_unsubscribe_url: str | None = None


class NotifyCreated(BaseModel):
    """A message that is on its way."""

    id: UUID
    reference: str | None
    uri: str
    template: NotifyTemplateRef
    scheduled_for: str | None
    content: NotifyContent


class NotifyPrecompiled(BaseModel):
    """A letter that came as a PDF, and is on its way."""

    id: UUID
    reference: str
    postage: Postage | None


class NotifyNotification(BaseModel):
    """A message, and where it stands."""

    id: UUID
    reference: str | None
    email_address: str | None
    phone_number: str | None
    line_1: str | None = None
    line_2: str | None = None
    line_3: str | None = None
    line_4: str | None = None
    line_5: str | None = None
    line_6: str | None = None
    postcode: str | None = None
    postage: str | None = None
    type: str
    status: str
    template: NotifyTemplateRef
    body: str
    subject: str | None
    created_at: str
    created_by_name: str | None = None
    sent_at: str | None
    completed_at: str | None
    scheduled_for: str | None
    one_click_unsubscribe_url: str | None = None
    cost_in_pounds: float | None = Field(
        default=None, description="Nothing is paid in pounds: see `/v1/sent-messages`."
    )
    is_cost_data_ready: bool = False
    cost_details: dict[str, Any] = Field(default_factory=dict)


class NotifyLinks(BaseModel):
    """Where the list goes on; `next` is there on every page that is not empty."""

    current: str
    next: str | None = None


class NotifyNotifications(BaseModel):
    """A page of messages, newest first."""

    notifications: list[NotifyNotification]
    links: NotifyLinks


class NotifyReceivedText(BaseModel):
    """A text message that came in for the application."""

    id: UUID
    created_at: str
    service_id: UUID
    notify_number: str
    user_number: str
    content: str


class NotifyReceivedTexts(BaseModel):
    """A page of text messages that came to the number of a live key of the application, newest first."""

    received_text_messages: list[NotifyReceivedText]
    links: NotifyLinks


class NotifyRequired(BaseModel):
    """Whether a placeholder wants a value."""

    required: bool


class NotifyTemplate(BaseModel):
    """A version of a template, in French."""

    id: UUID
    name: str
    type: str
    created_at: str
    updated_at: str | None
    created_by: str
    version: int
    body: str
    subject: str | None
    letter_contact_block: str | None = None
    postage: str | None = None
    personalisation: dict[str, NotifyRequired]


class NotifyTemplates(BaseModel):
    """The templates that may be sent by."""

    templates: list[NotifyTemplate]


class NotifyTemplateVersions(BaseModel):
    """All versions of a template, newest first."""

    data: list[NotifyTemplate]


class NotifyPreview(BaseModel):
    """A template, filled in."""

    id: UUID
    type: str
    version: int
    body: str
    subject: str | None
    html: str | None
    postage: str | None = None
