# SPDX-License-Identifier: EUPL-1.2
"""What participation tells of people, made of the contract's examples."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from notifications_post import Post, example

from parvis_kit.messaging.events import Event
from parvis_testing import Caller

PREFIX = "fr.parvis.participation."


def told(name: str, **changes: Any) -> Event:
    """An event of participation, made of the contract's example."""
    type_ = f"{PREFIX}{name}.v1"
    return Event(
        id=uuid4(),
        type=type_,
        source="/parvis/participation",
        subject=str(uuid4()),
        time=datetime.now(UTC),
        collectivity="paris",
        sequence=1,
        key=uuid4(),
        topic="parvis.participation.petition.v1",
        data=example(type_) | {key: value if isinstance(value, bool) else str(value) for key, value in changes.items()},
        traceparent=None,
    )


async def templates(post: Post, who: Caller) -> list[str]:
    return [each["template"] for each in (await post.get(who, "/v1/inbox-messages")).json()["items"]]
