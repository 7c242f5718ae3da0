# SPDX-License-Identifier: EUPL-1.2
"""One mail to many as bytes (RFC 5322, MIME): written once for each text, then filled in for each recipient.

A mail of the standard library takes a thousandth of a second to write; a hundred thousand take two minutes. The parts
are base 64, so that no line of theirs depends on what is filled in.
"""

from base64 import encodebytes
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from parvis_notifications.outgoing.mail_format import one_line

PERSONAL: Final = "\ue000"
"""Stands in the texts for the recipient's own link."""
UNSUBSCRIBE: Final = "\ue001"
"""Stands there for the link that ends it."""
_END: Final = b"\r\n"


@dataclass(frozen=True, slots=True)
class BulkMail:
    """What is the same in all of them."""

    head: bytes
    boundary: str
    text: str
    html: str
    domain: str

    def to(self, recipient: str, name: str, personal: str, unsubscribe: str | None) -> bytes:
        """The mail to an address that :func:`~parvis_notifications.outgoing.mail_format.normal_address` gave.

        ``name`` makes its ``Message-ID``: a second copy can be recognised as such. ``unsubscribe`` is the address of
        RFC 8058.
        """
        encoding = "ascii" if recipient.isascii() else "utf-8"
        own = f"To: {recipient}\r\nMessage-ID: <{name}@{self.domain}>\r\n"
        if unsubscribe is not None:
            own += f"List-Unsubscribe: <{unsubscribe}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        parts = (("plain", self.text), ("html", self.html))
        bodies = b"".join(self._part(kind, filled(words, personal, unsubscribe)) for kind, words in parts)
        return own.encode(encoding) + self.head + _END + bodies + f"--{self.boundary}--\r\n".encode()

    def _part(self, kind: str, words: str) -> bytes:
        head = (
            f'--{self.boundary}\r\nContent-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n'
        )
        return head.encode() + _END + encodebytes(words.encode()).replace(b"\n", _END)


def filled(words: str, personal: str, unsubscribe: str | None) -> str:
    """The words with somebody's own links."""
    return words.replace(PERSONAL, personal).replace(UNSUBSCRIBE, unsubscribe or "")


def bulk_mail(
    *, sender: str, sender_name: str, subject: str, text: str, html: str, language: str, date: datetime, boundary: str
) -> BulkMail:
    """The part that all have."""
    message = EmailMessage(SMTP.clone(cte_type="7bit"))
    message["From"] = Address(sender_name, addr_spec=sender)
    message["Subject"] = one_line(subject)
    message["Date"] = date
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic answer, please
    message["Content-Language"] = language
    message["MIME-Version"] = "1.0"
    message["Content-Type"] = f'multipart/alternative; boundary="{boundary}"'
    head = message.as_bytes().partition(b"\r\n\r\n")[0] + _END
    return BulkMail(head, boundary, text, html, sender.rpartition("@")[2])
