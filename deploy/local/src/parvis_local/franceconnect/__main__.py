# SPDX-License-Identifier: EUPL-1.2
"""``python -m parvis_local.franceconnect``: both look-alikes in one process."""

import argparse
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from parvis_local.franceconnect.profiles import PROFILES
from parvis_local.franceconnect.provider import Provider
from parvis_local.franceconnect.registrations import Registration, read_registrations


def simulators(base: str, registrations: list[Registration], known_as: str = "") -> Starlette:
    """The application; ``base`` is the public address of ``/simulators``, ``known_as`` what issuers begin with."""
    providers = [Provider(profile, base, registrations, known_as or base) for profile in PROFILES]
    routes = [route for provider in providers for route in provider.routes()]
    return Starlette(routes=[*routes, Route("/healthz", _alive)])


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("alive")


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m parvis_local.franceconnect", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--base-url", required=True, help="public address of /simulators, through the gateway")
    parser.add_argument("--known-as", default="", help="what the issuers' names begin with, if not the base URL")
    parser.add_argument("--registrations", type=Path, required=True, help="JSON file of the relying parties")
    given = parser.parse_args()
    application = simulators(given.base_url.rstrip("/"), read_registrations(given.registrations), given.known_as)
    uvicorn.run(application, host="127.0.0.1", port=given.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
