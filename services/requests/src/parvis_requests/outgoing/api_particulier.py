# SPDX-License-Identifier: EUPL-1.2
"""API Particulier of the DINUM, by which the CNAF and the MSA certify somebody's *quotient familial* to a town.

Sources: its OpenAPI document and technical documentation (``particulier.api.gouv.fr/developpeurs``), and the data of
its test environment (``etalab/siade_staging_data``): ``GET /v3/dss/quotient_familial/identite`` by civil status, a
bearer token given to one town, whose SIRET is the ``recipient`` of each call; 20 calls a second for a token; 429 with
``RateLimit-Reset``, the instant at which one may call again; errors as ``{"errors": [{"code", "title", …}]}``.

The civil status is in the query, for the provider wants it there: no address of a call is logged, traced or raised.
"""

import asyncio
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import httpx

from parvis_kit.logs import logger
from parvis_requests.domain.certified import FRANCE, CivilStatus, Provider, Quotient, Unavailable
from parvis_requests.domain.certified_errors import CertifierDownError, NoCertifierError

_PATH: Final = "/v3/dss/quotient_familial/identite"
_LONGEST_ANSWER: Final = 256 * 1024
# Whoever waits for longer than that to be asked for is told to come again.
_LONGEST_QUEUE: Final = 2.0
_REST_SECONDS: Final = 5
_LONGEST_REST: Final = 60
# "Un ou plusieurs paramètres de civilité ne sont pas correctement formatés": the one published code of what the person
# is said to be (etalab/siade_staging_data).
_CIVIL_STATUS_UNREADABLE: Final = "00366"
_PARTS_OF_A_DATE: Final = ("anneeDateNaissance", "moisDateNaissance", "jourDateNaissance")
_HIGHEST: Final = 1_000_000
_MONTHS: Final = range(1, 13)
_YEARS: Final = range(2_000, 2_200)
_log = logger(__name__)


@dataclass(slots=True)
class Access:
    """What the DINUM gave a town; and when its token may be used next."""

    siret: str
    token: str = field(repr=False)
    free_at: float = 0.0
    rests_until: float = 0.0


class ApiParticulier:
    """API Particulier at that address, asked for the towns that have an access, so often a second for each at most.

    After a failure a town's calls rest for some seconds, so that callers who wait for it do not pile up here.
    """

    def __init__(self, url: str, accesses: Mapping[str, Access], seconds: float, per_second: float) -> None:
        self._url, self._accesses = url.rstrip("/") + _PATH, accesses
        self._seconds, self._between = seconds, 1 / per_second
        self._client: httpx.AsyncClient | None = None

    def serves(self, collectivity: str) -> bool:
        """Whether that town has an access."""
        return collectivity in self._accesses

    async def quotient(self, collectivity: str, person: CivilStatus) -> Quotient | Unavailable:
        """The latest *quotient familial* of a person, or why it is not to be had.

        Raises NoCertifierError or CertifierDownError.
        """
        access = self._accesses.get(collectivity)
        if access is None:
            raise NoCertifierError
        try:
            async with asyncio.timeout(self._seconds):
                await self._turn(access)
                status, headers, content = await self._answer(access, person)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError) as error:
            # Its words may hold the address of the call.
            raise self._resting(access, type(error).__name__, _REST_SECONDS) from None
        return self._read(access, status, headers, content)

    async def _turn(self, access: Access) -> None:
        """Wait for one's turn at this token; raises CertifierDownError where it is far."""
        now = time.monotonic()
        wait = max(access.rests_until, access.free_at) - now
        if access.rests_until > now or wait > _LONGEST_QUEUE:
            raise CertifierDownError(int(wait) + 1)
        access.free_at = max(access.free_at, now) + self._between
        await asyncio.sleep(max(wait, 0))

    async def _answer(self, access: Access, person: CivilStatus) -> tuple[int, httpx.Headers, bytes]:
        if self._client is None:
            # No connection is kept: nothing is left to close when the process ends.
            limits = httpx.Limits(max_keepalive_connections=0)
            self._client = httpx.AsyncClient(timeout=self._seconds, follow_redirects=False, limits=limits)
        headers = {"Authorization": f"Bearer {access.token}", "Accept": "application/json"}
        asked = parameters(access.siret, person)
        async with self._client.stream("GET", self._url, params=asked, headers=headers) as answer:
            content = bytearray()
            async for chunk in answer.aiter_bytes():
                content += chunk
                if len(content) > _LONGEST_ANSWER:
                    raise ValueError("too long an answer")
            return answer.status_code, answer.headers, bytes(content)

    def _read(self, access: Access, status: int, headers: httpx.Headers, content: bytes) -> Quotient | Unavailable:
        if status == httpx.codes.NOT_FOUND:
            return Unavailable.NOT_FOUND
        if status in {httpx.codes.BAD_REQUEST, httpx.codes.UNPROCESSABLE_ENTITY}:
            codes = _codes(content)
            if set(codes.split(",")) == {_CIVIL_STATUS_UNREADABLE}:
                _log.warning("civil_status_refused", status=status, codes=codes)
                return Unavailable.REFUSED
            # The town's SIRET or token, or our call: nothing that the person could put right. Others are still asked
            # for, lest one odd civil status had a whole town rest.
            _log.error("api_particulier_refuses_our_call", status=status, codes=codes)
            raise CertifierDownError(_LONGEST_REST)
        if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            _log.error("api_particulier_refuses_our_access", status=status, codes=_codes(content))
        if status != httpx.codes.OK:
            raise self._resting(access, str(status), _rest(headers), _codes(content))
        try:
            return _quotient(content)
        except ValueError as error:
            raise self._resting(access, str(error), _REST_SECONDS) from None

    def _resting(self, access: Access, why: str, seconds: int, codes: str = "") -> CertifierDownError:
        # Not all who were turned away come back at once.
        rest = seconds + random.uniform(0, seconds)  # noqa: S311 - no secret
        access.rests_until = max(access.rests_until, time.monotonic() + rest)
        _log.warning("api_particulier_down", error=why, codes=codes, rest=round(rest))
        return CertifierDownError(int(rest) + 1)


