# SPDX-License-Identifier: EUPL-1.2
"""Composition root of the api process."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, FastAPI

from parvis_kit.process import serve
from parvis_kit.runtime import Runtime, open_runtime
from parvis_kit.web.app import create_app
from parvis_kit.web.internal import health_router
from parvis_participation.api import answers, consultations
from parvis_participation.api.context import Parts
from parvis_participation.api.problems import CATALOGUE
from parvis_participation.db.hot import Answering
from parvis_participation.settings import MIGRATIONS, Settings

SCOPES = (
    ("participation.consultations.write", "Préparer, publier et clore les consultations de sa collectivité"),
    ("participation.answers.write", "Répondre à une consultation"),
    ("participation.answers.read", "Lire les décomptes en cours"),
)
PUBLIC = (consultations.routes, answers.routes)


def public_app(runtime: Runtime[Settings]) -> FastAPI:
    """The API behind the gateway."""
    parts = Parts(runtime, Answering(runtime.database))
    return _app(PUBLIC, runtime.settings.public_url, runtime.state(parts=parts))


def internal_app(runtime: Runtime[Settings]) -> FastAPI:
    """Health and metrics."""
    return _app([health_router(runtime.checks())], runtime.settings.public_url, runtime.state())


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
    async with open_runtime("participation", "api", settings, MIGRATIONS) as runtime:
        ports = [
            (public_app(runtime), settings.host, settings.port),
            (internal_app(runtime), settings.host, settings.internal_port),
        ]
        await serve(ports, runtime.waker.run())
