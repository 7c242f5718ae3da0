# SPDX-License-Identifier: EUPL-1.2
"""The embedded broker: librdkafka's in-process cluster of one, as a process of its own that speaks Kafka's protocol.

It makes topics by itself, with four partitions, and forgets everything when it stops; each start has a new port and a
new cluster id. It has no admin API, and cannot share a group between two members.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from confluent_kafka import Producer

from parvis_local.child import end, launch, log_tail
from parvis_local.errors import LocalError
from parvis_local.leash import leash

STOP_SIGNAL: Final = signal.SIGTERM
_START_SECONDS: Final = 60
_STOP_SECONDS: Final = 5


class EmbeddedBroker:
    """The embedded broker, started beside this process.

    Args:
        address_file: where the broker writes its address, ``host:port``, once it takes connections.
        log: file that receives its output.
    """

    def __init__(self, address_file: Path, log: Path) -> None:
        self.address_file = address_file.absolute()
        self.log = log.absolute()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap_servers(self) -> str:
        """Address for clients, ``host:port``; another one after each start."""
        return self.address_file.read_text(encoding="utf-8")

    @property
    def pid(self) -> int | None:
        """Process id of the broker, while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Start the broker and wait until it answers.

        Raises:
            LocalError: it does not start.
        """
        if self.pid is not None:
            return
        self.prepare()
        self._process = launch(self.command(), self.log)
        deadline = time.monotonic() + _START_SECONDS
        while not self.is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise LocalError(f"the embedded broker does not start:\n{log_tail(self.log)}")
            time.sleep(0.02)

    def prepare(self) -> None:
        """Forget the address of an earlier broker."""
        self.address_file.parent.mkdir(parents=True, exist_ok=True)
        self.address_file.unlink(missing_ok=True)

    def command(self) -> list[str]:
        """The broker's own command line, for whoever supervises it after ``prepare``."""
        return [*leash(STOP_SIGNAL), sys.executable, "-m", "parvis_local.broker", str(self.address_file)]

    def is_ready(self) -> bool:
        """Whether the broker has written its address."""
        return self.address_file.exists()

    def stop(self) -> None:
        """Stop the broker; all that it held is gone."""
        if self._process is not None:
            end(self._process, STOP_SIGNAL, _STOP_SECONDS)
            self._process = None


def main() -> None:
    """Run the broker until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m parvis_local.broker", description="An embedded Kafka broker.")
    parser.add_argument("address_file", type=Path, help="receives host:port once the broker takes connections")
    address_file: Path = parser.parse_args().address_file
    stops = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    cluster = Producer({"test.mock.num.brokers": 1, "log_level": 0})
    (broker,) = cluster.list_topics(timeout=_START_SECONDS).brokers.values()
    partial = address_file.with_name(f"{address_file.name}.{os.getpid()}")
    partial.write_text(f"{broker.host}:{broker.port}", encoding="utf-8")
    partial.replace(address_file)
    print(f"embedded broker at {broker.host}:{broker.port}", flush=True)
    signal.sigwait(stops)
    address_file.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
