# SPDX-License-Identifier: EUPL-1.2
"""What a change to the schema of an event breaks for those who read it; such a change is a new type, sent in parallel.

More may come: members that readers do not know they leave out. What they know must stay, be what it was, and hold no
value that they have never heard of.
"""

from collections.abc import Iterator
from typing import Any, Final

_SAME: Final = ("type", "format", "pattern", "const", "$ref")


def broken(old: dict[str, Any], new: dict[str, Any], where: str = "") -> Iterator[str]:
    """Each thing that a reader of the old schema would trip over in what fits the new one."""
    for keyword in _SAME:
        if old.get(keyword) != new.get(keyword):
            yield f"{where or '/'}: another {keyword}"
    if "enum" in old and (more := set(new.get("enum", ["anything"])) - set(old["enum"])):
        yield f"{where or '/'}: values that nobody knew: {', '.join(sorted(map(str, more)))}"
    for name in sorted(set(old.get("required", ())) - set(new.get("required", ()))):
        yield f"{where}/{name}: no longer always there"
    for name, schema in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            yield f"{where}/{name}: gone"
        else:
            yield from broken(schema, new["properties"][name], f"{where}/{name}")
    if isinstance(old.get("items"), dict):
        yield from broken(old["items"], new.get("items", {}), f"{where}/items")
