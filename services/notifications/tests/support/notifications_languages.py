# SPDX-License-Identifier: EUPL-1.2
"""A town that writes in more than French and English."""

from typing import Any

import httpx
from notifications_post import Post
from notifications_templates import RECEIPT, Desk

from parvis_testing import Caller

LANGUAGES = "/v1/message-languages"
PREFERENCES = "/v1/notification-preferences"
GERMAN = {
    "subject": "Eingegangen: ((reference))",
    "body": "Am ((received)) ist ((asked)) eingegangen.\n\n((service))\n\n((statements))",
}
ARABIC = {"subject": "وصل ((reference))", "body": "وصل في ((received)): ((asked))\n\n((service))\n\n((statements))"}
BRETON = {"subject": "Degemeret: ((reference))", "body": "((received)), ((asked))\n\n((service))\n\n((statements))"}


async def offer(post: Post, agent: Caller, *languages: str) -> httpx.Response:
    """Put these in the place of those that there are."""
    tag = (await post.get(agent, LANGUAGES)).headers["etag"]
    body = {"languages": list(languages)}
    return await post.client.put(LANGUAGES, json=body, headers=agent.headers | {"If-Match": tag})


async def wish(post: Post, reader: Caller, language: str | None, *channels: str) -> httpx.Response:
    """Have somebody choose that language, and by which channels they are told of their requests."""
    topics = [{"topic": "requests", "channels": list(channels)}] if channels else []
    body: dict[str, Any] = {"language": language, "quiet_hours": None, "topics": topics}
    tag = (await post.get(reader, PREFERENCES)).headers["etag"]
    return await post.client.put(PREFERENCES, json=body, headers=reader.headers | {"If-Match": tag})


async def receipts(desk: Desk, **texts: dict[str, str]) -> httpx.Response:
    """The town's words for what acknowledges a request, published in French and these languages."""
    made = await desk.write(name="Reçu", occasion="request-submitted", variables=[], texts=RECEIPT | texts)
    assert made.status_code == 201, made.text
    assert (await desk.publish(made)).status_code == 201
    return made
