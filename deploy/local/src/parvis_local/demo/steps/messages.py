# SPDX-License-Identifier: EUPL-1.2
"""What the citizen is told."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from parvis_local.demo.expecting import eventually, expect, same
from parvis_local.demo.story import CITIZEN_MAIL, Story

_TOLD: Final = ("request-submitted", "request-taken", "request-replied", "request-resolved")
# A second copy would come within the time that a killed worker's claim lasts; look again after some of it.
_SETTLING_SECONDS: Final = 2.0


def read_messages(story: Story) -> Iterator[str]:
    """Four mails, four messages in the inbox, and not one more."""
    inbox = eventually("four messages in the inbox", lambda: _enough(_inbox(story)), 60)
    for message in reversed(inbox):
        yield f"inbox: {message['subject']}"
    same("what the inbox tells", Counter(message["template"] for message in inbox), Counter(_TOLD))
    eventually("four mails", lambda: _enough(mails_about(story)), 60)
    time.sleep(_SETTLING_SECONDS)
    mails = mails_about(story)
    same("each mail once", sorted(mail["subject"] for mail in mails), sorted(message["subject"] for message in inbox))
    yield f"mails: the same {len(mails)}, to {CITIZEN_MAIL}, once each; the worker was started again by its watcher"
    path = f"/v1/inbox-messages/{inbox[0]['id']}"
    tag = expect(story.citizen.get(path), 200).headers["ETag"]
    headers = {"Content-Type": "application/merge-patch+json", "If-Match": tag}
    patch = json.dumps({"read_at": inbox[0]["created_at"]}).encode()
    expect(story.citizen.call("PATCH", path, patch, **headers), 200)
    expect(story.neighbour.get(path), 404, "not-found")
    yield "one of them is marked as read; the neighbour sees none of them"


def _inbox(story: Story) -> list[dict[str, Any]]:
    items = expect(story.citizen.get("/v1/inbox-messages?limit=100"), 200).json()["items"]
    return [message for message in items if story.request["reference"] in message["subject"]]


def mails_about(story: Story) -> list[dict[str, Any]]:
    """The mails to the citizen about the report."""
    return [mail for mail in story.stage.mails(CITIZEN_MAIL) if story.request["reference"] in mail["subject"]]


def _enough(found: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
    return found if len(found) >= len(_TOLD) else None
