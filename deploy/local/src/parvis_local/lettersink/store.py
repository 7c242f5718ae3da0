# SPDX-License-Identifier: EUPL-1.2
"""The letters, as a provider has them; the oldest go when there are too many."""

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final
from uuid import uuid4

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from parvis_local.lettersink.faults import Fault, fault_of

_MOST: Final = 500
# So many seconds after it was submitted a letter is accepted, and so many after it it is in its envelope.
_ACCEPTED_SECONDS: Final = 1.0
_POSTED_SECONDS: Final = 3.0
_POSTAGE: Final = {"URGENT": 1.99, "FAST": 1.45, "ECONOMIC": 1.14}
_UNDELIVERABLE: Final = "N10"


@dataclass(slots=True)
class Document:
    """A PDF that was added."""

    name: str
    content: bytes
    id: str = field(default_factory=lambda: str(uuid4()))

    @property
    def pages(self) -> int:
        """Of its sheets' sides, those that are printed; 0 where it cannot be read."""
        try:
            return len(PdfReader(BytesIO(self.content)).pages)
        except (PyPdfError, ValueError, OSError):
            return 0


@dataclass(slots=True)
class Letter:
    """A sending, with its documents and recipients; ``returned_at`` is when somebody pressed the button."""

    options: dict[str, Any]
    id: str = field(default_factory=lambda: str(uuid4()))
    documents: list[Document] = field(default_factory=list)
    recipients: list[dict[str, Any]] = field(default_factory=list)
    created_at: float = field(default_factory=time.time)
    submitted_at: float | None = None
    returned_at: float | None = None

    @property
    def lines(self) -> list[str]:
        """Of its one recipient's address."""
        first = self.recipients[0] if self.recipients else {}
        return [str(first[name]) for n in range(1, 7) if first.get(name := f"address_line_{n}")]

    @property
    def fault(self) -> Fault | None:
        """What goes wrong with it."""
        return fault_of(self.lines)

    @property
    def status(self) -> str:
        """As far as it has come by now."""
        if self.submitted_at is None:
            return "DRAFT"
        age = time.time() - self.submitted_at
        if age < _ACCEPTED_SECONDS:
            return "PENDING"
        if self.fault is Fault.REJECTED:
            return "REJECTED"
        return "ACCEPTED" if age < _POSTED_SECONDS else "PROCESSED"

    @property
    def returned(self) -> bool:
        """Whether the post has brought it back."""
        return self.status == "PROCESSED" and (self.returned_at is not None or self.fault is Fault.RETURNED)

    @property
    def pages(self) -> int:
        """That are billed."""
        sheet = 1 if self.options.get("optional_address_sheet") else 0
        return sheet + sum(document.pages for document in self.documents)

    def shown(self) -> dict[str, Any]:
        """As the API shows a sending."""
        told = {"billed_pages_count": self.pages} if self.status in {"ACCEPTED", "PROCESSED"} else {}
        dates = {"creation_date": _instant(self.created_at), "submission_date": _instant(self.submitted_at)}
        known = {name: at for name, at in dates.items() if at}
        return {**self.options, "id": self.id, "status": self.status, **known, **told}

    def recipient(self, number: int) -> dict[str, Any]:
        """As the API shows a recipient."""
        status = {"DRAFT": "DRAFT", "PROCESSED": "PROCESSED", "REJECTED": "REJECTED"}.get(self.status, "PENDING")
        shown = {**self.recipients[number], "status": status}
        if status == "PROCESSED":
            postage = _POSTAGE.get(str(self.options.get("postage_type")), _POSTAGE["FAST"])
            shown |= {"billed_pages_count": self.pages, "postage_price": postage}
        if self.returned:
            at = _instant(self.returned_at or self.submitted_at)
            shown |= {"undelivered_mail_date": at, "last_delivery_status": _UNDELIVERABLE}
        return shown


class LetterStore:
    """All of them, for as long as this process lives."""

    def __init__(self) -> None:
        self._letters: OrderedDict[str, Letter] = OrderedDict()

    def add(self, letter: Letter) -> None:
        """Keep one."""
        self._letters[letter.id] = letter
        while len(self._letters) > _MOST:
            self._letters.popitem(last=False)

    def get(self, letter_id: str) -> Letter | None:
        """One of them."""
        return self._letters.get(letter_id)

    def remove(self, letter_id: str) -> None:
        """It was a draft, and is none any more."""
        self._letters.pop(letter_id, None)

    def newest(self, limit: int) -> list[Letter]:
        """The newest first."""
        return list(reversed(self._letters.values()))[:limit]


def _instant(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
