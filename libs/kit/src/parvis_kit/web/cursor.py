# SPDX-License-Identifier: EUPL-1.2
"""Opaque page cursors: signed, and bound to the filters of the list they were made for."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from hmac import digest as hmac_digest
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.crypto.keys import MasterKey
from parvis_kit.db.keyset import Position
from parvis_kit.problems import INVALID_CURSOR

T = TypeVar("T")
_TAG_BYTES = 16

Limit = Annotated[int, Query(ge=1, le=100, description="Items a page, 1 to 100.")]
CursorParameter = Annotated[str | None, Query(max_length=512, description="Opaque cursor of another page.")]


class Page(BaseModel, Generic[T]):
    """One page of a list; follow `next_cursor` or the `Link` header, never build a cursor."""

    items: list[T]
    next_cursor: str | None
    prev_cursor: str | None


class Cursors:
    """Makes and reads cursors."""

    def __init__(self, master: MasterKey) -> None:
        self._key = master.derive("cursor")

    def write(self, position: Position | None, filters: Any) -> str | None:
        """The cursor of a place in the list that has these filters."""
        if position is None:
            return None
        direction = "p" if position.backward else "n"
        body = json.dumps([direction, position.created_at.isoformat(), str(position.id)]).encode()
        return urlsafe_b64encode(self._tag(body, filters) + body).rstrip(b"=").decode()

    def read(self, text: str | None, filters: Any) -> Position | None:
        """The place; raises the ``invalid-cursor`` problem for a forged cursor or one of another list."""
        if text is None:
            return None
        try:
            raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
            tag, body = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
            if compare_digest(tag, self._tag(body, filters)):
                direction, created_at, id_ = json.loads(body)
                return Position(datetime.fromisoformat(created_at), UUID(id_), direction == "p")
        except ValueError:
            pass
        raise INVALID_CURSOR.problem(
            "Reprenez la liste depuis le début, avec les mêmes filtres.", "Start the list again, with the same filters."
        )

    def _tag(self, body: bytes, filters: Any) -> bytes:
        message = body + b"\x00" + json.dumps(filters, sort_keys=True, default=str).encode()
        return hmac_digest(self._key, message, sha256)[:_TAG_BYTES]


def paged(
    request: Request, response: Response, items: Sequence[Any], next_: str | None, previous: str | None
) -> dict[str, Any]:
    """The body of a page; sets the ``Link`` header (RFC 8288) on the response."""
    base: str = request.app.state.public_url
    urls = {
        rel: request.url.include_query_params(cursor=cursor)
        for rel, cursor in (("next", next_), ("prev", previous))
        if cursor
    }
    links = [f'<{base}{url.path}?{url.query}>; rel="{rel}"' for rel, url in urls.items()]
    if links:
        response.headers["Link"] = ", ".join(links)
    return {"items": items, "next_cursor": next_, "prev_cursor": previous}
