# SPDX-License-Identifier: EUPL-1.2
"""What changed between two versions of a template."""

import difflib
from collections.abc import Iterator

from parvis_notifications.domain.message_template import Content


def compare_versions(before: Content, after: Content) -> list[dict[str, str]]:
    """For each part that changed its ``pointer`` and its ``diff``, line by line."""
    old, new = dict(_parts(before)), dict(_parts(after))
    pairs = ((place, old.get(place, ""), new.get(place, "")) for place in sorted(old | new))
    return [{"pointer": place, "diff": _diff(one, other)} for place, one, other in pairs if one != other]


def _parts(content: Content) -> Iterator[tuple[str, str]]:
    yield "/channels", "\n".join(content.channels)
    yield "/variables", "\n".join(f"{v.name}: {v.type}, {v.required}, {v.example}" for v in content.variables)
    for language, words in content.texts.items():
        for name, source in words.parts().items():
            yield f"/texts/{language}/{name}", source


def _diff(one: str, other: str) -> str:
    lines = difflib.unified_diff(one.splitlines(), other.splitlines(), lineterm="", n=1)
    return "\n".join(line for line in lines if not line.startswith(("--- ", "+++ ")))
