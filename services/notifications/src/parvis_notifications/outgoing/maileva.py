# SPDX-License-Identifier: EUPL-1.2
"""Postal letters by Maileva, of La Poste: its API "Envoi et suivi de courriers simples", Mail v2 (2.9).

Its OpenAPI description and that of its authentication are published at https://www.maileva.com/catalogue-api/. A
sending is a draft until it is submitted; a draft can be deleted, and what was submitted cannot.
"""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import aiohttp

from parvis_notifications.domain.postal_address import LONGEST_LINE, PostalAddress
from parvis_notifications.domain.precompiled_letter import Postage
from parvis_notifications.letter_settings import LetterProviderSettings
from parvis_notifications.outgoing.letters import (
    LetterFate,
    LetterRefusal,
    LetterRefusedError,
    LetterReport,
    LetterUnansweredError,
    LetterUnreachableError,
    PostalLetter,
)

_SENDINGS: Final = "/mail/v2/sendings"
# Which of the six lines the lines of an address are, by how many there are: the second is who, the fourth the street,
# the sixth the town.
_POSTAGES: Final = {Postage.FIRST: "urgent", Postage.SECOND: "fast", Postage.ECONOMY: "economic"}
_PLACES: Final = {2: (2, 6), 3: (2, 4, 6), 4: (2, 3, 4, 6), 5: (1, 2, 3, 4, 6), 6: (1, 2, 3, 4, 5, 6)}
_NOT_DRAFT: Final = "SENDING_STATUS_IS_NOT_DRAFT"
_OF_ADDRESSES: Final = ("ADDRESS_LINE_", "EMPTY_ADDRESS_LINE_", "INVALID_COUNTRY_CODE", "COUNTRY_CODE_")
_OF_DOCUMENTS: Final = frozenset(
    {
        "CORRUPTED_DOCUMENT",
        "DOCUMENT_TYPE_NOT_ACCEPTED",
        "EMPTY_DOCUMENT",
        "INVALID_DOCUMENT_SIZE",
        "INVALID_TOTAL_SENDING_SIZE",
    }
)
_FATES: Final = {
    "DRAFT": LetterFate.PREPARED,
    "PENDING": LetterFate.ACCEPTED,
    "ACCEPTED": LetterFate.ACCEPTED,
    "REJECTED": LetterFate.REFUSED,
    "PROCESSED": LetterFate.POSTED,
    "PROCESSED_WITH_ERRORS": LetterFate.POSTED,
}
_UNDELIVERABLE: Final = "N10"
_MILLICENTS: Final = 100_000
_BAD_REQUEST: Final = 400
# What is wrong with one letter, by its document's size or kind, or by what its codes say; all else is of the provider.
_OF_CONTENT: Final = frozenset({413, 415})
_OF_ONE: Final = frozenset({400, 422})
_UNAUTHORIZED: Final = 401
_NOT_FOUND: Final = 404
_SERVER_ERROR: Final = 500
# Besides those of servers: whoever says so may have passed it on.
_REQUEST_TIMEOUT: Final = 408
# Taken off the life of a token, so that none ends on its way.
_TOKEN_MARGIN: Final = timedelta(seconds=30)
_AWAY: Final = (aiohttp.ClientError, TimeoutError, OSError)


