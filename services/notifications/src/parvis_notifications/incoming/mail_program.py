# SPDX-License-Identifier: EUPL-1.2
"""A process that reads one mail, and can do nothing else: no file, no key, no other process (decision 80).

It is started anew for each mail, with no environment, and is bounded in memory and time and shut out of the file system
before it reads a byte. What the library would import while it reads is imported before.
"""

import codecs
import contextlib
import email.generator
import email.parser
import encodings
import encodings.idna
import json
import os
import pkgutil
import sys
from email.errors import MessageError
from typing import Any, Final

from parvis_files.confined import confined
from parvis_notifications.incoming.complaint_format import read_complaint
from parvis_notifications.incoming.mail_bounds import UnreadableMailError
from parvis_notifications.incoming.mail_reading import read_mail
from parvis_notifications.incoming.report_format import read_report

MAIL: Final = "mail"
REPORT: Final = "report"
COMPLAINT: Final = "complaint"
UNREADABLE: Final = 3
# What the program takes, and of each byte of a mail: those that are no ASCII are four bytes as text, and a copy of it.
_MEMORY: Final = 256 * 1024**2
_MEMORY_OF_A_BYTE: Final = 16
# Ten times what the largest mail takes on a slow machine.
_CPU_SECONDS: Final = 10
# email and encodings import these once they need them.
IMPORTED: Final = (email.generator, email.parser, encodings.idna)


def main() -> int:
    """Read a mail from the standard input; write what it says to the standard output: a line of JSON, then its files.

    The arguments are ``mail``, ``report`` or ``complaint``, the most bytes that are read, and the arguments of
    ``read_mail`` as JSON.
    """
    kind, most_bytes, arguments = sys.argv[1:]
    for charset in pkgutil.iter_modules(encodings.__path__):
        with contextlib.suppress(LookupError):  # no charset, or another system's
            codecs.lookup(charset.name)
    sys.meta_path.clear()  # nothing is looked for where nothing can be read: a charset that is none is unknown
    whole = confined(_MEMORY + _MEMORY_OF_A_BYTE * int(most_bytes), _CPU_SECONDS)
    content = sys.stdin.buffer.read(int(most_bytes))
    try:
        if kind == MAIL:
            said, files = _mail(content, json.loads(arguments))
        else:
            said, files = (_report if kind == REPORT else _complaint)(content), []
    except (UnreadableMailError, MessageError, ValueError, LookupError, TypeError, RecursionError, MemoryError):
        return UNREADABLE
    sys.stdout.buffer.write(json.dumps({"confined": whole, "said": said}).encode() + b"\n")
    for each in files:
        sys.stdout.buffer.write(each)
    sys.stdout.buffer.flush()
    return 0


def _mail(content: bytes, arguments: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    mail = read_mail(content, own=frozenset(arguments["own"]), authserv_id=arguments["authserv_id"])
    said = {
        "message_id": mail.message_id,
        "sender": mail.sender,
        "sender_name": mail.sender_name,
        "subject": mail.subject,
        "text": mail.text,
        "files": [[each.name, len(each.content)] for each in mail.files],
        "left_out": list(mail.left_out),
        "automatic": mail.automatic,
        "spam": mail.spam,
        "verified": mail.verified,
        "digest": mail.digest.hex(),
    }
    return said, [each.content for each in mail.files]


def _report(content: bytes) -> Any:
    found = read_report(content)
    return None if found is None else {"action": found.action, "status": found.status}


def _complaint(content: bytes) -> Any:
    found = read_complaint(content)
    return None if found is None else {"kind": found.kind, "senders": found.senders, "links": found.links}


if __name__ == "__main__":
    # What is open is not closed: nothing of it is left, and closing is more code that strangers' content would run.
    os._exit(main())
