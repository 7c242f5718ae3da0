# SPDX-License-Identifier: EUPL-1.2
"""Composition root of the api process."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter, FastAPI

from parvis_identity.api import (
    account_imports,
    account_routes,
    agents,
    audit,
    audit_retention,
    authorize,
    client_registration,
    clients,
    colleagues,
    collectivity,
    devices,
    discovery,
    internal,
    login,
    logout,
    looks,
    operations,
    particulars,
    people,
    people_routes,
    phone_codes,
    provider_keys,
    push,
    roles,
    roll_keys,
    scim,
    scim_groups,
    token,
    token_status,
)
from parvis_identity.api.problems import CATALOGUE
from parvis_identity.assembly import Parts, assemble
from parvis_identity.service.local_day import warn_of_clocks
from parvis_identity.settings import MIGRATIONS, Settings
from parvis_kit.process import serve
from parvis_kit.runtime import Runtime, open_runtime
from parvis_kit.web.app import create_app
from parvis_kit.web.internal import health_router

SCOPES: Final = (
    ("openid", "Reconnaître la personne d'une visite à l'autre"),
    ("profile", "Connaître les nom et prénoms de la personne"),
    ("email", "Connaître l'adresse électronique de la personne"),
    ("phone", "Connaître le numéro de téléphone de la personne"),
    ("address", "Connaître l'adresse du domicile de la personne"),
    ("identity.profile.read", "Lire les informations de son propre compte"),
    ("identity.profile.write", "Modifier son propre compte, dissocier une identité"),
    ("identity.accounts.read", "Retrouver le compte d'un usager de sa collectivité (agents)"),
    ("identity.proofs.write", "Attester qu'une pièce d'identité a été vue (agents)"),
    ("identity.merges.read", "Consulter les fusions de comptes (administrateurs)"),
    ("identity.merges.write", "Préparer, exécuter ou abandonner une fusion de comptes (administrateurs)"),
    ("identity.factors.write", "Faire retirer le second facteur d'un usager qui l'a perdu (administrateurs)"),
    ("identity.erasures.write", "Demander l'effacement de son compte, ou de celui d'un usager (administrateurs)"),
    ("identity.assistance.write", "Assister un usager à l'accueil ou au téléphone (agents)"),
    ("identity.mandates.read", "Consulter les mandats donnés et reçus"),
    ("identity.mandates.write", "Donner, accepter et révoquer des mandats"),
    ("identity.organisations.read", "Consulter ses organisations, ou celles de la collectivité (agents)"),
    ("identity.organisations.write", "Déclarer une organisation, gérer ses membres, la clore"),
    ("identity.verifications.write", "Vérifier ou refuser une organisation déclarée (agents)"),
    ("identity.sessions.read", "Voir où l'on est connecté"),
    ("identity.sessions.write", "Mettre fin à ses propres sessions"),
    ("identity.agents.read", "Consulter les agents de la collectivité"),
    ("identity.agents.write", "Gérer les agents de la collectivité"),
    ("identity.clients.read", "Consulter les applications de la collectivité"),
    ("identity.clients.write", "Gérer les applications de la collectivité"),
    ("identity.collectivity.read", "Consulter la présentation de la collectivité"),
    ("identity.collectivity.write", "Modifier la présentation de la collectivité"),
    ("identity.imports.read", "Suivre la reprise de comptes existants"),
    ("identity.imports.write", "Reprendre des comptes existants"),
    ("identity.scim.write", "Gérer les agents et les équipes depuis l'annuaire de la collectivité (SCIM)"),
    ("identity.audit.read", "Consulter le journal d'audit de la collectivité"),
)
PUBLIC: Final = (
    discovery.routes, discovery.keys, authorize.routes, login.routes, logout.routes, push.routes, token.routes,
    provider_keys.routes, token_status.routes, people.routes, agents.routes, audit.routes, audit_retention.routes,
    roles.routes, *account_routes.ROUTES, devices.routes, devices.page_routes, clients.routes,
    client_registration.routes, scim.routes, scim_groups.routes, collectivity.routes, account_imports.routes,
    looks.routes, *people_routes.ROUTES,
)  # fmt: skip


def public_app(runtime: Runtime[Settings], parts: Parts | None = None) -> FastAPI:
    """The API and the pages behind the gateway."""
    return _app(PUBLIC, runtime.settings.public_url, runtime.state(parts=parts or assemble(runtime)))


def internal_app(runtime: Runtime[Settings], parts: Parts | None = None) -> FastAPI:
    """Health, metrics, the API for other services, and machine tokens without a way through the gateway."""
    parts = parts or assemble(runtime)
    routers = (
        health_router(runtime.checks() | {"breached-passwords": parts.accounts.passwords.breached.state}),
        discovery.keys,
        token.routes,
        token_status.routes,
        internal.routes,
        particulars.routes,
        colleagues.routes,
        roll_keys.routes,
        phone_codes.internal_routes,
        operations.routes,
    )
    return _app(routers, runtime.settings.public_url, runtime.state(parts=parts))


def documented_app() -> FastAPI:
    """The public API without anything behind it: what its contract is compared with."""
    return _app(PUBLIC, "", {})


def _app(routers: Sequence[APIRouter], public_url: str, state: dict[str, Any]) -> FastAPI:
    return create_app(
        title="Parvis identity",
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
        open_runtime("identity", "api", settings, MIGRATIONS) as opened,
        aclosing(assemble(opened)) as parts,
    ):
        runtime = replace(opened, tokens=parts.verifier())
        await warn_of_clocks(runtime.database)
        await serve(
            [
                (public_app(runtime, parts), settings.host, settings.port),
                (internal_app(runtime, parts), settings.host, settings.internal_port),
            ],
            runtime.waker.run(),
        )
