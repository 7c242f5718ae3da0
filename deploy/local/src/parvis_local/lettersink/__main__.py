# SPDX-License-Identifier: EUPL-1.2
"""``python -m parvis_local.lettersink``: a provider's API for the worker, pages for people."""

import argparse
import os

import uvicorn
from starlette.applications import Starlette

from parvis_local.lettersink.pages import page_routes
from parvis_local.lettersink.provider import Account, provider_routes
from parvis_local.lettersink.store import LetterStore


def main() -> None:
    """Serve until told to stop; the account's secret comes by the environment, which no list of processes shows."""
    parser = argparse.ArgumentParser(prog="python -m parvis_local.lettersink", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--account", required=True, help="the application, and the account, that may send")
    given = parser.parse_args()
    store, secret = LetterStore(), os.environ["PARVIS_LETTERSINK_SECRET"]
    account = Account(given.account, given.account, secret)
    app = Starlette(routes=[*page_routes(store), *provider_routes(store, account)])
    uvicorn.run(app, host="127.0.0.1", port=given.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
