# SPDX-License-Identifier: EUPL-1.2
"""The smallest services of the same frame, FastAPI on uvicorn, to compare with: one that answers, one that takes votes.

The second checks the token of each vote and signs what it took, as ours does, and does nothing else: what it reaches
is as much as one process of this frame can.
"""

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI, Header
from pydantic import BaseModel

from parvis_kit.security.tokens import Keys, TokenVerifier
from parvis_local.ports import LOOPBACK, free_port
from parvis_testing.tokens import ISSUER

_START_SECONDS: Final = 60
_SCHEME: Final = "Bearer "


@contextmanager
def bare_service(keys: str = "") -> Iterator[tuple[int, float, str]]:
    """Its process id, the seconds from its start to its first answer, its host and port.

    It takes votes of whoever has a token by one of the published ``keys``, where given.
    """
    port = free_port()
    started = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "parvis_bench.bare_service", str(port), keys])  # noqa: S603 - ourselves
    try:
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > started + _START_SECONDS:
                raise RuntimeError("the bare service does not start")
            time.sleep(0.02)
        yield process.pid, time.monotonic() - started, f"{LOOPBACK}:{port}"
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


class _Ballot(BaseModel):
    commitment: str
    sealed: str


def main(port: int, keys: str) -> None:
    """Serve until told to stop."""
    app = FastAPI()

    @app.get("/")
    async def alive() -> dict[str, str]:
        return {"status": "alive"}

    if keys:
        verifier = TokenVerifier(issuer=ISSUER, audience="parvis-participation", keys=Keys(keys))
        key = Ed25519PrivateKey.generate()

        @app.post("/v1/polls/{poll}/ballots")
        async def take(poll: str, ballot: _Ballot, authorization: Annotated[str, Header()]) -> dict[str, str]:
            await verifier.verify(authorization.removeprefix(_SCHEME))
            return {"poll": poll, "receipt": key.sign(ballot.commitment.encode()).hex()}

    uvicorn.run(app, host=LOOPBACK, port=port, log_level="error", access_log=False)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
