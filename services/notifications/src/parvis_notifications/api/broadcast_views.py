# SPDX-License-Identifier: EUPL-1.2
"""What goes to many, as the API shows it."""

from collections.abc import Sequence
from typing import Any

from parvis_kit.locale import Language
from parvis_notifications.api.broadcast_schemas import (
    Figures,
    NewsItemView,
    PartFigure,
    PublicNewsView,
    TextsBody,
)
from parvis_notifications.api.map_schemas import Polygon
from parvis_notifications.db.broadcast_tables import Broadcast
from parvis_notifications.domain.broadcast import BroadcastState, PartState
from parvis_notifications.domain.geometry import Ring
from parvis_notifications.domain.topic import Channel


def news_members(row: Broadcast, areas: Sequence[Ring]) -> dict[str, Any]:
    """What every view of an item shows."""
    return {
        "id": row.id,
        "topic": row.topic or "",
        "state": BroadcastState(row.state),
        "texts": TextsBody.model_validate(row.texts),
        "link": row.link,
        "area_label": row.area_label,
        "areas": [Polygon.of(each) for each in areas],
        "social": row.social,
        "publish_at": row.publish_at,
        "created_at": row.created_at,
        "frozen_at": row.frozen_at,
        "done_at": row.done_at,
    }


def news_view(row: Broadcast, areas: Sequence[Ring]) -> NewsItemView:
    """To agents."""
    return NewsItemView(**news_members(row, areas))


def public_view(row: Broadcast, areas: Sequence[Ring], language: Language) -> PublicNewsView:
    """To everybody, in that language where it was written in it."""
    words = row.texts.get(language) or row.texts["fr"]
    return PublicNewsView(
        id=row.id,
        topic=row.topic or "",
        subject=words["subject"],
        body=words["body"],
        link=row.link,
        area_label=row.area_label,
        areas=[Polygon.of(each) for each in areas],
        published_at=row.publish_at,
    )


def figures_view(found: Sequence[tuple[str, str, int, int]]) -> Figures:
    """Of what the database counted."""
    return Figures(
        parts=[
            PartFigure(channel=Channel(channel), state=PartState(state), people=people)
            for channel, state, people, _ in found
        ],
        cost_millicents=sum(cost for *_, cost in found),
    )
