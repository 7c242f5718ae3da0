# SPDX-License-Identifier: EUPL-1.2
"""The answers that a queue can be filtered by: those that come from a closed set, never free text."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

MAX_FACETS: Final = 32


def closed_answers(
    schema: Mapping[str, Any], answers: Mapping[str, Any], inside: str = ""
) -> Iterator[tuple[str, str]]:
    """Question and answer, as text, of each closed answer; nested questions are named ``outer.inner``.

    Closed are yes and no, whole numbers, and the texts that the JSON Schema lists (``enum``, ``const``, or ``oneOf``
    with a ``const`` each); of a list, each item counts.
    """
    properties = schema.get("properties", {})
    for question, answer in answers.items():
        asked, name = properties.get(question, {}), inside + question
        if isinstance(answer, Mapping):
            yield from closed_answers(asked, answer, f"{name}.")
            continue
        items = answer if isinstance(answer, list) else [answer]
        asked = asked.get("items", {}) if isinstance(answer, list) else asked
        for item in items:
            text = _closed(asked, item)
            if text is not None:
                yield name, text


def _closed(schema: Mapping[str, Any], answer: Any) -> str | None:
    if isinstance(answer, bool):
        return "true" if answer else "false"
    if isinstance(answer, int):
        return str(answer)
    if isinstance(answer, str) and answer in _listed(schema):
        return answer
    return None


def _listed(schema: Mapping[str, Any]) -> list[Any]:
    choices = [choice.get("const") for choice in schema.get("oneOf", ())]
    return [*schema.get("enum", ()), *choices, *([schema["const"]] if "const" in schema else [])]
