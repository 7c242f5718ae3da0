# SPDX-License-Identifier: EUPL-1.2
"""Personalisation as clients of GOV.UK Notify give it: strings, numbers, booleans, and lists of them."""

from collections.abc import Mapping
from typing import Any

from parvis_notifications.api.notify.protocol import NotifyError
from parvis_notifications.api.notify.schemas import NotifyFile


def as_values(given: Mapping[str, Any] | None) -> dict[str, str | list[str]]:
    """As templates take it; what is null is not given. Raises NotifyError for a file."""
    if any(isinstance(value, NotifyFile) for value in (given or {}).values()):
        raise NotifyError(400, "BadRequestError", "Can only send a file by email")
    return {name: _value(value) for name, value in (given or {}).items() if value is not None}


def _value(value: Any) -> str | list[str]:
    if isinstance(value, list):
        return [_word(each) for each in value]
    return _word(value)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
