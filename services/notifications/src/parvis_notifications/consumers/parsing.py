# SPDX-License-Identifier: EUPL-1.2
"""Reading the data of other services' events."""

from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from parvis_kit.messaging.events import Event, MalformedEventError

M = TypeVar("M", bound="EventData")
# It stands in the subject line of a mail.
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]


class EventData(BaseModel):
    """Our own model of somebody's event: it declares what is read, and tolerates the rest."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


def read(model: type[M], event: Event) -> M:
    """The event's data; raises MalformedEventError, which names the members that are wrong and shows no value."""
    try:
        return model.model_validate(event.data)
    except ValidationError as error:
        wrong = sorted({".".join(map(str, fault["loc"])) for fault in error.errors(include_input=False)})
        raise MalformedEventError(f"{event.type}: {', '.join(wrong)}") from error
