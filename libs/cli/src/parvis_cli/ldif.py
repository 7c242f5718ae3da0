# SPDX-License-Identifier: EUPL-1.2
"""LDIF (RFC 2849), as far as a search writes it: entries of attributes and values, no changes."""

from base64 import b64decode
from collections.abc import Iterator

Entry = dict[str, list[bytes]]
"""Values by attribute, in lower case."""


def entries(text: str) -> Iterator[Entry]:
    """Each entry; raises ValueError for what is no LDIF."""
    for block in text.replace("\r\n", "\n").replace("\n ", "").split("\n\n"):
        entry: Entry = {}
        for line in block.split("\n"):
            if not line or line.startswith(("#", "version:")):
                continue
            name, colon, value = line.partition(":")
            if not colon or value.startswith("<"):
                raise ValueError("not LDIF")
            read = b64decode(value[1:].strip(), validate=True) if value.startswith(":") else value.strip().encode()
            # What follows a semicolon are options, such as the language.
            entry.setdefault(name.partition(";")[0].lower(), []).append(read)
        if "dn" in entry:
            yield entry
