# SPDX-License-Identifier: EUPL-1.2
"""Whose mails of news go with others, and when."""

from collections.abc import Sequence
from datetime import datetime

from parvis_notifications.db.broadcast_deliveries import ClaimedPart
from parvis_notifications.db.gathered_news import Gathering
from parvis_notifications.domain.digest import DigestTime, Rhythm
from parvis_notifications.domain.preferences import Preferences
from parvis_notifications.domain.quiet_hours import QuietHours


def gathered_of(parts: Sequence[ClaimedPart], now: datetime, time_zone: str) -> list[Gathering]:
    """Those that go with others, by the town's time zone where they chose none.

    None of which nobody knows whether it is there already.
    """
    return [
        Gathering(part.recipient, part.person, _chosen(part).next_digest(Rhythm(part.rhythm), now, time_zone))
        for part in parts
        if part.rhythm and part.person and part.handed_over_at is None
    ]


def _chosen(part: ClaimedPart) -> Preferences:
    """What of their preferences says when."""
    quiet = gathered = None
    if part.quiet_begins is not None and part.quiet_ends is not None and part.time_zone is not None:
        quiet = QuietHours(part.quiet_begins, part.quiet_ends, part.time_zone)
    if part.digest_at is not None and part.digest_weekday is not None and part.digest_time_zone is not None:
        gathered = DigestTime(part.digest_at, part.digest_weekday, part.digest_time_zone)
    return Preferences(quiet_hours=quiet, digest_time=gathered)
