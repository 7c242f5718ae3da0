# SPDX-License-Identifier: EUPL-1.2
"""The broker of a benchmark: the embedded one, or with KAFKA=apache a real one."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from parvis_bench.registry import CannotMeasureError
from parvis_local.apache_kafka import ApacheKafka
from parvis_local.broker import EmbeddedBroker
from parvis_local.kafka_jars import KafkaError
from parvis_local.topics import apply_contracts, create_topics

_CONTRACTS: Final = Path(__file__).parents[2] / "contracts"


@contextmanager
def broker(folder: Path, topics: Iterable[str]) -> Iterator[str]:
    """Start it, with these topics and the contracts', and yield its address.

    A service's relay sends its events in order: it stops at one for which there is no topic.

    Raises CannotMeasureError where the real one is missing.
    """
    chosen = _chosen(folder)
    chosen.start()
    try:
        if isinstance(chosen, ApacheKafka):
            apply_contracts(chosen.bootstrap_servers, _CONTRACTS)
            create_topics(chosen.bootstrap_servers, topics)
        yield chosen.bootstrap_servers
    finally:
        chosen.stop()


def _chosen(folder: Path) -> ApacheKafka | EmbeddedBroker:
    if os.environ.get("KAFKA") != "apache":
        return EmbeddedBroker(folder / "broker-address", folder / "broker.log")
    try:
        kafka = ApacheKafka(folder / "kafka", folder / "kafka.log")
        kafka.prepare()
    except KafkaError as error:
        raise CannotMeasureError(f"KAFKA=apache: {error}") from error
    return kafka
