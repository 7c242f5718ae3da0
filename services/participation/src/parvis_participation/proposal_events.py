# SPDX-License-Identifier: EUPL-1.2
"""What is told of proposals: ids, codes and times; never a word of them, nor who made or supports them."""

from datetime import datetime
from typing import Final

from parvis_kit.messaging.events import Event, instant
from parvis_participation.db.proposal_tables import Proposal
from parvis_participation.events import told

PROPOSAL_TOPIC: Final = "parvis.participation.proposal.v1"


def proposal_published(proposal: Proposal, at: datetime) -> Event:
    """Somebody has proposed something to their town."""
    return _told("proposal-published", proposal, at)


def proposal_withdrawn(proposal: Proposal, at: datetime) -> Event:
    """Its author has taken a proposal back."""
    return _told("proposal-withdrawn", proposal, at)


def _told(name: str, proposal: Proposal, at: datetime) -> Event:
    data = {
        "proposal_id": str(proposal.id),
        "collectivity": proposal.collectivity,
        "occurred_at": instant(at),
        "sequence": proposal.version,
    }
    return told(name, PROPOSAL_TOPIC, proposal.id, proposal.version, proposal.collectivity, at, data)
