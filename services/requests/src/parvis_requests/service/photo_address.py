# SPDX-License-Identifier: EUPL-1.2
"""An address at which the body that is sent a request may fetch a photo of it, for a week.

It is made of the photo, of when it ends and of a seal over both, and so is the same each time that the request is sent:
a call that is repeated by its key must say what it said before.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from parvis_kit.crypto.keys import BlindIndex
from parvis_requests.domain.errors import NotFoundError

# Many bodies fetch what they were sent by night, and try again the nights after.
GOOD_FOR: Final = timedelta(days=7)
_COLUMN: Final = "forwarding.photo"
_ID, _TIME, _SEAL = 16, 4, 16


def address_of(photo: UUID, first_sent_at: datetime, index: BlindIndex) -> str:
    """The secret part of the address: 48 characters of base64url."""
    until = int((first_sent_at + GOOD_FOR).timestamp())
    what = photo.bytes + until.to_bytes(_TIME, "big")
    return urlsafe_b64encode(what + _seal(what, index)).decode()


def photo_at(secret: str, index: BlindIndex, now: datetime) -> UUID:
    """Which photo is there; raises NotFoundError where none is, or no more."""
    raw = urlsafe_b64decode(secret)
    what, seal = raw[: _ID + _TIME], raw[_ID + _TIME :]
    if not hmac.compare_digest(seal, _seal(what, index)):
        raise NotFoundError
    if datetime.fromtimestamp(int.from_bytes(what[_ID:], "big"), UTC) <= now:
        raise NotFoundError
    return UUID(bytes=what[:_ID])


def _seal(what: bytes, index: BlindIndex) -> bytes:
    return index.of(_COLUMN, what.hex())[:_SEAL]
