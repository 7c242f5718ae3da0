# SPDX-License-Identifier: EUPL-1.2
"""What the town's own mail server found out about a sender: ``Authentication-Results`` (RFC 8601)."""

import re
from collections.abc import Sequence
from typing import Final

_COMMENT: Final = re.compile(r"\([^()]*\)")
_RESULT: Final = re.compile(r"(dmarc|dkim|spf)\s*=\s*([a-z]+)", re.IGNORECASE)
_PROPERTY: Final = re.compile(r"([a-z]+)\.([a-z]+)\s*=\s*(\S+)", re.IGNORECASE)
_MOST_HEADERS: Final = 20
_LONGEST: Final = 4_000
_MOST_NESTED: Final = 5


def vouched(headers: Sequence[str], authserv_id: str, sender: str) -> bool:
    """Whether the server of that name vouches for the domain of the address in ``From``.

    By DMARC where it says anything of it (RFC 7489): a failure weighs more than all else. Otherwise by a signature or
    an envelope sender of the same organisation's domain. What bears another server's name is not read: anybody can
    write it, and the server removes what bears its own (RFC 8601 section 5).
    """
    domain = sender.rpartition("@")[2].lower()
    passed = False
    for each in headers[:_MOST_HEADERS]:
        said = _plain(each)
        name, _, results = said.partition(";")
        if name.split(" ")[0].lower() != authserv_id.lower():
            continue
        for result in results.split(";"):
            found = _RESULT.match(result.strip())
            if found is None:
                continue
            method, value = found.group(1).lower(), found.group(2).lower()
            if method == "dmarc" and value not in {"pass", "none", "bestguesspass"}:
                return False
            passed = passed or (value == "pass" and (method == "dmarc" or _aligned(method, result, domain)))
    return passed


def _plain(header: str) -> str:
    text = header[:_LONGEST]
    for _ in range(_MOST_NESTED):
        text = _COMMENT.sub(" ", text)
    return " ".join(text.split())


def _aligned(method: str, result: str, domain: str) -> bool:
    wanted = {"dkim": {"header.d", "header.i"}, "spf": {"smtp.mailfrom"}}[method]
    for kind, name, value in _PROPERTY.findall(result):
        signed = value.rpartition("@")[2].strip('"').lower()
        if f"{kind}.{name}".lower() in wanted and (
            domain == signed or (domain.endswith(f".{signed}") and "." in signed)
        ):
            return True
    return False
