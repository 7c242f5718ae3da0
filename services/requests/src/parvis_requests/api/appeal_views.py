# SPDX-License-Identifier: EUPL-1.2
"""Appeals as the API shows them, in the language of the caller."""

from parvis_kit.locale import Language
from parvis_requests.api.appeal_labels import kind_label, state_label
from parvis_requests.api.appeal_schemas import AppealView
from parvis_requests.api.appeal_words import statements
from parvis_requests.api.views import instant, team_label
from parvis_requests.domain.remedy import Refusal
from parvis_requests.service.catalogue import Catalogue
from parvis_requests.service.read_appeals import OpenAppeal


def appeal_view(found: OpenAppeal, catalogue: Catalogue, language: Language, *, for_agent: bool) -> AppealView:
    """An appeal; who looks at it is told to agents."""
    row = found.row
    return AppealView(
        id=row.id,
        kind=kind_label(row.kind, language),
        state=state_label(row.state, language),
        refusal=Refusal(row.refusal),
        refused_on=row.refused_on,
        by="agent" if row.by_agent else "author",
        brought_on=row.brought_on,
        received_on=row.received_on,
        due_on=row.due_on,
        late=row.late,
        interrupts_court=row.interrupts,
        answer_due_at=instant(row.answer_due_at) if row.answer_due_at else None,
        ended_on=row.closed_on or row.deemed_on,
        court_ends_on=found.court.until,
        court_waits=found.court.waits,
        text=found.grounds,
        reasons=found.reasons,
        statements=statements(found, catalogue.contact, language, receipt=False),
        team=team_label(row.team, catalogue, language) if for_agent else None,
        assignee=row.assignee if for_agent else None,
        version=row.version,
        created_at=instant(row.created_at),
        updated_at=instant(row.updated_at),
    )
