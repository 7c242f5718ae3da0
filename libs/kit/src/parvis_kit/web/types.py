# SPDX-License-Identifier: EUPL-1.2
"""Types of members and parameters that more than one API takes."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def _only_rfc3339(value: Any) -> Any:
    # pydantic would take a number, and a string of digits, as seconds since 1970: no contract offers that.
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise PydanticCustomError("instant", "An RFC 3339 date-time with its offset is expected")
    return value


def _in_utc(value: datetime) -> datetime:
    # The first and the last day of the calendar do not exist in every zone.
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise PydanticCustomError("instant", "An instant of the years 1 to 9999 in UTC is expected") from error


Instant = Annotated[AwareDatetime, BeforeValidator(_only_rfc3339), AfterValidator(_in_utc)]
"""A time that a caller gives: an RFC 3339 date-time (section 5.6) as a string, with its offset."""
# PostgreSQL cannot store U+0000.
PlainText = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00]*$")]
