# SPDX-License-Identifier: EUPL-1.2
"""``python -m parvis_local.payfip``: the web service for the town's software, and the pages for who pays."""

import argparse

import uvicorn
from starlette.applications import Starlette

from parvis_local.payfip.pages import page_routes
from parvis_local.payfip.service import service_routes
from parvis_local.payfip.store import PaymentStore


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m parvis_local.payfip", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    store = PaymentStore()
    app = Starlette(routes=[*page_routes(store), *service_routes(store)])
    uvicorn.run(app, host="127.0.0.1", port=given.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
