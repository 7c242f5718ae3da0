# SPDX-License-Identifier: EUPL-1.2
"""The broker that was chosen, and its topics."""

import asyncio
from typing import Final

from parvis_local import apache_kafka
from parvis_local.apache_kafka import ApacheKafka
from parvis_local.broker import EmbeddedBroker
from parvis_local.kafka_jars import resolve_jars
from parvis_local.parts import Part, Step
from parvis_local.running import Running, execute
from parvis_local.stack.context import CONTRACTS, NURSERY, Context, Work
from parvis_local.topics import apply_contracts

BROKER: Final = "broker"
TOPICS: Final = "topics"


def event_work(context: Context) -> Work:
    """A broker that has, or makes, all topics."""
    match context.options.broker:
        case "embedded":
            return (_embedded(context),)
        case "apache":
            return (_jars(context), _apache(context), _topics(context, (BROKER,)))
        case "existing":
            return (_topics(context, ()),)


def events_ready(context: Context) -> str:
    """Name of the item after which events can be sent."""
    return BROKER if context.options.broker == "embedded" else TOPICS


def bootstrap_servers(context: Context) -> str:
    """Where the broker is; the embedded one has another address after each start."""
    match context.options.broker:
        case "embedded":
            return _embedded_broker(context).bootstrap_servers
        case "apache":
            return _apache_kafka(context).bootstrap_servers
        case "existing":
            return context.options.bootstrap_servers


def _embedded_broker(context: Context) -> EmbeddedBroker:
    return EmbeddedBroker(context.layout.run / "broker", context.log(BROKER))


def _embedded(context: Context) -> Part:
    broker = _embedded_broker(context)

    async def start() -> Running:
        broker.prepare()
        return await context.nursery.spawn(
            BROKER, "parvis_local.broker", (str(broker.address_file),), broker.log, context.environments.of_tool()
        )

    return Part(BROKER, "Starting the embedded broker", start, f"file:{broker.address_file}", broker.log, (NURSERY,))


def _apache_kafka(context: Context) -> ApacheKafka:
    return ApacheKafka(
        context.layout.data / "kafka", context.log(BROKER), context.ports[BROKER], jars=context.layout.kafka_jars
    )


def _jars(context: Context) -> Step:
    async def run() -> None:
        await asyncio.to_thread(resolve_jars, context.layout.kafka_jars)

    return Step("kafka-jars", "Fetching Apache Kafka with Maven", run)


def _apache(context: Context) -> Part:
    kafka = _apache_kafka(context)

    async def start() -> Running:
        await asyncio.to_thread(kafka.prepare)
        return await execute(kafka.command(), kafka.log)

    return Part(
        BROKER,
        "Starting Apache Kafka",
        start,
        f"tcp:{kafka.port}",
        kafka.log,
        ("kafka-jars",),
        port=kafka.port,
        stop_signal=apache_kafka.STOP_SIGNAL,
        stop_seconds=20,
    )


def _topics(context: Context, needs: tuple[str, ...]) -> Step:
    async def run() -> None:
        await asyncio.to_thread(apply_contracts, bootstrap_servers(context), CONTRACTS)

    return Step(TOPICS, "Making the topics", run, needs)
