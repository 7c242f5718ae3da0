# SPDX-License-Identifier: EUPL-1.2
"""``python -m parvis_local.pushsink``: the push service for the worker, browsers and pages for people."""

import argparse

import uvicorn
from starlette.applications import Starlette

from parvis_local.pushsink.pages import page_routes
from parvis_local.pushsink.service import service_routes
from parvis_local.pushsink.store import PushStore


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m parvis_local.pushsink", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    store, base_url = PushStore(), f"http://127.0.0.1:{given.port}"
    app = Starlette(routes=[*page_routes(store, base_url), *service_routes(store, base_url)])
    uvicorn.run(app, host="127.0.0.1", port=given.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
