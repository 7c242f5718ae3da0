# SPDX-License-Identifier: EUPL-1.2
"""What somebody of another town tries: at what the public sees of requests, and at how long they are kept."""

from typing import Any

# Who calls each operation, with which body and headers.
PUBLICATION_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "listWaitingPublications": ("agent", None, {}),
    "readPublication": ("citizen agent", None, {}),
    "decidePublication": ("citizen agent", {"text": "Non."}, {"If-Match": '"0"'}),
}
RETENTION_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "listPurgeNotices": ("agent", None, {}),
    "listPurgedRequests": ("agent", None, {}),
    "readLegalHold": ("agent", None, {}),
    "holdRequest": ("agent", {"reason": "Non."}, {"If-Match": '"1"'}),
    "releaseRequest": ("agent", None, {"If-Match": '"1"'}),
}
