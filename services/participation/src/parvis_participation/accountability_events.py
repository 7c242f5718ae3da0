# SPDX-License-Identifier: EUPL-1.2
"""What is told of what became of proposals: ids, codes and times; whom to tell, one by one."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from parvis_kit.messaging.events import Event, instant
from parvis_participation.db.accountability_tables import ProposalFollower, ProposalMilestone
from parvis_participation.events import told
from parvis_participation.process_events import NEWS_TOPIC


def milestone_reported(milestone: ProposalMilestone, at: datetime) -> Event:
    """The town has said what became of a proposal."""
    return _told("proposal-milestone-reported", milestone.id, milestone, at, {"outcome": milestone.outcome})


def milestone_told(milestone: ProposalMilestone, follower: ProposalFollower, at: datetime) -> Event:
    """A follower is to be told of it; an aggregate of its own, so that no follower waits for another."""
    key = uuid5(milestone.id, str(follower.id))
    return _told("proposal-milestone-told", key, milestone, at, {"follower": str(follower.person)})


def _told(name: str, key: UUID, milestone: ProposalMilestone, at: datetime, more: dict[str, Any]) -> Event:
    data = {
        "milestone_id": str(milestone.id),
        "proposal_id": str(milestone.proposal_id),
        "collectivity": milestone.collectivity,
        **more,
        "occurred_at": instant(at),
        "sequence": 1,
    }
    return told(name, NEWS_TOPIC, key, 1, milestone.collectivity, at, data)
