# SPDX-License-Identifier: EUPL-1.2
"""What somebody of another town tries at the operations on what the public sees of requests."""

from typing import Any

# Who calls each operation, with which body and headers.
PUBLICATION_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "listWaitingPublications": ("agent", None, {}),
    "readPublication": ("citizen agent", None, {}),
    "decidePublication": ("citizen agent", {"text": "Non."}, {"If-Match": '"0"'}),
}
