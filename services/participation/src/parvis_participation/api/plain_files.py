# SPDX-License-Identifier: EUPL-1.2
"""Files that are answered as what they are, as open data describes them: tables, JSON, lines, plain text."""

from pathlib import PurePath
from typing import Any, Final

from starlette.responses import PlainTextResponse

TYPES: Final = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".geojson": "application/geo+json",
}
_TEXT: Final = {"schema": {"type": "string"}}
BUDGET_FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"text/csv": _TEXT, "application/json": {"schema": {"type": "object"}}}}
}
POLL_FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": BUDGET_FILES[200]["content"] | {"application/jsonl": _TEXT}}
}


class TableResponse(PlainTextResponse):
    """A table (RFC 4180)."""

    media_type = "text/csv"


def plain_file(name: str, text: str, kept: str) -> PlainTextResponse:
    """A public file, by the end of its name; ``kept`` says how long others may keep it."""
    media_type = TYPES.get(PurePath(name).suffix, "text/plain")
    return PlainTextResponse(text, media_type=media_type, headers={"Cache-Control": f"public, {kept}"})
