# SPDX-License-Identifier: EUPL-1.2
"""PayFiP, by which the public accountant of a French town is paid online: its web service for *régies*.

Source: DGFiP, *Guide de mise en œuvre, régies de recettes du secteur local, web service* (version 19, June 2020), and
the WSDL of ``PaiementSecuriseService``: SOAP 1.1 by POST to ``…/services/securite``; ``creerPaiementSecurise`` makes a
page for fifteen minutes, which a browser opens at ``…/paiementws.web?idop=…``; ``recupererDetailPaiementSecurise`` says
what became of it. What it notifies is a hint to ask it: the notification is signed by nothing.
"""

import asyncio
import time
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, ParseError, fromstring
from xml.sax.saxutils import escape

import httpx

from parvis_kit.logs import logger
from parvis_requests.domain.calendar import PARIS
from parvis_requests.domain.payment import PaymentMeans, PaymentMode, Verdict
from parvis_requests.domain.payment_errors import PaymentRefusedError, ProviderDownError

_NAMESPACE: Final = (
    "http://securite.service.tpa.cp.finances.gouv.fr/services/mas_securite/contrat_paiement_securise/"
    "PaiementSecuriseService"
)
_ENVELOPE: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:pai="{namespace}">'
    "<soapenv:Body><pai:{operation}><arg0>{members}</arg0></pai:{operation}></soapenv:Body></soapenv:Envelope>"
)
_HEADERS: Final = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""', "Accept-Encoding": "identity"}
_AT_ONCE: Final = 8
_LONGEST_ANSWER: Final = 64 * 1024
_REST_SECONDS: Final = 5
_LONGEST_OBJECT: Final = 100
# It tells no seconds: what was paid in the minute in which the page was opened was so before that, by the minute.
_MINUTE: Final = timedelta(minutes=1)
_MODES: Final = {PaymentMode.TEST: "T", PaymentMode.ACTIVATION: "X", PaymentMode.PRODUCTION: "W"}
# P and R for cards, V and Z for the single direct debit that the person orders on the page.
_RESULTS: Final = {
    "P": (Verdict.PAID, PaymentMeans.CARD),
    "V": (Verdict.PAID, PaymentMeans.DIRECT_DEBIT),
    "R": (Verdict.REFUSED, PaymentMeans.CARD),
    "Z": (Verdict.REFUSED, PaymentMeans.DIRECT_DEBIT),
    "A": (Verdict.CANCELLED, None),
}
# Its functional errors of a look-up that say how a payment stands: no such page, or no longer; no result yet.
_STANDING: Final = {"P1": Verdict.UNKNOWN, "P5": Verdict.PENDING}
_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody is to pay, as the accountant is told it."""

    client_number: str
    mode: PaymentMode
    reference: str
    subject: str
    cents: int
    email: str
    notify_url: str
    return_url: str


@dataclass(frozen=True, slots=True)
class PageMade:
    """A page that was made, and what was ordered with it: an answer of anything else counts for nothing.

    Nobody paid before it was ``opened_at``.
    """

    operation: str
    client_number: str
    mode: PaymentMode
    reference: str
    cents: int
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """What the provider says of a page; ``at`` and ``authorisation`` (*numauto*) of what was paid or refused."""

    verdict: Verdict
    means: PaymentMeans | None = None
    at: datetime | None = None
    authorisation: str | None = None


class _FunctionalError(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PayFip:
    """PayFiP at that address, such as ``https://www.payfip.gouv.fr/tpa``; after a failure it rests for some seconds."""

    def __init__(self, url: str, seconds: float) -> None:
        self._url, self._seconds = url.rstrip("/"), seconds
        self._client: httpx.AsyncClient | None = None
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._rests_until = 0.0

    def page(self, operation: str) -> str:
        """Where a browser is sent to pay."""
        return f"{self._url}/paiementws.web?{urlencode({'idop': operation})}"

    async def create(self, order: Order, now: datetime) -> str:
        """Make a page; returns its name. Nothing is paid by it yet, so that it may be made again.

        Raises PaymentRefusedError or ProviderDownError.
        """
        members = {
            "exer": str(now.astimezone(PARIS).year),
            "mel": order.email,
            "montant": str(order.cents),
            "numcli": order.client_number,
            "objet": _subject(order.subject),
            "refdet": order.reference,
            "saisie": _MODES[order.mode],
            "urlnotif": order.notify_url,
            "urlredirect": order.return_url,
        }
        try:
            found = await self._call("creerPaiementSecurise", members)
        except _FunctionalError as error:
            _log.warning("payment_refused_by_provider", code=error.code)
            raise PaymentRefusedError(error.code) from error
        if not found.get("idOp"):
            raise self._resting("no-operation")
        return found["idOp"]

    async def look(self, page: PageMade, now: datetime) -> Look:
        """What became of a page by now. Raises ProviderDownError, also where the answer is of another payment."""
        try:
            found = await self._call("recupererDetailPaiementSecurise", {"idOp": page.operation})
        except _FunctionalError as error:
            if error.code in _STANDING:
                return Look(_STANDING[error.code])
            raise _odd(f"code-{error.code}") from error
        told = tuple(found.get(name) for name in ("refdet", "montant", "numcli", "saisie"))
        result = _RESULTS.get(found.get("resultrans", ""))
        if told != (page.reference, str(page.cents), page.client_number, _MODES[page.mode]) or result is None:
            raise _odd("other-payment" if result else "no-result")
        return Look(*result, _instant(found, page.opened_at, now), found.get("numauto") or None)

    async def _call(self, operation: str, members: dict[str, str]) -> dict[str, str]:
        self._unless_resting()
        try:
            async with asyncio.timeout(self._seconds):
                await self._turn.acquire()
        except TimeoutError as error:
            # There are many of ours; of the provider that says nothing.
            raise ProviderDownError(1) from error
        try:
            # Whoever was before may have found it down.
            self._unless_resting()
            return await self._post(operation, members)
        finally:
            self._turn.release()

    async def _post(self, operation: str, members: dict[str, str]) -> dict[str, str]:
        if self._client is None:
            # No connection is kept: nothing is left to close when the process ends.
            limits = httpx.Limits(max_keepalive_connections=0)
            self._client = httpx.AsyncClient(timeout=self._seconds, follow_redirects=False, limits=limits)
        written = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in members.items())
        body = _ENVELOPE.format(namespace=_NAMESPACE, operation=operation, members=written).encode()
        try:
            async with (
                asyncio.timeout(self._seconds),
                self._client.stream("POST", f"{self._url}/services/securite", content=body, headers=_HEADERS) as answer,
            ):
                return _read(await _bounded(answer), operation)
        except (httpx.HTTPError, TimeoutError, ValueError) as error:
            raise self._resting(type(error).__name__) from error

    def _unless_resting(self) -> None:
        rest = self._rests_until - time.monotonic()
        if rest > 0:
            raise ProviderDownError(int(rest) + 1)

    def _resting(self, why: str) -> ProviderDownError:
        self._rests_until = time.monotonic() + _REST_SECONDS
        _log.warning("payment_provider_down", error=why)
        return ProviderDownError(_REST_SECONDS)


