# SPDX-License-Identifier: EUPL-1.2
"""A mail as bytes (RFC 5322, MIME), read with bounds to each thing in it: whoever wrote it is a stranger."""

import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from hashlib import sha256
from typing import Final

from parvis_notifications.domain.inbound import LONGEST_TEXT, Automatic, InboundFile, InboundMail
from parvis_notifications.domain.quoted_text import without_quotation
from parvis_notifications.incoming.authentication import vouched
from parvis_notifications.incoming.html_text import text_of_html
from parvis_notifications.incoming.mail_bounds import UnreadableMailError, parsed
from parvis_notifications.outgoing.mail_format import BadAddressError, normal_address, one_line

MOST_FILES: Final = 10
LARGEST_FILE: Final = 10 * 2**20
_MOST_PARTS: Final = 100
_DEEPEST: Final = 10
_LONGEST_SUBJECT: Final = 300
_LONGEST_NAME: Final = 150
_LONGEST_ID: Final = 998
# What is read of the words before they are cut: a conversation of years is quoted below them.
_READ_CHARACTERS: Final = 200_000
_READ_BYTES: Final = 4 * _READ_CHARACTERS
# Codecs of Python that are no charsets of mails (IANA), or of other things; some are quadratic.
_NO_CHARSET: Final = frozenset({"unicode_escape", "raw_unicode_escape", "punycode", "idna", "undefined"})
_MOST_RECEIVED: Final = 60
# A picture that is part of the text and as small as this is a logo or a pixel.
_LOGO_BYTES: Final = 15_000
_NO_FILE: Final = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature", "text/calendar"}
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_PLUS: Final = re.compile(r"\+[^@]*(?=@)")
_BLANK_LINES: Final = re.compile(r"\n{3,}")
_BY_NOBODY: Final = re.compile(
    r"(?:réponse automatique|absence du bureau|automatic reply|auto(?:matic)?[- ]?reply|out of (?:the )?office|"
    r"message d'absence)\b",
    re.IGNORECASE,
)


def read_mail(content: bytes, *, own: frozenset[str] = frozenset(), authserv_id: str = "") -> InboundMail:
    """What it says; raises UnreadableMailError.

    Args:
        content: the mail.
        own: the addresses that our own mails come from, without what follows a plus sign; ours are not answers.
        authserv_id: the name of the town's mail server in its ``Authentication-Results``; empty: not read.
    """
    mail = parsed(content)
    try:
        return _read(mail, sha256(content).digest(), own, authserv_id)
    except (RecursionError, LookupError, ValueError, TypeError) as error:
        raise UnreadableMailError from error


def _read(mail: Message, digest: bytes, own: frozenset[str], authserv_id: str) -> InboundMail:
    parts = list(_parts(mail, 0))
    if len(parts) > _MOST_PARTS:
        raise UnreadableMailError
    sender_name, sender = _sender(mail)
    files, left_out = _files(parts)
    results = [str(each) for each in mail.get_all("Authentication-Results", [])]
    return InboundMail(
        message_id=str(mail.get("Message-ID", "")).strip()[:_LONGEST_ID],
        sender=sender,
        sender_name=sender_name,
        subject=_header(mail, "Subject", _LONGEST_SUBJECT),
        text=_words(parts),
        files=files,
        left_out=left_out,
        automatic=_automatic(mail, sender, own),
        spam=any(str(mail.get(name, "")).strip().lower().startswith("yes") for name in ("X-Spam-Flag", "X-Spam")),
        verified=vouched(results, authserv_id, sender) if authserv_id else None,
        digest=digest,
    )


def _parts(part: Message, depth: int) -> Iterator[Message]:
    """The leaves; what is attached as a whole mail is one."""
    inside = part.get_payload()
    if not part.is_multipart() or part.get_content_maintype() != "multipart" or not isinstance(inside, list):
        yield part
        return
    if depth >= _DEEPEST or len(inside) > _MOST_PARTS:
        raise UnreadableMailError
    for each in inside:
        if isinstance(each, Message):
            yield from _parts(each, depth + 1)


