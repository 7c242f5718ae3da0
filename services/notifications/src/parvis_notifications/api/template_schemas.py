# SPDX-License-Identifier: EUPL-1.2
"""What the API takes and shows of message templates."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from parvis_notifications.domain.languages import LONGEST_TAG, MOST_LANGUAGES, SHIPPED, TAG
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.message_template import Content, Variable, VariableType, Wording
from parvis_notifications.domain.topic import Channel, Sendable, Tried

# U+0000 cannot be stored.
Line = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f]*$")]
LanguageTag = Annotated[str, StringConstraints(pattern=TAG, max_length=LONGEST_TAG)]
_NO_NULL = r"^[^\x00]*$"
_LETTER = "A-Za-zÀ-ÖØ-öø-ÿ"
TemplateName = Annotated[
    str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]*[^\x00-\x20][^\x00-\x1f]*$")
]
VariableName = Annotated[
    str, StringConstraints(min_length=1, max_length=60, pattern=rf"^[{_LETTER}][{_LETTER}0-9 _'’-]*$")
]
_Item = Annotated[str, StringConstraints(max_length=500, pattern=_NO_NULL)]
Value = (
    Annotated[str, StringConstraints(max_length=5_000, pattern=_NO_NULL)]
    | Annotated[list[_Item], Field(max_length=100)]
)
AddressLine = Annotated[str, StringConstraints(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")]
ADDRESS = (
    "From the name to the postcode with the town, six lines of 38 characters (NF Z 10-011); street and town are printed"
    " in capitals without accents. Abroad one line more: the country, by its French or English name."
)
Values = Annotated[dict[Annotated[str, StringConstraints(max_length=80)], Value], Field(max_length=100)]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TemplateVariable(_Input):
    """What a template is filled in with. Its name is compared without case, spaces, hyphens and underscores."""

    name: VariableName
    type: VariableType = VariableType.TEXT
    required: bool = Field(default=True, strict=True, description="A message without a value for it is refused.")
    sample: Value = Field(description="What previews show; a list for the type `list`.")


class TemplateWording(_Input):
    """The words of one language. `((name))` stands for a value, `((name??text))` for that text where it says yes."""

    subject: Line = Field(
        default="", description="Of a mail or a letter; may be left out of what goes as a text message alone."
    )
    body: str = Field(
        min_length=1,
        max_length=20_000,
        pattern=r"^[^\x00]*$",
        description="CommonMark without raw HTML; a single line break is one. Every other variant is made of it.",
    )
    sms: Annotated[str, StringConstraints(min_length=1, max_length=918, pattern=r"^[^\x00]*$")] | None = Field(
        default=None, description="Instead of the text message that the body makes."
    )
    voice: Annotated[str, StringConstraints(min_length=1, max_length=2_000, pattern=r"^[^\x00]*$")] | None = Field(
        default=None, description="Instead of the spoken text that the body makes."
    )


def _usual() -> list[Sendable]:
    return [Channel.EMAIL]


class MessageTemplateBody(_Input):
    """A template as it is written; its draft, until it is published."""

    name: TemplateName = Field(description="For agents; one of the kind in a collectivity.")
    channels: list[Sendable] = Field(default_factory=_usual, min_length=1, max_length=4)
    variables: list[TemplateVariable] = Field(
        default_factory=list, max_length=50, description="None where an occasion sets them."
    )
    texts: dict[LanguageTag, TemplateWording] = Field(
        min_length=1,
        max_length=len(SHIPPED) + MOST_LANGUAGES,
        description="By BCP 47 language; who wants one that is not there has the same without region and script, else"
        " French.",
    )

    def content(self) -> Content:
        """As the rules know it."""
        return Content(
            channels=tuple(dict.fromkeys(self.channels)),
            variables=tuple(Variable(v.name, v.type, v.required, v.sample) for v in self.variables),
            texts={language: Wording(**words.model_dump()) for language, words in sorted(self.texts.items())},
        )


class NewMessageTemplate(MessageTemplateBody):
    """A new one."""

    occasion: Template | None = Field(
        default=None, description="The message of the service's own that it words; null: one that applications send."
    )


class TemplatePublication(_Input):
    """What to publish."""

    restore: int | None = Field(
        default=None, ge=1, le=100_000, strict=True, description="An older version to publish again; null: the draft."
    )


class TemplateTrial(_Input):
    """What of a template to show, or to send to the calling agent."""

    language: LanguageTag = "fr"
    values: Values = Field(default_factory=dict, description="By variable; its sample where none is given.")
    version: int | None = Field(default=None, ge=1, le=100_000, strict=True, description="null: the draft.")


class TemplateTestSend(TemplateTrial):
    """What to send to the calling agent, and how."""

    channel: Tried = Channel.EMAIL


class TemplateHint(BaseModel):
    """Something that could be better; nobody is bound by it."""

    pointer: str = Field(description="RFC 6901, in the template.")
    code: str
    detail: str


class MessageTemplateView(BaseModel):
    """A template with its draft."""

    id: UUID
    name: str
    occasion: Template | None
    channels: list[Channel]
    variables: list[TemplateVariable]
    texts: dict[str, TemplateWording]
    published_version: int | None = Field(description="The number of the version that holds.")
    hints: list[TemplateHint]
    created_at: AwareDatetime
    updated_at: AwareDatetime


class MessageTemplateVersionView(BaseModel):
    """What was published once; it does not change."""

    number: int
    name: str
    channels: list[Channel]
    variables: list[TemplateVariable]
    texts: dict[str, TemplateWording]
    restored_from: int | None = Field(description="The older version that it says again.")
    published_by: UUID = Field(description="The agent.")
    published_at: AwareDatetime


class TemplatePreview(BaseModel):
    """A message in every variant."""

    language: str = Field(description="BCP 47; another than was asked for, where the template has none such.")
    subject: str
    html: str = Field(description="What stands between the heading and the footer of a mail.")
    text: str
    sms: str
    sms_encoding: str = Field(description="`gsm-7`, or `ucs-2` where a character is in no GSM alphabet.")
    sms_segments: int = Field(description="Each is paid for.")
    voice: str
    voice_seconds: int = Field(description="How long that takes to say once, about.")
    hints: list[TemplateHint]


class TemplateTestSendView(BaseModel):
    """A message that is on its way to the calling agent."""

    message_id: UUID = Field(description="In the agent's inbox.")


class OccasionVariable(BaseModel):
    """What a message of the service's own is filled in with."""

    name: str
    mandatory: bool = Field(description="The law has it said: each language of a template has it in its body.")
    sample: str


class MessageOccasionView(BaseModel):
    """A message of the service's own, and whose words it has."""

    occasion: Template
    inherited: bool = Field(description="The deployment's words hold: the collectivity has published none of its own.")
    template_id: UUID | None = Field(description="The collectivity's template for it, published or not.")
    published_version: int | None
    missing_languages: list[str] = Field(
        description="Those of `/v1/message-languages` in which the collectivity has published no words for it: who"
        " chose one is told in what stands in for it."
    )
    variables: list[OccasionVariable]
    defaults: dict[str, TemplateWording] = Field(description="The deployment's words, by language.")


class MessageOccasionList(BaseModel):
    """All that a collectivity may word itself."""

    items: list[MessageOccasionView]


class TemplateChange(BaseModel):
    """What changed in one part of one language."""

    pointer: str = Field(description="RFC 6901, in the template; `/variables` for all of them.")
    diff: str = Field(description="Unified format, without file names.")


class TemplateComparison(BaseModel):
    """What changed between two versions."""

    changes: list[TemplateChange]
