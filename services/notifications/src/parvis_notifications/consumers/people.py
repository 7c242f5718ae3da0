# SPDX-License-Identifier: EUPL-1.2
"""What people are told about: which events, from which topics."""

from typing import Final

from parvis_notifications.consumers import (
    followed_request_moved,
    person_changed,
    request_replied,
    request_resolved,
    request_submitted,
    request_taken,
)

TOPICS: Final = ("parvis.requests.request.v1", "parvis.requests.follow.v1", "parvis.identity.person.v1")
HANDLERS: Final = {
    module.TYPE: module.handle
    for module in (
        request_submitted,
        request_taken,
        request_replied,
        request_resolved,
        followed_request_moved,
        person_changed,
    )
}
