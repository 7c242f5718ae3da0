# SPDX-License-Identifier: EUPL-1.2
"""E-mail addresses as people type them."""

import re
from typing import Final

MAX_LENGTH: Final = 254
_LOCAL_PART: Final = re.compile(r"""[^\s\x00-\x1f\x7f@,;:<>()\[\]\\"]{1,64}""")
_DOMAIN: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


def deliverable(text: str | None) -> str | None:
    """The address with its domain in ASCII (IDNA), or None for what is none.

    Stricter than RFC 5322: what people really have fits, what could end a header line or name a second recipient does
    not. A domain has a dot, as all have that receive mail from outside.
    """
    local, _, domain = (text or "").strip().rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode()
    except UnicodeError:
        return None
    address = f"{local}@{ascii_domain}"
    fits = _LOCAL_PART.fullmatch(local) and _DOMAIN.fullmatch(ascii_domain) and "." in ascii_domain
    return address if fits and len(address) <= MAX_LENGTH else None