def parameters(siret: str, person: CivilStatus) -> httpx.QueryParams:
    """The query of a call, in the provider's words; of a birth date what is known, of a place those in France."""
    asked: list[tuple[str, str | int | float | bool | None]] = [
        ("recipient", siret),
        ("nomNaissance", person.family_name or ""),
        *(("prenoms[]", name) for name in (person.given_names or "").split()),
        ("sexeEtatCivil", person.sex or ""),
        ("codeCogInseePaysNaissance", person.birth_country or ""),
    ]
    born = zip(_PARTS_OF_A_DATE, (person.birth_date or "").split("-"), strict=False)
    asked += [(name, str(int(part))) for name, part in born if part.isdecimal()]
    if person.birth_country == FRANCE and person.birth_place:
        asked.append(("codeCogInseeCommuneNaissance", person.birth_place))
    return httpx.QueryParams(asked)


def _quotient(content: bytes) -> Quotient:
    """The value with its month and its provider: nothing else is read; raises ValueError with words of ours alone."""
    try:
        said = json.loads(content)["data"]["quotient_familial"]
        value, year, month = (said[name] for name in ("valeur", "annee", "mois"))
        provider = Provider(said["fournisseur"])
    except (KeyError, TypeError, ValueError):
        raise ValueError("no quotient") from None
    if any(type(number) is not int for number in (value, year, month)):
        raise ValueError("no numbers")
    if not 0 <= value <= _HIGHEST or year not in _YEARS or month not in _MONTHS:
        raise ValueError("no such quotient")
    return Quotient(value, provider, year, month)


def _rest(headers: httpx.Headers) -> int:
    after, reset = headers.get("Retry-After", ""), headers.get("RateLimit-Reset", "")
    wanted = int(after) if after.isdecimal() else int(reset) - int(time.time()) if reset.isdecimal() else _REST_SECONDS
    return min(max(wanted, 1), _LONGEST_REST)


def _codes(content: bytes) -> str:
    """The codes of the provider's errors, which name no person."""
    try:
        return ",".join(str(error["code"])[:8] for error in json.loads(content)["errors"][:5])
    except (KeyError, TypeError, ValueError):
        return ""
