# SPDX-License-Identifier: EUPL-1.2
"""The content of a template as it is stored."""

from typing import Any

from parvis_notifications.domain.message_template import Content, Variable, VariableType, Wording
from parvis_notifications.domain.topic import Channel


def to_json(content: Content) -> dict[str, Any]:
    """As JSON."""
    return {
        "channels": [channel.value for channel in content.channels],
        "variables": [
            {"name": v.name, "type": v.type.value, "required": v.required, "sample": v.example}
            for v in content.variables
        ],
        "texts": {language: words.parts() for language, words in content.texts.items()},
    }


def from_json(stored: dict[str, Any]) -> Content:
    """As :func:`to_json` made it; the languages in the order of their codes.

    What was stored at first calls a sample ``example``.
    """
    return Content(
        channels=tuple(Channel(each) for each in stored["channels"]),
        variables=tuple(
            Variable(
                each["name"],
                VariableType(each["type"]),
                each["required"],
                each["sample" if "sample" in each else "example"],
            )
            for each in stored["variables"]
        ),
        texts={language: Wording(**stored["texts"][language]) for language in sorted(stored["texts"])},
    )
