# SPDX-License-Identifier: EUPL-1.2
"""What routes take from the request and from the running process."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.requests import Request

from parvis_files.route import Uploads
from parvis_kit.crypto.keys import SealingKey
from parvis_kit.locale import Language
from parvis_kit.problems import FORBIDDEN
from parvis_kit.runtime import Runtime
from parvis_kit.security.principal import Principal, PrincipalKind
from parvis_kit.web.operation import principal_of
from parvis_notifications.db.event_log import EventLogReader
from parvis_notifications.db.webhook_subscriptions import Subscriber
from parvis_notifications.domain.delivery_token import DeliveryTokens
from parvis_notifications.domain.look_limit import LookLimit
from parvis_notifications.domain.reader import Reader
from parvis_notifications.domain.recipient_token import RecipientTokens
from parvis_notifications.outgoing.owners import Owners
from parvis_notifications.service.edit_templates import Writer
from parvis_notifications.service.event_streams import EventStreams
from parvis_notifications.service.inbox_feed import InboxFeed
from parvis_notifications.service.moments import Moments
from parvis_notifications.service.push_browsers import PushTerms
from parvis_notifications.service.subscribe_alone import Office
from parvis_notifications.service.templates import Templates
from parvis_notifications.settings import Settings
from parvis_outside.destination import Network


@dataclass(frozen=True, slots=True)
class Parts:
    """The open parts of this service's api process."""

    runtime: Runtime[Settings]
    webhook_secrets: SealingKey
    allowed_networks: Sequence[Network]
    feed: InboxFeed
    event_log: EventLogReader
    event_streams: EventStreams
    delivery_tokens: DeliveryTokens
    templates: Templates
    office: Office
    sending_keys: SealingKey
    inbound_secrets: SealingKey
    recipients: RecipientTokens
    push: PushTerms
    short_links: RecipientTokens
    calls: RecipientTokens
    uploads: Uploads
    looks: LookLimit
    moments: Moments
    owners: Owners


def parts_of(request: Request) -> Parts:
    """The parts of the process that answers."""
    parts: Parts = request.app.state.parts
    return parts


def reader_of(request: Request) -> Reader:
    """The citizen who calls, or the agent, who reads of their work alone; nobody else has an inbox."""
    principal = principal_of(request)
    if principal.kind not in {PrincipalKind.CITIZEN, PrincipalKind.AGENT}:
        raise FORBIDDEN.problem("Seule une personne a une boîte de messages.", "Only a person has an inbox.")
    return Reader(principal.person, principal.collectivity, work=principal.kind is PrincipalKind.AGENT)


def citizen_of(request: Request) -> Reader:
    """The citizen who calls for themselves: an agent's work subscribes to nothing."""
    principal = principal_of(request)
    if principal.kind is not PrincipalKind.CITIZEN:
        raise FORBIDDEN.problem("Seul un usager s'abonne.", "Only a citizen subscribes.")
    return Reader(principal.person, principal.collectivity, work=False)


def agent_of(request: Request) -> Principal:
    """The agent who calls."""
    principal = principal_of(request)
    if not principal.is_agent:
        raise FORBIDDEN.problem("Réservé aux agents.", "For agents alone.")
    return principal


def office_of(request: Request) -> Office:
    """What subscriptions without an account need."""
    return parts_of(request).office


def subscriber_of(request: Request) -> Subscriber:
    """The system that calls; people do not subscribe to webhooks."""
    principal = principal_of(request)
    if principal.kind is not PrincipalKind.SYSTEM:
        raise FORBIDDEN.problem(
            "Seule une application s'abonne, avec ses propres identifiants (client credentials).",
            "Only a system subscribes, with its own client credentials.",
        )
    return Subscriber(principal.collectivity, principal.client_id)


def writer_of(request: Request) -> Writer:
    """The agent who writes templates; nobody else does."""
    principal = principal_of(request)
    if principal.kind is not PrincipalKind.AGENT:
        raise FORBIDDEN.problem("Seul un agent écrit des modèles.", "Only an agent writes templates.")
    return Writer(principal.collectivity, principal.person)


def language_of(request: Request) -> Language:
    """The language of the answer."""
    language: Language = request.state.language
    return language


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)
