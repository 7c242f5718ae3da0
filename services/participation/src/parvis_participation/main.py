# SPDX-License-Identifier: EUPL-1.2
"""Composition root of the api process."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, FastAPI

from parvis_files.clamd import Clamd
from parvis_files.route import Uploads
from parvis_kit.process import serve
from parvis_kit.runtime import Runtime, open_runtime
from parvis_kit.web.app import create_app
from parvis_kit.web.internal import health_router
from parvis_letters.routes import letter_routes, letter_scopes
from parvis_participation.api import (
    accountability,
    accountability_feed,
    amendments,
    answers,
    archives,
    assemblies,
    assembly_draws,
    assembly_follows,
    assembly_preparation,
    assembly_sessions,
    ballots,
    budget_drafts,
    budgets,
    catalogue,
    co_authors,
    comments,
    comparisons,
    consultation_drafts,
    consultations,
    conversation_preparation,
    conversations,
    datasets,
    desks,
    discussion_page,
    document_files,
    documents,
    eligibility,
    meeting_guests,
    meeting_preparation,
    meeting_registrations,
    meetings,
    milestones,
    moderation,
    notices,
    open_ballots,
    opinions,
    own_proposals,
    petition_decisions,
    petitions,
    poll_changes,
    poll_drafts,
    polls,
    process_preparation,
    process_rolls,
    processes,
    projects,
    proposal_photos,
    proposals,
    public_archives,
    public_pages,
    publications,
    reports,
    signatures,
    supports,
    survey_exports,
    survey_files,
    survey_links,
    survey_papers,
    survey_responses,
    survey_results,
    surveys,
    town_acts,
    visible_processes,
    vote_changes,
    votes,
)
from parvis_participation.api.context import Parts
from parvis_participation.api.problems import CATALOGUE
from parvis_participation.db.hot import Answering
from parvis_participation.db.urn import Urn
from parvis_participation.db.votes import Voting
from parvis_participation.outgoing.roll_keys import RollKeys
from parvis_participation.service.member_names import MemberNames
from parvis_participation.service.pseudonyms import Pseudonyms
from parvis_participation.service.seals import Seals
from parvis_participation.service.survey_files import Filing
from parvis_participation.service.survey_words import SurveyWords
from parvis_participation.settings import MIGRATIONS, Settings

SCOPES = (
    ("participation.consultations.write", "Préparer, publier et clore les consultations de sa collectivité"),
    ("participation.answers.write", "Répondre à une consultation"),
    ("participation.answers.read", "Lire les décomptes en cours"),
    ("participation.polls.write", "Préparer et publier les votes à bulletin secret de sa collectivité"),
    ("participation.ballots.write", "Voter à bulletin secret"),
    ("participation.desks.write", "Recevoir des votants au guichet et attester leur domicile"),
    ("participation.counts.write", "Dépouiller un vote clos avec les clés des membres de son bureau"),
    ("participation.budgets.write", "Préparer les budgets participatifs de sa collectivité et analyser les projets"),
    ("participation.projects.write", "Déposer des projets dans un budget participatif"),
    ("participation.comments.write", "Commenter sous un pseudonyme, changer et retirer ses commentaires"),
    ("participation.proposals.write", "Proposer à sa collectivité, et soutenir des propositions"),
    ("participation.proposals.read", "Lire les propositions que l'on soutient et celles que l'on écrit"),
    ("participation.reports.write", "Signaler des contributions et contester des décisions de modération"),
    ("participation.reports.read", "Lire les décisions sur ses propres commentaires et signalements"),
    ("participation.moderation.read", "Lire ce qui est signalé dans sa collectivité"),
    ("participation.moderation.write", "Décider de ce qui est signalé dans sa collectivité"),
    ("participation.votes.write", "Voter par son nom dans un budget participatif, et changer son vote s'il le permet"),
    ("participation.votes.read", "Lire son propre vote dans un budget participatif, et si l'on a voté"),
    ("participation.surveys.write", "Préparer, publier et clore les enquêtes de sa collectivité"),
    ("participation.surveys.read", "Lire les enquêtes en préparation de sa collectivité et leurs chiffres en cours"),
    (
        "participation.survey-answers.read",
        "Lire les réponses aux enquêtes de sa collectivité une à une, ce que l'on y écrit et les fichiers envoyés",
    ),
    ("participation.responses.write", "Répondre aux enquêtes"),
    ("participation.responses.read", "Savoir si l'on a répondu à une enquête"),
    ("participation.petitions.write", "Écrire des pétitions, les changer et les retirer"),
    ("participation.petitions.read", "Lire ses propres pétitions et ce qui en est décidé"),
    ("participation.signatures.write", "Signer des pétitions et retirer ses signatures"),
    ("participation.signatures.read", "Lire ses propres signatures"),
    (
        "participation.petition-decisions.write",
        "Admettre ou refuser les pétitions adressées à sa collectivité, et y répondre",
    ),
    ("participation.petition-decisions.read", "Lire les pétitions adressées à sa collectivité"),
    ("participation.processes.write", "Préparer et publier les démarches participatives de sa collectivité"),
    ("participation.processes.read", "Lire les démarches participatives en préparation de sa collectivité"),
    (
        "participation.accountability.write",
        "Dire ce que deviennent les propositions faites à sa collectivité",
    ),
    ("participation.assemblies.write", "Préparer les assemblées de sa collectivité, leurs membres et leurs séances"),
    ("participation.assemblies.read", "Lire les membres et les séances des assemblées de sa collectivité"),
    ("participation.volunteers.write", "Se porter volontaire pour une assemblée"),
    ("participation.volunteers.read", "Lire pour quelles assemblées l'on est volontaire"),
    ("participation.meetings.write", "Annoncer les réunions publiques de sa collectivité, et dire qui est venu"),
    ("participation.meetings.read", "Lire les réunions en préparation de sa collectivité et qui y est inscrit"),
    ("participation.registrations.write", "S'inscrire à des réunions publiques et s'en désinscrire"),
    ("participation.registrations.read", "Lire ses inscriptions à des réunions publiques"),
    ("participation.conversations.write", "Préparer, publier et clore les débats d'avis de sa collectivité"),
    ("participation.conversations.read", "Lire les débats d'avis en préparation de sa collectivité"),
    ("participation.opinions.write", "Donner son avis et écrire des affirmations dans les débats d'avis"),
    ("participation.opinions.read", "Lire ses propres avis et les affirmations suivantes"),
    ("participation.follows.write", "Suivre des démarches participatives, des propositions et des assemblées"),
    ("participation.follows.read", "Lire ce que l'on suit"),
    *letter_scopes("participation"),
)
PUBLIC = (
    consultations.routes,
    consultation_drafts.routes,
    answers.routes,
    polls.routes,
    poll_drafts.routes,
    datasets.routes,
    catalogue.routes,
    town_acts.routes,
    poll_changes.routes,
    ballots.casting,
    ballots.routes,
    open_ballots.routes,
    eligibility.routes,
    desks.routes,
    budgets.routes,
    budget_drafts.routes,
    archives.routes,
    public_archives.routes,
    projects.routes,
    votes.routes,
    milestones.routes,
    comments.routes,
    discussion_page.routes,
    public_pages.routes,
    proposals.routes,
    own_proposals.routes,
    proposal_photos.routes,
    supports.routes,
    co_authors.routes,
    accountability.routes,
    accountability_feed.routes,
    amendments.routes,
    comparisons.routes,
    petitions.routes,
    signatures.routes,
    publications.routes,
    petition_decisions.routes,
    processes.routes,
    visible_processes.routes,
    vote_changes.routes,
    process_preparation.routes,
    process_rolls.routes,
    documents.routes,
    document_files.routes,
    assemblies.routes,
    assembly_follows.routes,
    assembly_draws.routes,
    assembly_preparation.routes,
    assembly_sessions.routes,
    meetings.routes,
    meeting_preparation.routes,
    meeting_registrations.routes,
    meeting_guests.routes,
    notices.routes,
    conversations.routes,
    conversation_preparation.routes,
    opinions.routes,
    surveys.routes,
    survey_responses.routes,
    survey_links.routes,
    survey_papers.routes,
    survey_results.routes,
    survey_exports.routes,
    survey_files.routes,
    reports.routes,
    moderation.routes,
    letter_routes("participation"),
)


def public_app(runtime: Runtime[Settings], roll_keys: RollKeys | None = None) -> FastAPI:
    """The API behind the gateway."""
    return _app(PUBLIC, runtime.settings.public_url, runtime.state(parts=_parts(runtime, roll_keys)))


def internal_app(runtime: Runtime[Settings]) -> FastAPI:
    """Health, metrics and what other services ask."""
    health = health_router(runtime.checks() | {"ended_sessions": runtime.ended_sessions.check})
    return _app((health, meeting_guests.internal), runtime.settings.public_url, runtime.state(parts=_parts(runtime)))


def _parts(runtime: Runtime[Settings], roll_keys: RollKeys | None = None) -> Parts:
    database, settings = runtime.database, runtime.settings
    return Parts(
        runtime,
        Answering(database),
        Urn(database),
        Seals(runtime.master),
        Voting(database),
        Pseudonyms(runtime.master),
        roll_keys or RollKeys(runtime.settings),
        SurveyWords(runtime.master, runtime.persons),
        MemberNames(runtime.master, runtime.persons),
        Uploads(settings.uploads_memory_mib, settings.upload_seconds),
        Filing(
            runtime.persons,
            Clamd(settings.clamd).look if settings.clamd else None,
            settings.survey_files_mib,
            settings.proposal_photos_mib,
        ),
    )


def documented_app() -> FastAPI:
    """The public API without anything behind it: what its contract is compared with."""
    return _app(PUBLIC, "", {})


def _app(routers: Sequence[APIRouter], public_url: str, state: dict[str, Any]) -> FastAPI:
    return create_app(
        title="Parvis participation",
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
    async with (
        open_runtime("participation", "api", settings, MIGRATIONS) as runtime,
        RollKeys(settings) as roll_keys,
    ):
        ports = [
            (public_app(runtime, roll_keys), settings.host, settings.port),
            (internal_app(runtime), settings.host, settings.internal_port),
        ]
        await serve(ports, runtime.waker.run(), runtime.ended_sessions.run())
