# SPDX-License-Identifier: EUPL-1.2
"""What the town's own mail server found out about a sender: ``Authentication-Results`` (RFC 8601)."""

import re
from collections.abc import Sequence
from typing import Final

_RESULT: Final = re.compile(r"(dmarc|dkim|spf)\s*=\s*([a-z]+)", re.IGNORECASE)
_PROPERTY: Final = re.compile(r"([a-z]+)\.([a-z]+)\s*=\s*(\S+)", re.IGNORECASE)
_MOST_HEADERS: Final = 20
_LONGEST: Final = 4_000


def vouched(headers: Sequence[str], authserv_id: str, sender: str) -> bool:
    """Whether the server of that name vouches for the domain of the address in ``From``.

    By DMARC where it says anything of it (RFC 7489): a failure weighs more than all else, and a pass is of the domain
    that it names. Otherwise by a signature or an envelope sender of the same organisation's domain. What bears another
    server's name is not read: anybody can write it, and the server removes what bears its own (RFC 8601 section 5).
    """
    domain = sender.rpartition("@")[2].lower()
    passed = False
    for each in headers[:_MOST_HEADERS]:
        name, _, results = _plain(each[:_LONGEST]).partition(";")
        if name.split(" ")[0].lower() != authserv_id.lower():
            continue
        for result in results.split(";"):
            found = _RESULT.match(result.strip())
            if found is None:
                continue
            method, value = found.group(1).lower(), found.group(2).lower()
            if method == "dmarc" and value not in {"pass", "none", "bestguesspass"}:
                return False
            passed = passed or (value == "pass" and _aligned(method, result, domain))
    return passed


def _plain(header: str) -> str:
    """Without comments, and without what is quoted: the sender chooses the left part of an address, signs and all.

    Where a comment or a quotation does not end, nothing after its beginning is read (RFC 5322 section 3.2).
    """
    kept: list[str] = []
    depth, quoted, signs = 0, False, iter(header)
    for sign in signs:
        if sign == "\\":
            next(signs, None)
        elif quoted or (sign == '"' and not depth):
            quoted = not (quoted and sign == '"')
        elif sign == "(":
            depth += 1
        elif sign == ")" and depth:
            depth -= 1
            kept.append(" ")
        elif not depth:
            kept.append(sign)
    return " ".join("".join(kept).split())


def _aligned(method: str, result: str, domain: str) -> bool:
    """Whether what passed is of that domain, or, but for DMARC which has looked at that, of one above it."""
    wanted = {"dmarc": {"header.from"}, "dkim": {"header.d", "header.i"}, "spf": {"smtp.mailfrom"}}[method]
    for kind, name, value in _PROPERTY.findall(result):
        named = value.rpartition("@")[2].lower()
        above = method != "dmarc" and "." in named and domain.endswith(f".{named}")
        if f"{kind}.{name}".lower() in wanted and (domain == named or above):
            return True
    return False
