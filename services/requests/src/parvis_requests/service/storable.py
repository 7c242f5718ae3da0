# SPDX-License-Identifier: EUPL-1.2
"""JSON of any form that PostgreSQL can keep."""

from typing import Any

from pydantic_core import PydanticCustomError


def storable(value: Any) -> Any:
    """The value itself; raises PydanticCustomError where a text or a name in it, however deep, holds U+0000.

    JSON has that character (RFC 8259 section 7); ``jsonb`` takes all others.
    """
    if _holds_null(value):
        french = {"fr": "Le caractère U+0000 n'est pas accepté."}
        raise PydanticCustomError("null_character", "The character U+0000 is not taken", french)
    return value


def _holds_null(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(map(_holds_null, value)) or any(map(_holds_null, value.values()))
    return isinstance(value, list) and any(map(_holds_null, value))