class Maileva:
    """An account there."""

    def __init__(self, settings: LetterProviderSettings, *, timeout: float) -> None:
        self.name = settings.name
        self._settings = settings
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=timeout))
        self._token = ""
        self._token_ends_at = datetime.min.replace(tzinfo=UTC)

    async def prepare(self, letter: PostalLetter) -> str:
        """A draft with its document and its recipient."""
        made = await self._step("POST", "", json=self._sending(letter))
        reference = made.get("id")
        if not isinstance(reference, str) or not reference.replace("-", "").isalnum():
            raise LetterRefusedError(LetterRefusal.TROUBLE, "malformed")
        try:
            await self._fill(reference, letter)
        except LetterRefusedError:
            await self._leave(reference)
            raise
        return reference

    async def _fill(self, reference: str, letter: PostalLetter) -> None:
        form = aiohttp.FormData()
        form.add_field("document", letter.pdf, filename="lettre.pdf", content_type="application/pdf")
        metadata = json.dumps({"priority": 1, "name": "lettre.pdf", "shrink": False})
        form.add_field("metadata", metadata, content_type="application/json")
        await self._step("POST", f"/{reference}/documents", data=form)
        recipient = {"custom_id": str(letter.id), **_recipient(letter.address)}
        await self._step("POST", f"/{reference}/recipients", json=recipient)

    async def _leave(self, reference: str) -> None:
        """Nothing of the letter stays there, if that can be had."""
        with suppress(LetterUnreachableError):
            await self.withdraw(reference)

    async def submit(self, reference: str) -> None:
        """From here on it is paid for and cannot be taken back."""
        token = await self._authorized()
        try:
            status, found = await self._call("POST", f"/{reference}/submit", token)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise LetterRefusedError(LetterRefusal.TROUBLE, type(error).__name__) from error
        except _AWAY as error:
            raise LetterUnansweredError(type(error).__name__) from error
        if status >= _SERVER_ERROR or status == _REQUEST_TIMEOUT:
            raise LetterUnansweredError(f"HTTP {status}")
        # Nobody but us knows the draft: whoever submitted it already was us.
        if status >= _BAD_REQUEST and _NOT_DRAFT not in _codes(found):
            raise self._refused(status, found)

    async def report(self, reference: str) -> LetterReport | None:
        """Fetch the sending, and its one recipient once it was processed."""
        sending = await self._get(f"/{reference}")
        if sending is None:
            return None
        fate = _FATES.get(str(sending.get("status")))
        if fate is None:
            raise LetterUnreachableError("malformed")
        if fate is not LetterFate.POSTED:
            return LetterReport(fate, _pages(sending))
        among = (await self._get(f"/{reference}/recipients?start_index=1&count=1") or {}).get("recipients")
        if not isinstance(among, list) or len(among) != 1 or not isinstance(among[0], dict):
            raise LetterUnreachableError("malformed")
        return _of_recipient(among[0])

    async def withdraw(self, reference: str) -> bool:
        """Delete the draft: a submission that is still on its way there then finds none."""
        try:
            status, found = await self._call("DELETE", f"/{reference}", await self._authorized())
        except LetterRefusedError as error:
            raise LetterUnreachableError(error.reply) from error
        except _AWAY as error:
            raise LetterUnreachableError(type(error).__name__) from error
        if status < _BAD_REQUEST or status == _NOT_FOUND:
            return True
        if status == _BAD_REQUEST and _NOT_DRAFT in _codes(found):
            return False
        raise LetterUnreachableError(f"HTTP {status}")

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    def _sending(self, letter: PostalLetter) -> dict[str, Any]:
        given = self._settings
        # The lines below the name fit; a name that does not is whole in the letter itself.
        lines = [line[:LONGEST_LINE].rstrip() for line in letter.sender]
        sender = dict(zip(_PLACES[max(2, len(lines))], lines, strict=False))
        return {
            "name": str(letter.id),
            "custom_id": str(letter.id),
            "color_printing": given.color,
            "duplex_printing": given.duplex,
            "optional_address_sheet": given.address_sheet,
            "postage_type": (_POSTAGES[letter.postage] if letter.postage else given.postage).upper(),
            "treat_undelivered_mail": given.returns,
            "archiving_duration": 0,
            "print_sender_address": False,
            **({f"sender_address_line_{n}": line for n, line in sender.items()} if len(letter.sender) > 1 else {}),
            **({"sender_country_code": "FR"} if len(letter.sender) > 1 else {}),
        }

    async def _step(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        """One call of which nothing is posted: whatever goes wrong may be begun again."""
        token = await self._authorized()
        try:
            status, found = await self._call(method, path, token, **body)
        except _AWAY as error:
            raise LetterRefusedError(LetterRefusal.TROUBLE, type(error).__name__) from error
        if status >= _BAD_REQUEST:
            raise self._refused(status, found)
        return found

    async def _get(self, path: str) -> dict[str, Any] | None:
        try:
            status, found = await self._call("GET", path, await self._authorized())
        except LetterRefusedError as error:
            raise LetterUnreachableError(error.reply) from error
        except _AWAY as error:
            raise LetterUnreachableError(type(error).__name__) from error
        if status == _NOT_FOUND:
            return None
        if status >= _BAD_REQUEST:
            raise LetterUnreachableError(f"HTTP {status}")
        return found

    async def _call(self, method: str, path: str, token: str, **body: Any) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{self._settings.url}{_SENDINGS}{path}"
        async with self._session.request(method, url, headers=headers, allow_redirects=False, **body) as answer:
            status, found = answer.status, _object(await answer.read())
        if status == _UNAUTHORIZED:
            self._token = ""
        return status, found

    async def _authorized(self) -> str:
        """A token that lasts; raises LetterRefusedError."""
        if self._token and datetime.now(UTC) < self._token_ends_at:
            return self._token
        given = self._settings
        form = {
            "grant_type": "password",
            "client_id": given.client_id,
            "client_secret": given.client_secret.get_secret_value(),
            "username": given.username,
            "password": given.password.get_secret_value(),
        }
        try:
            async with self._session.post(given.token_url, data=form, allow_redirects=False) as answer:
                status, found = answer.status, _object(await answer.read())
        except _AWAY as error:
            raise LetterRefusedError(LetterRefusal.TROUBLE, type(error).__name__) from error
        token, lasts = found.get("access_token"), found.get("expires_in")
        if status >= _BAD_REQUEST or not isinstance(token, str) or not isinstance(lasts, int):
            raise LetterRefusedError(LetterRefusal.TROUBLE, f"token {status}")
        self._token, self._token_ends_at = token, datetime.now(UTC) + timedelta(seconds=lasts) - _TOKEN_MARGIN
        return token

    def _refused(self, status: int, found: dict[str, Any]) -> LetterRefusedError:
        codes = _codes(found)
        reply = f"{status} {codes[0]}" if codes else str(status)
        if status in _OF_CONTENT:
            return LetterRefusedError(LetterRefusal.CONTENT, reply)
        if status not in _OF_ONE:
            return LetterRefusedError(LetterRefusal.TROUBLE, reply)
        if any(code.startswith(_OF_ADDRESSES) for code in codes):
            return LetterRefusedError(LetterRefusal.ADDRESS, reply)
        if any(code in _OF_DOCUMENTS for code in codes):
            return LetterRefusedError(LetterRefusal.CONTENT, reply)
        return LetterRefusedError(LetterRefusal.ELSEWHERE, reply)


def _recipient(address: PostalAddress) -> dict[str, str]:
    lines = zip(_PLACES[len(address.lines)], address.lines, strict=True)
    return {f"address_line_{place}": line for place, line in lines} | {"country_code": address.country}


def _of_recipient(found: dict[str, Any]) -> LetterReport:
    postage = _postage(found)
    if found.get("status") == "REJECTED":
        return LetterReport(LetterFate.REFUSED)
    if found.get("undelivered_mail_date") or found.get("last_delivery_status") == _UNDELIVERABLE:
        return LetterReport(LetterFate.RETURNED, _pages(found), postage)
    return LetterReport(LetterFate.POSTED, _pages(found), postage)


def _pages(found: dict[str, Any]) -> int | None:
    pages = found.get("billed_pages_count")
    return pages if isinstance(pages, int) and 0 < pages < 2**15 else None


def _postage(found: dict[str, Any]) -> int | None:
    try:
        price = Decimal(str(found["postage_price"]))
        return int(price * _MILLICENTS) if 0 <= price < 1_000 else None  # noqa: PLR2004 - euros
    except (KeyError, InvalidOperation):
        return None


def _codes(found: dict[str, Any]) -> list[str]:
    """Its codes: of one error, or of several."""
    errors = found.get("errors")
    among = errors if isinstance(errors, list) else [found]
    return [str(each["code"])[:60] for each in among if isinstance(each, dict) and each.get("code")]


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
