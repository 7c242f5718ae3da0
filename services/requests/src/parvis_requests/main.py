# SPDX-License-Identifier: EUPL-1.2
"""Composition root of the api process."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, FastAPI

from parvis_files.route import Uploads
from parvis_kit.process import serve
from parvis_kit.runtime import Runtime, open_runtime
from parvis_kit.web.app import create_app
from parvis_kit.web.internal import health_router
from parvis_letters.routes import letter_routes, letter_scopes
from parvis_requests.api import (
    acts,
    addresses,
    afterwards,
    agenda_exceptions,
    agenda_waits,
    agendas,
    appeals,
    appointment_calendar,
    appointment_kinds,
    appointments,
    archives,
    areas,
    assignments,
    attachments,
    attendances,
    attestations,
    authors,
    bulk,
    calendar_feeds,
    catalogue,
    certified_answers,
    colleagues,
    completion,
    confirm_address,
    contact,
    drafts,
    filing_alone,
    followed,
    forwarded_photos,
    forwardings,
    incoming_contacts,
    internal,
    internal_appeals,
    internal_appointments,
    internal_follows,
    internal_readers,
    internal_surveys,
    internal_validity,
    legal,
    mentions,
    merges,
    nearby,
    nearby_alone,
    on_behalf,
    open311_bodies,
    open_data,
    open_satisfaction,
    payment_return,
    payments,
    places,
    priorities,
    public_feed,
    public_map,
    publications,
    queue_csv,
    reply_templates,
    request_drafts,
    requests,
    retention,
    routing,
    satisfaction,
    saved_views,
    survey,
    teams,
    tracked_appointments,
    tracked_doors,
    transfers,
    type_changes,
    uploads_alone,
    validity,
    waiting_list,
    work_queue,
)
from parvis_requests.api.context import Parts
from parvis_requests.api.open311 import filing, reading, services, updates
from parvis_requests.api.problems import CATALOGUE
from parvis_requests.db.blobs import FileBlobs
from parvis_requests.db.hot import Submission
from parvis_requests.outgoing.address_base import AddressBase
from parvis_requests.outgoing.api_particulier import Access, ApiParticulier
from parvis_requests.outgoing.civil_status import CivilStatuses
from parvis_requests.outgoing.colleagues import Colleagues
from parvis_requests.outgoing.payfip import provider_at
from parvis_requests.outgoing.people import People
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.settings import MIGRATIONS, Settings

SCOPES = (
    ("requests.requests.read", "Lire ses demandes ; pour un agent, celles de sa collectivité"),
    ("requests.requests.write", "Déposer une demande ; pour un agent, la traiter"),
    ("requests.attachments.write", "Envoyer des photos à joindre à une demande"),
    ("requests.appointments.read", "Lire ses rendez-vous ; pour un agent, ceux de sa collectivité et ses agendas"),
    ("requests.appointments.write", "Prendre, déplacer et annuler des rendez-vous"),
    ("requests.authors.read", "Savoir de qui viennent les demandes et les rendez-vous (agents)"),
    ("requests.agendas.write", "Tenir les agendas et les motifs de rendez-vous de la collectivité"),
    ("requests.archives.read", "Exporter les demandes closes de la collectivité vers un système d'archivage"),
    ("requests.catalogue.read", "Lire les brouillons du catalogue des démarches"),
    ("requests.catalogue.write", "Rédiger et publier le catalogue des démarches"),
    *letter_scopes("requests"),
)


OPEN311 = (services.routes, reading.routes, filing.routes, updates.routes)
APPOINTMENTS = (
    appointments.routes,
    appointment_calendar.routes,
    attendances.routes,
    appointment_kinds.routes,
    agendas.routes,
    agenda_exceptions.routes,
    agenda_waits.routes,
    waiting_list.routes,
    calendar_feeds.routes,
)
PUBLIC = (
    requests.routes,  # the busiest first: routes are tried in this order
    catalogue.routes,
    addresses.routes,
    drafts.routes,
    attachments.routes,
    acts.routes,
    assignments.routes,
    colleagues.routes,
    priorities.routes,
    validity.routes,
    completion.routes,
    certified_answers.routes,
    afterwards.routes,
    satisfaction.routes,
    survey.routes,
    appeals.routes,
    mentions.routes,
    merges.routes,
    nearby.routes,
    nearby_alone.routes,
    followed.routes,
    publications.routes,
    public_map.routes,
    public_feed.routes,
    open_data.routes,
    open_satisfaction.routes,
    reply_templates.routes,
    request_drafts.routes,
    legal.routes,
    attestations.routes,
    work_queue.routes,
    queue_csv.routes,
    saved_views.routes,
    bulk.routes,
    teams.routes,
    areas.routes,
    routing.routes,
    contact.routes,
    authors.routes,
    retention.routes,
    archives.routes,
    on_behalf.routes,
    incoming_contacts.routes,
    open311_bodies.routes,
    forwardings.routes,
    forwarded_photos.routes,
    transfers.routes,
    type_changes.routes,
    places.routes,
    payments.routes,
    payment_return.routes,
    *APPOINTMENTS,
    filing_alone.routes,
    uploads_alone.routes,
    confirm_address.routes,
    tracked_doors.routes,
    tracked_appointments.routes,
    *OPEN311,
    letter_routes("requests"),
)
INTERNAL = (
    internal.routes,
    internal_appeals.routes,
    internal_appointments.routes,
    internal_follows.routes,
    internal_readers.routes,
    internal_surveys.routes,
    internal_validity.routes,
)


def public_app(runtime: Runtime[Settings]) -> FastAPI:
    """The API behind the gateway."""
    return _app(PUBLIC, runtime.settings.public_url, runtime.state(parts=_parts(runtime)))


def internal_app(runtime: Runtime[Settings]) -> FastAPI:
    """Health, metrics and the API for other services."""
    health = health_router(runtime.checks() | {"ended_sessions": runtime.ended_sessions.check})
    return _app((health, *INTERNAL), runtime.settings.public_url, runtime.state(parts=_parts(runtime)))


def documented_app() -> FastAPI:
    """The public API without anything behind it: what its contract is compared with."""
    return _app(PUBLIC, "", {})


def _parts(runtime: Runtime[Settings]) -> Parts:
    secret = runtime.settings.machine_client_secret.get_secret_value()
    identity = (runtime.settings.identity_internal_url, secret)
    people = People(*identity)
    return Parts(
        runtime=runtime,
        catalogues=Catalogues(runtime.database, runtime.settings.catalogue_seconds),
        submission=Submission(runtime.database),
        blobs=FileBlobs(runtime.settings.attachments_directory),
        addresses=AddressBase(url) if (url := runtime.settings.address_base_url) else None,
        payment_provider=provider_at(runtime.settings.payfip_url, runtime.settings.payfip_timeout_seconds),
        civil_statuses=CivilStatuses(*identity),
        people=people,
        colleagues=Colleagues(people),
        certifier=certifier_at(runtime.settings),
        uploads=Uploads(runtime.settings.uploads_memory_mib, runtime.settings.upload_seconds),
    )


def certifier_at(settings: Settings) -> ApiParticulier | None:
    """API Particulier with what it gave each collectivity; None where it is not asked."""
    if not settings.api_particulier_url:
        return None
    accesses = {
        each.collectivity: Access(each.siret, each.token.get_secret_value())
        for each in settings.api_particulier_accesses
    }
    seconds, often = settings.api_particulier_timeout_seconds, settings.api_particulier_per_second
    return ApiParticulier(settings.api_particulier_url, accesses, seconds, often)


def _app(routers: Sequence[APIRouter], public_url: str, state: dict[str, Any]) -> FastAPI:
    return create_app(
        title="Parvis requests",
        version="1.0.0",
        public_url=public_url,
        routers=routers,
        catalogue=CATALOGUE,
        scopes=SCOPES,
        state=state,
    )


async def main() -> None:
    """Serve both ports until told to stop."""
    settings = Settings()
    async with open_runtime("requests", "api", settings, MIGRATIONS) as runtime:
        await serve(
            [
                (public_app(runtime), settings.host, settings.port),
                (internal_app(runtime), settings.host, settings.internal_port),
            ],
            runtime.waker.run(),
            runtime.ended_sessions.run(),
        )
