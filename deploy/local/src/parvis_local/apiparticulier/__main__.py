# SPDX-License-Identifier: EUPL-1.2
"""``python -m parvis_local.apiparticulier``: for the services alone, no browser comes here."""

import argparse
import os

import uvicorn
from starlette.applications import Starlette

from parvis_local.apiparticulier.service import service_routes


def main() -> None:
    """Serve until told to stop; ``PARVIS_APIPARTICULIER_TOKEN`` is the token that it takes."""
    parser = argparse.ArgumentParser(prog="python -m parvis_local.apiparticulier", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    app = Starlette(routes=service_routes(os.environ["PARVIS_APIPARTICULIER_TOKEN"]))
    uvicorn.run(app, host="127.0.0.1", port=given.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
