# SPDX-License-Identifier: EUPL-1.2
"""The Base Adresse Nationale, asked as its public services and its server « addok » answer: GeocodeJSON by GET.

The Géoplateforme of the IGN gives it at ``https://data.geopf.fr/geocodage``, for 50 calls a second and sender; a town
may run a server of its own (addok's documentation, "API"; the IGN's, "Service Géoplateforme de géocodage").
"""

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any, Final

import httpx

from parvis_kit.logs import logger
from parvis_requests.domain.address import Address, AddressKind
from parvis_requests.domain.errors import AddressBaseDownError
from parvis_requests.domain.position import Position

_SECONDS: Final = 3.0
_AT_ONCE: Final = 8
_LONGEST_ANSWER: Final = 1024 * 1024
# As long as the Géoplateforme turns away who asks too much; and the longest rest that an answer may impose.
_REST_SECONDS: Final = 5
_LONGEST_REST: Final = 60
_log = logger(__name__)


class AddressBase:
    """An address base at that address (``…/search`` and ``…/reverse``).

    After a failure nobody asks it for some seconds, so that callers who wait for it do not pile up here.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._client: httpx.AsyncClient | None = None
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._rests_until = 0.0

    async def search(self, text: str, around: Position, most: int) -> list[Address]:
        """What such words may mean, the likeliest first, those near a place before others.

        Raises AddressBaseDownError.
        """
        return await self._asked("search", {"q": text, "lon": around.longitude, "lat": around.latitude, "limit": most})

    async def nearest(self, place: Position, most: int) -> list[Address]:
        """The addresses nearest to a place. Raises AddressBaseDownError."""
        return await self._asked("reverse", {"lon": place.longitude, "lat": place.latitude, "limit": most})

    async def _asked(self, what: str, parameters: Mapping[str, str | float]) -> list[Address]:
        rest = self._rests_until - time.monotonic()
        if rest > 0:
            raise AddressBaseDownError(int(rest) + 1)
        if self._client is None:
            # No connection is kept: nothing is left to close when the process ends.
            limits = httpx.Limits(max_keepalive_connections=0)
            self._client = httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False, limits=limits)
        try:
            # The time to wait for one's turn counts: whoever types has gone on by then.
            async with (
                asyncio.timeout(_SECONDS),
                self._turn,
                self._client.stream("GET", f"{self._url}/{what}", params=dict(parameters)) as answer,
            ):
                if answer.status_code == httpx.codes.BAD_REQUEST:
                    # To its taste these words are none; others may be.
                    return []
                if answer.status_code != httpx.codes.OK:
                    raise self._resting(str(answer.status_code), answer.headers.get("Retry-After", ""))
                return _addresses(await _bounded(answer))
        except (httpx.HTTPError, TimeoutError, ValueError) as error:
            raise self._resting(type(error).__name__) from error

    def _resting(self, why: str, wanted: str = "") -> AddressBaseDownError:
        seconds = min(int(wanted), _LONGEST_REST) if wanted.isdecimal() else _REST_SECONDS
        self._rests_until = time.monotonic() + seconds
        _log.warning("address_base_down", error=why, rest=seconds)
        return AddressBaseDownError(max(seconds, 1))


async def _bounded(answer: httpx.Response) -> bytes:
    content = bytearray()
    async for chunk in answer.aiter_bytes():
        content += chunk
        if len(content) > _LONGEST_ANSWER:
            raise ValueError("too long an answer")
    return bytes(content)


def _addresses(content: bytes) -> list[Address]:
    """The answers of kinds that are known here; raises ValueError for what is no GeocodeJSON."""
    try:
        features = json.loads(content)["features"]
        return [_address(feature) for feature in features if feature["properties"]["type"] in list(AddressKind)]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no GeocodeJSON") from error


def _address(feature: Mapping[str, Any]) -> Address:
    longitude, latitude = (float(part) for part in feature["geometry"]["coordinates"][:2])
    properties = feature["properties"]
    distance = properties.get("distance")
    return Address(
        label=str(properties["label"])[:300],
        kind=AddressKind(properties["type"]),
        position=Position(longitude, latitude),
        score=min(max(float(properties.get("score") or 0), 0.0), 1.0),
        distance=None if distance is None else round(float(distance)),
    )
