# SPDX-License-Identifier: EUPL-1.2
"""A topic as the API shows it."""

from parvis_notifications.api.subscription_schemas import NewsTopicView, TextBody
from parvis_notifications.db.subscription_tables import NewsTopic


def topic_view(row: NewsTopic) -> NewsTopicView:
    """As it stands."""
    return NewsTopicView(code=row.code, label=TextBody(**row.label), active=row.active)