def provider_at(url: str, seconds: float) -> PayFip | None:
    """The provider that an installation names, if any."""
    return PayFip(url, seconds) if url else None


def _odd(why: str) -> ProviderDownError:
    # It answers; what it says of this payment is no result, and says nothing of the others.
    _log.warning("payment_answer_odd", error=why)
    return ProviderDownError(_REST_SECONDS)


async def _bounded(answer: httpx.Response) -> bytes:
    content = bytearray()
    async for chunk in answer.aiter_raw():
        content += chunk
        if len(content) > _LONGEST_ANSWER:
            raise ValueError("too long an answer")
    return bytes(content)


def _read(content: bytes, operation: str) -> dict[str, str]:
    """The members of the ``return`` of an answer; raises ValueError, or _FunctionalError for a fault that has a code.

    Names count and not their namespaces, which the service has changed before.
    """
    text = content.decode()  # a UnicodeDecodeError is a ValueError
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ValueError("declarations are not read")
    try:
        root = fromstring(text)  # noqa: S314 - it declares nothing
    except ParseError as error:
        raise ValueError("no XML") from error
    for element in root.iter():
        if _name(element) == "FonctionnelleErreur":
            raise _FunctionalError(_members(element).get("code", "")[:8])
    answered = next((e for e in root.iter() if _name(e) == f"{operation}Response"), None)
    returned = next((e for e in answered or () if _name(e) == "return"), None)
    if returned is None:
        raise ValueError("no answer")
    return _members(returned)


def _members(element: Element) -> dict[str, str]:
    return {_name(child): (child.text or "").strip()[:200] for child in element}


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _subject(text: str) -> str:
    """As PayFiP takes it: letters, digits and spaces, a hundred at most."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = "".join(char if char.isalnum() else " " for char in plain).split()
    return " ".join(words)[:_LONGEST_OBJECT].strip()


def _instant(found: dict[str, str], opened_at: datetime, read_at: datetime) -> datetime | None:
    """Of the day and the minute that it tells, as clocks in Paris show them, wherever the town is.

    In October an hour comes twice, and the answer does not say which it means: the first in which somebody can have
    paid, neither before the page was opened nor after the answer was read.
    """
    try:
        written = datetime.strptime(found.get("dattrans", "") + found.get("heurtrans", "") + "+0000", "%d%m%Y%H%M%z")
    except ValueError:
        return None
    first, second = (written.replace(tzinfo=PARIS, fold=fold).astimezone(UTC) for fold in (0, 1))
    possible = (at for at in (first, second) if opened_at - _MINUTE < at <= read_at)
    return next(possible, first)
