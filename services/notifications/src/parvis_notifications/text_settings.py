# SPDX-License-Identifier: EUPL-1.2
"""Settings of text messages to many."""

from datetime import time

from pydantic import Field

from parvis_notifications.clock_settings import ClockSettings
from parvis_notifications.domain.quiet_hours import QuietHours


class TextSettings(ClockSettings):
    """Part of the settings of notifications."""

    alert_texts_answerable: bool = Field(
        default=False,
        description="Text messages of alerts say that 1 and 2 answer them: where what is sent to the number that they"
        " come from is brought to the service",
    )
    news_texts_from: time = Field(
        default=time(8),
        description="From then on, by the town's clocks (time_zones), news go by text message, and to rooms of a"
        " messenger, to who has no quiet hours of their own: those that come earlier wait",
    )
    news_texts_until: time = Field(
        default=time(22), description="Until then they go; the same as news_texts_from: around the clock"
    )

    def news_texts_rest(self, collectivity: str) -> QuietHours | None:
        """When no news of a town ring the telephone of who has not said otherwise; None: never."""
        if self.news_texts_from == self.news_texts_until:
            return None
        return QuietHours(self.news_texts_until, self.news_texts_from, self.time_zone(collectivity))
