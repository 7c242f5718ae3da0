# SPDX-License-Identifier: EUPL-1.2
"""What appeals, their ends and the acts on them are called."""

from collections.abc import Sequence
from datetime import UTC
from typing import Final

from parvis_kit.locale import Language, Text
from parvis_requests.api.schemas import AppealRef, Labelled
from parvis_requests.db.tables import Appeal
from parvis_requests.domain.appeal import AppealKind, AppealState

KINDS: Final = {
    AppealKind.RECONSIDERATION: Text(fr="Recours gracieux", en="Request to think again"),
    AppealKind.HIERARCHICAL: Text(fr="Recours hiérarchique", en="Appeal to the superior"),
    AppealKind.MEDIATION: Text(fr="Médiation", en="Mediation"),
    AppealKind.CADA: Text(
        fr="Saisine de la Commission d'accès aux documents administratifs",
        en="Case at the commission for access to documents",
    ),
    AppealKind.COURT: Text(fr="Recours au tribunal administratif", en="Case at the administrative court"),
    AppealKind.DEFENDER: Text(fr="Saisine du Défenseur des droits", en="Case at the Defender of Rights"),
}
STATES: Final = {
    AppealState.OPEN: Text(fr="À l'examen", en="Under examination"),
    AppealState.UPHELD: Text(fr="Accueilli", en="Upheld"),
    AppealState.REJECTED: Text(fr="Rejeté", en="Rejected"),
    AppealState.DEEMED_REJECTED: Text(fr="Rejeté par le silence", en="Rejected by silence"),
    AppealState.ENDED: Text(fr="Terminé", en="Over"),
    AppealState.WITHDRAWN: Text(fr="Retiré", en="Withdrawn"),
}
APPEAL_ACTIONS: Final = {
    "appeal": Text(fr="Contestation du refus", en="Refusal contested"),
    "appeal-assigned": Text(fr="Contestation confiée", en="Appeal assigned"),
    "appeal-upheld": Text(fr="Contestation accueillie", en="Appeal upheld"),
    "appeal-rejected": Text(fr="Contestation rejetée", en="Appeal rejected"),
    "appeal-deemed-rejected": Text(fr="Contestation rejetée par le silence", en="Appeal rejected by silence"),
    "appeal-ended": Text(fr="Contestation terminée", en="Appeal over"),
    "appeal-withdrawn": Text(fr="Contestation retirée", en="Appeal withdrawn"),
}


def kind_label(code: str, language: Language) -> Labelled:
    """An appeal by what it is called."""
    return Labelled(code=code, label=KINDS[AppealKind(code)].in_language(language))


def state_label(code: str, language: Language) -> Labelled:
    """Where it stands."""
    return Labelled(code=code, label=STATES[AppealState(code)].in_language(language))


def appeal_refs(rows: Sequence[Appeal], language: Language) -> list[AppealRef]:
    """The appeals of a request, in short."""
    return [
        AppealRef(
            id=row.id,
            kind=kind_label(row.kind, language),
            state=state_label(row.state, language),
            answer_due_at=row.answer_due_at.astimezone(UTC) if row.answer_due_at else None,
        )
        for row in rows
    ]