def _words(parts: list[Message]) -> str:
    written = [part for part in parts if part.get_content_maintype() == "text" and not _is_file(part)]
    plain = [_text(part) for part in written if part.get_content_subtype() == "plain"]
    text = "\n".join(each for each in plain if each.strip())
    if not text.strip():
        pages = "\n".join(_text(part) for part in written if part.get_content_subtype() == "html")
        text = text_of_html(pages[:_READ_CHARACTERS])
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " "))
    return _BLANK_LINES.sub("\n\n", without_quotation(text[:_READ_CHARACTERS]))[:LONGEST_TEXT].strip()


def _text(part: Message) -> str:
    content = _bytes(part)[:_READ_BYTES]
    charset = part.get_content_charset("utf-8")
    try:
        text = content.decode("utf-8" if charset in _NO_CHARSET else charset, "replace")
    except (LookupError, ValueError):
        text = content.decode("utf-8", "replace")
    # Some charsets spell halves of characters, which are none by themselves.
    return text.encode("utf-8", "replace").decode()[:_READ_CHARACTERS]


def _bytes(part: Message) -> bytes:
    if part.is_multipart():
        return part.as_bytes()
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_filename() is not None


def _files(parts: list[Message]) -> tuple[tuple[InboundFile, ...], tuple[str, ...]]:
    """Those that are taken, and the names of those that are not."""
    taken: list[InboundFile] = []
    left_out: list[str] = []
    for part in parts:
        text = part.get_content_maintype() == "text" and not _is_file(part)
        if text or part.get_content_type() in _NO_FILE:
            continue
        content, name = _bytes(part), _file_name(part)
        logo = part.get("Content-ID") and part.get_content_disposition() != "attachment" and len(content) < _LOGO_BYTES
        if not content or (logo and part.get_content_maintype() == "image"):
            continue
        if len(taken) >= MOST_FILES or len(content) > LARGEST_FILE:
            left_out.append(name)
        else:
            taken.append(InboundFile(name, content))
    return tuple(taken), tuple(left_out[:MOST_FILES])


def _file_name(part: Message) -> str:
    name = _decoded((part.get_filename() or "")[: 4 * _LONGEST_NAME])[:_LONGEST_NAME]
    return name.replace("/", "_").replace("\\", "_") or part.get_content_type()[:_LONGEST_NAME]


def _sender(mail: Message) -> tuple[str, str]:
    """The name and the one address of ``From``; no address where there are more, or none that is one."""
    headers = [str(each)[:_LONGEST_ID] for each in mail.get_all("From", [])]
    found = getaddresses(headers)
    if len(headers) != 1 or len(found) != 1:
        return "", ""
    name, address = found[0]
    try:
        local, _, domain = normal_address(address).rpartition("@")
    except BadAddressError:
        return _decoded(name)[:_LONGEST_NAME], ""
    return _decoded(name)[:_LONGEST_NAME], f"{local}@{domain.lower()}"


def _header(mail: Message, name: str, longest: int) -> str:
    return _decoded(str(mail.get(name, ""))[: 4 * longest])[:longest]


def _decoded(text: str) -> str:
    try:
        readable = str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, ValueError):
        readable = text
    readable = readable.encode("utf-8", "replace").decode("utf-8")
    return " ".join(one_line(readable).split())


def _automatic(mail: Message, sender: str, own: frozenset[str]) -> Automatic | None:
    """Whether a program wrote it: by what programs say of themselves (RFC 3834 section 5, RFC 2919), and by us."""
    submitted = str(mail.get("Auto-Submitted", "no")).split(";")[0].strip().lower()
    precedence = str(mail.get("Precedence", "")).strip().lower()
    said = (
        (_PLUS.sub("", sender).lower() in own, Automatic.OWN),
        (len(mail.get_all("Received", [])) > _MOST_RECEIVED, Automatic.LOOP),
        (submitted not in {"no", ""}, Automatic.AUTO_SUBMITTED),
        (mail.get_content_type() in {"multipart/report", "message/delivery-status"}, Automatic.REPORT),
        (any(name in mail for name in ("List-Id", "List-Unsubscribe", "List-Post")), Automatic.LIST),
        (precedence in {"bulk", "list", "junk", "auto_reply"}, Automatic.PRECEDENCE),
        (any(name in mail for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder")), Automatic.AUTOREPLY),
        (_BY_NOBODY.match(_header(mail, "Subject", _LONGEST_SUBJECT)) is not None, Automatic.AUTOREPLY),
    )
    return next((kind for is_so, kind in said if is_so), None)
