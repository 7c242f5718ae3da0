# SPDX-License-Identifier: EUPL-1.2
"""What routes take from the request and from the running process."""

from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.requests import Request

from parvis_files.route import Uploads
from parvis_kit.locale import Language
from parvis_kit.problems import FORBIDDEN
from parvis_kit.runtime import Runtime
from parvis_kit.security.principal import Principal, PrincipalKind
from parvis_kit.web.operation import principal_of
from parvis_requests.db.blobs import Blobs
from parvis_requests.db.hot import Submission
from parvis_requests.domain.colleague import UNKNOWN, Directory
from parvis_requests.domain.files import Scan
from parvis_requests.domain.request import Actor, OnBehalf
from parvis_requests.outgoing.address_base import AddressBase
from parvis_requests.outgoing.api_particulier import ApiParticulier
from parvis_requests.outgoing.civil_status import CivilStatuses
from parvis_requests.outgoing.colleagues import Colleagues
from parvis_requests.outgoing.payfip import PayFip
from parvis_requests.outgoing.people import People
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.settings import Settings


@dataclass(frozen=True, slots=True)
class Parts:
    """The open parts of this service's api process."""

    runtime: Runtime[Settings]
    catalogues: Catalogues
    submission: Submission
    blobs: Blobs
    addresses: AddressBase | None
    payment_provider: PayFip | None
    civil_statuses: CivilStatuses
    people: People
    colleagues: Colleagues
    certifier: ApiParticulier | None
    uploads: Uploads

    @property
    def first_scan(self) -> Scan:
        """Where the check of a new file begins: nowhere, unless the town runs an antivirus."""
        return Scan.WAITING if self.runtime.settings.clamd else Scan.UNCHECKED


def parts_of(request: Request) -> Parts:
    """The parts of the process that answers."""
    parts: Parts = request.app.state.parts
    return parts


def actor_of(request: Request) -> Actor:
    """The person who calls; other systems may not act on requests."""
    principal = principal_of(request)
    if not (principal.is_citizen or principal.is_agent):
        raise FORBIDDEN.problem("Seule une personne peut faire cela.", "Only a person may do this.")
    roles = frozenset(principal.roles)
    by, teams = on_behalf(principal), frozenset(principal.teams if principal.is_agent else ())
    return Actor(principal.person, principal.collectivity, principal.is_agent, roles, by, teams)


async def colleagues_of(request: Request) -> Directory:
    """The agents of the town of the agent who calls, by their names; of nobody else's."""
    actor = actor_of(request)
    return await parts_of(request).colleagues.of(actor.collectivity) if actor.is_agent else UNKNOWN


def colleagues_at_hand(request: Request) -> Directory:
    """The same as it is remembered, for whoever holds a transaction."""
    actor = actor_of(request)
    return parts_of(request).colleagues.at_hand(actor.collectivity) if actor.is_agent else UNKNOWN


def on_behalf(principal: Principal) -> OnBehalf | None:
    """Who really acts, where another acts for the person."""
    if principal.actor is None:
        return None
    return OnBehalf(principal.actor, principal.actor_kind is PrincipalKind.AGENT)


def language_of(request: Request) -> Language:
    """The language to answer in."""
    language: Language = request.state.language
    return language


def root_of(request: Request) -> str:
    """Below which path whoever calls finds what is theirs."""
    root: str = getattr(request.state, "root", "/v1")
    return root


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)
