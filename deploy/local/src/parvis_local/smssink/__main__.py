# SPDX-License-Identifier: EUPL-1.2
"""``python -m parvis_local.smssink``: two providers' APIs and an operator's SMPP for the worker, pages for people."""

import argparse
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette

from parvis_local.simulators import OVH_APPLICATION, OVH_SERVICE, SMPP_ACCOUNT, smpp_password
from parvis_local.smssink.incoming import Incoming
from parvis_local.smssink.ovh import Keys, OvhService
from parvis_local.smssink.pages import page_routes
from parvis_local.smssink.provider import provider_routes
from parvis_local.smssink.smsc import Smsc
from parvis_local.smssink.store import TextStore


def main() -> None:
    """Serve until told to stop; the account's secret comes by the environment, which no list of processes shows."""
    parser = argparse.ArgumentParser(prog="python -m parvis_local.smssink", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--account", required=True, help="the account that may send")
    parser.add_argument("--smpp-port", type=int, required=True)
    parser.add_argument("--bring-to", required=True, help="the address that the town gave for what comes in")
    parser.add_argument("--receipts-to", required=True, help="the address that the town gave for receipts, but its key")
    parser.add_argument("--number", required=True, help="the town's number")
    given = parser.parse_args()
    store, secret = TextStore(), os.environ["PARVIS_SMSSINK_SECRET"]
    smsc = Smsc(store, SMPP_ACCOUNT, smpp_password(secret))

    @asynccontextmanager
    async def operator(_: Starlette) -> AsyncIterator[None]:
        server = await smsc.serve("127.0.0.1", given.smpp_port)
        yield
        server.close()
        smsc.cut()

    incoming = Incoming(given.account, secret, given.bring_to, given.number, store=store)
    keys = Keys(OVH_APPLICATION, os.environ["PARVIS_SMSSINK_APPLICATION"], os.environ["PARVIS_SMSSINK_CONSUMER"])
    receipts = f"{given.receipts_to}/{os.environ['PARVIS_SMSSINK_RECEIPTS']}"
    ovh = OvhService(store, OVH_SERVICE, keys, f"http://127.0.0.1:{given.port}", receipts=receipts)
    routes = [*page_routes(store, incoming, ovh), *provider_routes(store, given.account, secret), *ovh.routes()]
    app = Starlette(routes=routes, lifespan=operator)
    uvicorn.run(app, host="127.0.0.1", port=given.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
