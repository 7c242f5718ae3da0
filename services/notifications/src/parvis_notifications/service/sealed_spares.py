# SPDX-License-Identifier: EUPL-1.2
"""Words beside a message's own that may be sealed with a key of before.

A worker of the version that did not know them leaves them so as it joins two accounts: they are as good as none, and
the message goes without them.
"""

import json
from typing import Any

from parvis_kit.crypto.keys import UnreadableError
from parvis_kit.crypto.persons import PersonKey


def spare_words(sealed: bytes | None, key: PersonKey) -> dict[str, Any] | None:
    """Language, subject and body of what stands in for a message's words; None where there is nothing."""
    found = opened(sealed, key, "message.spare")
    words: dict[str, Any] | None = json.loads(found) if found else None
    return words


def opened(sealed: bytes | None, key: PersonKey, column: str) -> str | None:
    """The text of such a column; None where it is empty or of another key."""
    try:
        return key.open(column, sealed) if sealed else None
    except UnreadableError:
        return None
