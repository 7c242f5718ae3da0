# SPDX-License-Identifier: EUPL-1.2
"""``python -m parvis_local.socialsink``: the server for the worker, and a page for people."""

import argparse
import os

import uvicorn
from starlette.applications import Starlette

from parvis_local.socialsink.pages import page_routes
from parvis_local.socialsink.server import server_routes
from parvis_local.socialsink.store import StatusStore


def main() -> None:
    """Serve until told to stop; the account's token comes by the environment, which no list of processes shows."""
    parser = argparse.ArgumentParser(prog="python -m parvis_local.socialsink", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    store = StatusStore()
    routes = [*page_routes(store), *server_routes(store, os.environ["PARVIS_SOCIALSINK_TOKEN"])]
    uvicorn.run(Starlette(routes=routes), host="127.0.0.1", port=given.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
