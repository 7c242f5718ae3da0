# SPDX-License-Identifier: EUPL-1.2
"""Types of members and parameters that more than one API takes."""

import re
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def _only_rfc3339(value: Any) -> Any:
    # pydantic would take a number, and a string of digits, as seconds since 1970: no contract offers that.
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise PydanticCustomError("instant", "An RFC 3339 date-time with its offset is expected")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_only_rfc3339)]
"""A time that a caller gives: an RFC 3339 date-time (section 5.6) as a string, with its offset."""
# PostgreSQL cannot store U+0000.
PlainText = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00]*$")]
