# SPDX-License-Identifier: EUPL-1.2
"""A mail as bytes (RFC 5322, MIME). The same delivery always gives the same bytes, whoever sends it again."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

_LOCAL_PART: Final = re.compile(r"""[^\s\x00-\x1f\x7f@,;:<>()\[\]\\"]{1,64}""")
_DOMAIN: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_SHARED: Final = frozenset(
    {"MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Content-Language", "Auto-Submitted"}
)
_KEPT_HEADERS: Final = 64


class _Headers(HeaderRegistry):
    """The library's, which makes a class for each header of each mail, and parses anew what all mails have.

    That is close to half of the time that a mail takes. Headers never change once they are made.
    """

    def __init__(self) -> None:
        super().__init__()
        self._classes: dict[str, type] = {}
        self._parsed = lru_cache(_KEPT_HEADERS)(super().__call__)

    def __getitem__(self, name: str) -> type:
        """The class for headers of that name; names are the few that are written here."""
        if name not in self._classes:
            self._classes[name] = super().__getitem__(name)
        return self._classes[name]

    def __call__(self, name: str, value: Any) -> Any:
        """The header; of one that names nobody it may be that of another mail."""
        return self._parsed(name, value) if name in _SHARED else super().__call__(name, value)


_POLICY: Final = SMTP.clone(cte_type="7bit", header_factory=_Headers())

# What ends a line for Python's library, and for some mail programs: U+2028 comes with text of word processors.
_LINE_ENDS: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def one_line(text: str) -> str:
    """A text as a header has it."""
    return _LINE_ENDS.sub(" ", text).strip()


class BadAddressError(Exception):
    """A recipient that is no e-mail address."""


@dataclass(frozen=True, slots=True)
class Mail:
    """What one mail says, to whom, in whose name; ``calendar`` is a file with its method (RFC 5546)."""

    delivery_id: UUID
    sender: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    html: str
    language: str
    date: datetime
    trace_id: str
    unsubscribe_url: str | None = None
    calendar: tuple[str, bytes] | None = None
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A mail as the relay takes it: the addresses of its envelope, and its bytes."""

    sender: str
    recipient: str
    content: bytes


def normal_address(address: str) -> str:
    """The address for the envelope, its domain in ASCII (IDNA); raises BadAddressError.

    Stricter than RFC 5322: what people really have fits, what could end a header line or name a second recipient
    does not.
    """
    local, _, domain = address.strip().rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode()
    except UnicodeError as error:
        raise BadAddressError from error
    if not _LOCAL_PART.fullmatch(local) or not _DOMAIN.fullmatch(ascii_domain):
        raise BadAddressError
    return f"{local}@{ascii_domain}"


def mail_bytes(mail: Mail) -> bytes:
    """The mail with its ``Message-ID`` made of the delivery's id: a second copy can be recognised as such."""
    domain = mail.sender.rpartition("@")[2]
    message = EmailMessage(_POLICY if mail.recipient.isascii() else _POLICY.clone(utf8=True))
    message["From"] = Address(mail.sender_name, addr_spec=mail.sender)
    username, _, host = mail.recipient.rpartition("@")
    message["To"] = Address(username=username, domain=host)
    message["Subject"] = one_line(mail.subject)
    message["Date"] = mail.date
    message["Message-ID"] = f"<{mail.delivery_id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic answer, please
    message["X-Trace-Id"] = mail.trace_id
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    if mail.calendar is not None:
        # The outer boundary must not begin it (RFC 2046 section 5.1.1: what begins like a boundary is one).
        message.set_boundary(f"=_forms_{mail.delivery_id.hex}")
        _attach(message, *mail.calendar)
    # Only now: what is there before goes to the first of the parts.
    message["Content-Language"] = mail.language
    message.set_boundary(f"=_{mail.delivery_id.hex}")
    return _unsubscribing(mail) + _answering(mail) + message.as_bytes()


def _attach(message: EmailMessage, method: str, calendar: bytes) -> None:
    """The part that mail programs show as an appointment (RFC 6047 section 2.4); base64 keeps its line ends."""
    parameters = {"method": method, "charset": "utf-8"}
    message.add_attachment(
        calendar, maintype="text", subtype="calendar", filename="rendez-vous.ics", params=parameters, cte="base64"
    )


def _answering(mail: Mail) -> bytes:
    """Where an answer goes; written here for the same reason as what follows."""
    return f"Reply-To: <{mail.reply_to}>\r\n".encode("ascii") if mail.reply_to else b""


def _unsubscribing(mail: Mail) -> bytes:
    """The headers of RFC 8058, which the relay's signature must cover (section 4).

    Written here: the library takes so long a word for one to encode (RFC 2047), and nobody would find the address.
    """
    if mail.unsubscribe_url is None:
        return b""
    return (
        f"List-Unsubscribe: <{mail.unsubscribe_url}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    ).encode("ascii")
