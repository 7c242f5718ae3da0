# SPDX-License-Identifier: EUPL-1.2
"""What the API takes and shows of people's addresses in a messenger."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from parvis_notifications.domain.chat import ChatState

Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=255)]


class NewChatAddress(BaseModel):
    """Where somebody wants to be written to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: Address = Field(description="User id of Matrix, such as `@camille:matrix.example`.")


class ChatCodeBody(BaseModel):
    """The code that was sent to the room."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(pattern=r"^[0-9]{6}$")


class ChatAddressView(BaseModel):
    """An address of the caller's."""

    id: UUID
    address: str
    state: ChatState = Field(
        description="`pending` until the code is given back, `confirmed`, or `left` where its owner left the room or"
        " refused the invitation: nothing goes there until they give the address again."
    )
    created_at: AwareDatetime
    expires_at: AwareDatetime | None = Field(description="Until when the code works that was sent last.")
    confirmed_at: AwareDatetime | None
    left_at: AwareDatetime | None


class ChatAddressList(BaseModel):
    """The one that is used, and the one that is to be confirmed."""

    items: list[ChatAddressView]
