# SPDX-License-Identifier: EUPL-1.2
"""What agents may do: each role opens scopes, and a token of an agent carries no scope that none of their roles opens.

The matrix is published as ``contracts/roles.yaml`` and at ``/v1/roles``. A role opens an API; what may be done with one
object there, its service decides.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """The roles of staff; an agent has one or several."""

    ADMINISTRATOR = "administrator"
    SUPERVISOR = "supervisor"
    AGENT = "agent"
    POLLING_OFFICER = "polling-officer"
    READER = "reader"
    DPO = "dpo"
    AUDITOR = "auditor"


NAMES: Final[dict[Role, tuple[str, str]]] = {
    Role.ADMINISTRATOR: ("Administration", "Administrator"),
    Role.SUPERVISOR: ("Encadrement", "Supervisor"),
    Role.AGENT: ("Agent", "Agent"),
    Role.POLLING_OFFICER: ("Bureau de vote", "Polling officer"),
    Role.READER: ("Consultation", "Reader"),
    Role.DPO: ("Délégué à la protection des données", "Data protection officer"),
    Role.AUDITOR: ("Audit", "Auditor"),
}
_THEMSELVES: Final = frozenset(
    {"openid", "profile", "email", "identity.profile.read", "identity.sessions.read", "identity.sessions.write"}
)
# By these, a mistake gives one person's account to another, or takes it from them.
_HANDING_OVER: Final = frozenset(
    {
        "identity.accounts.read",
        "identity.merges.read",
        "identity.merges.write",
        "identity.factors.write",
        "identity.erasures.write",
    }
)
_READING: Final = frozenset(
    {
        "requests.requests.read",
        "requests.appointments.read",
        "requests.catalogue.read",
        "participation.answers.read",
        "participation.surveys.read",
    }
)
_WORK: Final = _READING | {
    "identity.accounts.read",
    "identity.proofs.write",
    "identity.assistance.write",
    "identity.organisations.read",
    "identity.verifications.write",
    "requests.requests.write",
    "requests.attachments.write",
    "requests.authors.read",
    "requests.appointments.write",
    "requests.catalogue.write",
    "participation.consultations.write",
    "participation.budgets.write",
    "participation.moderation.read",
    "participation.moderation.write",
    "participation.accountability.write",
    "participation.processes.write",
    "participation.processes.read",
    "participation.assemblies.write",
    "participation.assemblies.read",
    "participation.meetings.write",
    "participation.meetings.read",
    "participation.conversations.write",
    "participation.conversations.read",
    "participation.petition-decisions.write",
    "participation.petition-decisions.read",
    "participation.surveys.write",
    "participation.survey-answers.read",
    "notifications.messages.read",
    "notifications.messages.write",
    "notifications.preferences.read",
    "notifications.preferences.write",
    "notifications.templates.read",
    "notifications.news.write",
    "notifications.replies.write",
    "notifications.request-messages.read",
}
# Where people live who need help, and the mayor's word to all of them (CGCT, article L. 2212-2, 5°): not everybody's.
_ALERTING: Final = frozenset(
    {
        "notifications.alerts.read",
        "notifications.alerts.write",
        "notifications.register.read",
        "notifications.register.write",
    }
)
# Who holds a poll, and who hands out votes in it: an agent who knows files could vote for those who abstain.
_DESKS: Final = frozenset({"participation.desks.write"})
_POLLING: Final = _DESKS | {"participation.polls.write", "participation.counts.write"}
_OVERSEEING: Final = {
    "identity.agents.read",
    "identity.audit.read",
    "identity.collectivity.read",
    "notifications.deliveries.read",
    "notifications.register-accesses.read",
}
MATRIX: Final[dict[Role, frozenset[str]]] = {
    Role.ADMINISTRATOR: _THEMSELVES
    | _HANDING_OVER
    | {
        "identity.agents.read",
        "identity.agents.write",
        "identity.clients.read",
        "identity.clients.write",
        "identity.collectivity.read",
        "identity.collectivity.write",
        "identity.imports.read",
        "identity.imports.write",
        "requests.agendas.write",
        "requests.appointments.read",
        "requests.catalogue.read",
        "requests.catalogue.write",
        "notifications.deliveries.read",
        "notifications.keys.read",
        "notifications.keys.write",
        "notifications.templates.read",
        "notifications.templates.write",
        "notifications.webhooks.read",
        "notifications.webhooks.write",
        "notifications.dead-letters.read",
        "notifications.dead-letters.write",
        "participation.dead-letters.read",
        "participation.dead-letters.write",
        "requests.dead-letters.read",
        "requests.dead-letters.write",
    },
    Role.SUPERVISOR: _THEMSELVES
    | _WORK
    | _HANDING_OVER
    | _ALERTING
    | _POLLING
    | {
        "identity.agents.read",
        "notifications.deliveries.read",
        "notifications.templates.write",
        "requests.agendas.write",
        "requests.archives.read",
    },
    Role.AGENT: _THEMSELVES | _WORK,
    Role.POLLING_OFFICER: _THEMSELVES | _DESKS,
    Role.READER: _THEMSELVES | _READING,
    Role.DPO: _THEMSELVES | _OVERSEEING,
    Role.AUDITOR: _THEMSELVES | _OVERSEEING,
}


def opened(roles: Iterable[str]) -> frozenset[str]:
    """The scopes that a token of an agent with these roles may carry; an unknown role opens nothing."""
    known = {role.value: scopes for role, scopes in MATRIX.items()}
    return frozenset().union(*(known.get(role, frozenset()) for role in roles))
