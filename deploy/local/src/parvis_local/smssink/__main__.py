# SPDX-License-Identifier: EUPL-1.2
"""``python -m parvis_local.smssink``: the provider's API for the worker, and pages for people."""

import argparse
import os

import uvicorn
from starlette.applications import Starlette

from parvis_local.smssink.pages import page_routes
from parvis_local.smssink.provider import provider_routes
from parvis_local.smssink.store import TextStore


def main() -> None:
    """Serve until told to stop; the account's secret comes by the environment, which no list of processes shows."""
    parser = argparse.ArgumentParser(prog="python -m parvis_local.smssink", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--account", required=True, help="the account that may send")
    given = parser.parse_args()
    store, secret = TextStore(), os.environ["PARVIS_SMSSINK_SECRET"]
    app = Starlette(routes=[*page_routes(store), *provider_routes(store, given.account, secret)])
    uvicorn.run(app, host="127.0.0.1", port=given.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
