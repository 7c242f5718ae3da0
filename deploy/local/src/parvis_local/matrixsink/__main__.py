# SPDX-License-Identifier: EUPL-1.2
"""``python -m parvis_local.matrixsink``: the homeserver for Parvis, and a page for people."""

import argparse
import os

import uvicorn
from starlette.applications import Starlette

from parvis_local.matrixsink.bringing import Bringer
from parvis_local.matrixsink.homeserver import homeserver_routes
from parvis_local.matrixsink.pages import page_routes
from parvis_local.matrixsink.store import RoomStore


def main() -> None:
    """Serve until told to stop; the tokens come by the environment, which no list of processes shows."""
    parser = argparse.ArgumentParser(prog="python -m parvis_local.matrixsink", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--application", required=True, help="where what happens in the rooms is brought")
    given = parser.parse_args()
    store = RoomStore()
    bringer = Bringer(store, given.application, os.environ["PARVIS_MATRIXSINK_HS_TOKEN"])
    routes = [
        *page_routes(store, bringer),
        *homeserver_routes(store, os.environ["PARVIS_MATRIXSINK_AS_TOKEN"], bringer),
    ]
    uvicorn.run(Starlette(routes=routes), host="127.0.0.1", port=given.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
