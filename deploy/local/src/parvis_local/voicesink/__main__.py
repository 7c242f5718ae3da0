# SPDX-License-Identifier: EUPL-1.2
"""``python -m parvis_local.voicesink``: a provider's API for the worker, a page for people."""

import argparse
import os

import uvicorn
from starlette.applications import Starlette

from parvis_local.voicesink.bringing import Bringer
from parvis_local.voicesink.pages import page_routes
from parvis_local.voicesink.provider import provider_routes
from parvis_local.voicesink.store import CallStore


def main() -> None:
    """Serve until told to stop; the accounts' secret comes by the environment, which no list of processes shows."""
    parser = argparse.ArgumentParser(prog="python -m parvis_local.voicesink", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--account", required=True, action="append", help="an account that may call")
    given = parser.parse_args()
    store, secret = CallStore(), os.environ["PARVIS_VOICESINK_SECRET"]
    bringer = Bringer(secret)
    accounts = [route for each in given.account for route in provider_routes(store, each, secret, bringer)]
    app = Starlette(routes=[*page_routes(store, bringer), *accounts])
    uvicorn.run(app, host="127.0.0.1", port=given.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
