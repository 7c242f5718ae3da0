# SPDX-License-Identifier: EUPL-1.2
"""Proposals as they are read."""

from parvis_participation.api.budget_schemas import Place
from parvis_participation.api.proposal_photos import photo_view
from parvis_participation.api.proposal_schemas import ProposalVersionView, ProposalView
from parvis_participation.api.views import instant
from parvis_participation.db.proposal_tables import ProposalVersion
from parvis_participation.db.proposals import Supported
from parvis_participation.domain.proposal import ProposalState
from parvis_participation.service.pseudonyms import Pseudonyms


def proposal_view(found: Supported, pseudonyms: Pseudonyms) -> ProposalView:
    """A proposal; of a draft those who write it alone are shown anything."""
    row, shown = found.row, found.row.state in {ProposalState.DRAFT, ProposalState.PUBLISHED}
    return ProposalView(
        id=row.id,
        collectivity=row.collectivity,
        process_id=row.process_id,
        author=pseudonyms.of(row.collectivity, row.person),
        co_authors=[pseudonyms.of(row.collectivity, person) for person in found.co_authors] if shown else [],
        state=row.state,
        title=row.title if shown else None,
        description=row.description if shown else None,
        estimate=row.estimate if shown else None,
        position=Place(**row.position) if shown and row.position is not None else None,
        photos=[photo_view(photo) for photo in found.photos] if shown else [],
        supports=found.supports if shown else None,
        earlier_supports=row.earlier_supports if shown else [],
        takes_supports=row.state == ProposalState.PUBLISHED and row.supports_kept is None,
        outcome=row.outcome,
        outcome_on=row.outcome_on,
        cost=row.cost,
        created_at=instant(row.created_at),
        changed_at=instant(row.changed_at),
        version=row.version,
    )


def version_view(row: ProposalVersion) -> ProposalVersionView:
    """What it said before."""
    return ProposalVersionView(
        version=row.version,
        title=row.title,
        description=row.description,
        estimate=row.estimate,
        position=None if row.position is None else Place(**row.position),
        written_at=instant(row.created_at),
    )
