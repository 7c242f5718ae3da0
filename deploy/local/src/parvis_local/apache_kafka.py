# SPDX-License-Identifier: EUPL-1.2
"""A real Apache Kafka: one node that is broker and controller (KRaft), its data in a folder of its own."""

import base64
import signal
import subprocess
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from parvis_local.child import end, launch, log_tail
from parvis_local.folder_lock import FolderLock
from parvis_local.kafka_jars import CONFIGURATION, KafkaError, java, resolve_jars
from parvis_local.layout import Layout
from parvis_local.leash import leash
from parvis_local.ports import LOOPBACK, free_port, is_taken
from parvis_local.topics import PARTITIONS

STOP_SIGNAL: Final = signal.SIGTERM

_START_SECONDS: Final = 90
_STOP_SECONDS: Final = 20
_FORMAT_SECONDS: Final = 60
# Bounded on every side: heap, class data, compiled code, buffers outside the heap.
_JAVA_OPTIONS: Final = (
    "-Xms96m",
    "-Xmx320m",
    "-XX:+UseSerialGC",
    "-XX:MaxMetaspaceSize=128m",
    "-XX:ReservedCodeCacheSize=64m",
    "-XX:MaxDirectMemorySize=64m",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
    f"-Dlog4j2.configurationFile={CONFIGURATION / 'log4j2.properties'}",
)
_PROPERTIES: Final = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "auto.create.topics.enable": "false",
    "num.partitions": str(PARTITIONS),
    "default.replication.factor": "1",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    # A node that was killed may come back only when its former self has fallen silent for so long.
    "broker.session.timeout.ms": "2000",
    "broker.heartbeat.interval.ms": "500",
    "log.cleaner.dedupe.buffer.size": str(8 * 1024 * 1024),  # the default of 128 MB lies in the heap
    "num.network.threads": "2",
    "num.io.threads": "4",
}


class ApacheKafka:
    """One Apache Kafka on the loopback interface, where it lets everybody in without encryption or passwords.

    A process holds the folder as long as it lives.

    Args:
        data: the data folder; made and formatted by the first start. Beside it lie ``<data>.lock`` and
            ``<data>.properties``.
        log: file that receives the server's output.
        port: port to listen on; a free one where not given, the same one over all starts of this object.
        properties: server properties on top of, or instead of, the usual ones, such as
            ``{"auto.create.topics.enable": "true"}``.
        listeners: further listeners by name, with their ports; ``properties`` say how each lets people in.
        java_options: for the server's Java beside the usual ones.
        jars: where the jars are kept.
    """

    def __init__(
        self,
        data: Path,
        log: Path,
        port: int | None = None,
        properties: dict[str, str] | None = None,
        *,
        listeners: Mapping[str, int] | None = None,
        java_options: Sequence[str] = (),
        jars: Path | None = None,
    ) -> None:
        self.data = data.absolute()
        self.log = log.absolute()
        self.port = port or free_port()
        self._properties = _PROPERTIES | (properties or {})
        self._listeners = {"PLAINTEXT": self.port, **(listeners or {})}
        self._java_options = java_options
        self._jars = jars or Layout().kafka_jars
        self._lock = FolderLock(self.data)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap_servers(self) -> str:
        """Address for clients, ``host:port``."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int | None:
        """Process id of the server that ``start`` started, while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Fetch and format what is missing, start the server and wait until it answers.

        Raises:
            KafkaError: it does not start; the text says why.
        """
        if self.pid is not None:
            return
        try:
            self.prepare()
            self._launch()
        except BaseException:
            self.stop()
            raise

    def prepare(self) -> None:
        """All that comes before the server's own process: folder held, jars fetched, storage formatted.

        Raises:
            LocalError: another process holds the folder, or Java, Maven or the jars cannot be had.
        """
        self.data.mkdir(parents=True, exist_ok=True)
        self._lock.hold()
        if not (self.data / "meta.properties").exists():
            self._write_properties()
            # Kafka's own form of a random id: 16 bytes in URL-safe base 64. One that begins with a dash is an option.
            cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "0")
            formatting = ["kafka.tools.StorageTool", "format", "--ignore-formatted", "-t", cluster]
            formatted = subprocess.run(  # noqa: S603
                [*self._java(), *formatting, "-c", str(self._properties_file)],
                capture_output=True,
                text=True,
                timeout=_FORMAT_SECONDS,
                check=False,
            )
            if formatted.returncode != 0:
                raise KafkaError(
                    f"Kafka's storage cannot be formatted:\n{(formatted.stdout + formatted.stderr)[-2000:]}"
                )

    def command(self) -> list[str]:
        """The server's own command line, for whoever supervises it after ``prepare``; it stops on ``STOP_SIGNAL``."""
        self._write_properties()
        return [*leash(STOP_SIGNAL), *self._java(), *self._java_options, "kafka.Kafka", str(self._properties_file)]

    def is_ready(self) -> bool:
        """Whether the broker answers clients."""
        if not is_taken(self.port):
            return False
        client = AdminClient({"bootstrap.servers": self.bootstrap_servers, "log_level": 0})
        try:
            return bool(client.list_topics(timeout=2).brokers)
        except KafkaException:
            return False

    def stop(self) -> None:
        """Stop the server, hard if it does not end in time, and let go of the folder."""
        if self._process is not None:
            end(self._process, STOP_SIGNAL, _STOP_SECONDS)
            self._process = None
        self._lock.release()

    def kill(self) -> None:
        """Kill the server at once, as a power cut would."""
        if self._process is not None:
            end(self._process, signal.SIGKILL, _STOP_SECONDS)
            self._process = None
        self._lock.release()

    def _launch(self) -> None:
        self._process = launch(self.command(), self.log, cwd=self.data)
        deadline = time.monotonic() + _START_SECONDS
        while not self.is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise KafkaError(f"Apache Kafka does not start:\n{log_tail(self.log)}")
            time.sleep(0.1)

    @property
    def _properties_file(self) -> Path:
        return self.data.with_name(f"{self.data.name}.properties")

    def _java(self) -> list[str]:
        return [java(), *_JAVA_OPTIONS, "-cp", f"{resolve_jars(self._jars)}/*"]

    def _write_properties(self) -> None:
        controller = free_port()
        listeners = {**self._listeners, "CONTROLLER": controller}
        own = {
            "listeners": ",".join(f"{name}://{LOOPBACK}:{port}" for name, port in listeners.items()),
            "controller.quorum.voters": f"1@{LOOPBACK}:{controller}",
            "log.dirs": str(self.data),
        }
        lines = [f"{name}={value}\n" for name, value in (self._properties | own).items()]
        self._properties_file.write_text("".join(lines), encoding="utf-8")
