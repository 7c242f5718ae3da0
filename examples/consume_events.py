# SPDX-License-Identifier: EUPL-1.2
"""Read the events of requests straight from Kafka, with a plain consumer; each is printed as one line of JSON.

    KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9092 python examples/consume_events.py

A system outside the deployment reads the public topics of its collectivity, over TLS, as the user that the operators
declared; its groups begin with its name and a dot:

    export KAFKA_BOOTSTRAP_SERVERS=kafka.example.org:9093 KAFKA_CA_FILE=ca.pem
    export KAFKA_SASL_USERNAME=roads KAFKA_SASL_PASSWORD=…
    python examples/consume_events.py --topic parvis.public.paris.requests.request.v1 --group roads.archive

The attributes of CloudEvents are the headers, the data are the value (Kafka protocol binding, binary mode). The same
with kcat stands in examples/README.md.
"""

import argparse
import asyncio
import json
import os
import ssl
import sys
import uuid
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord

TOPIC = "parvis.requests.request.v1"
RESOLVED = "fr.parvis.requests.request-resolved.v1"


def as_event(record: "ConsumerRecord[bytes, bytes]") -> dict[str, Any]:
    """The event as it would be in structured mode."""
    headers = {name: value.decode() for name, value in record.headers}
    attributes = {name.removeprefix("ce_"): value for name, value in headers.items() if name.startswith("ce_")}
    return attributes | {"data": json.loads(record.value or b"null")}


def security() -> dict[str, Any]:
    """How Kafka lets us in: with a user's name by SCRAM over TLS, without one as it comes."""
    if "KAFKA_SASL_USERNAME" not in os.environ:
        return {}
    return {
        "security_protocol": "SASL_SSL",
        "ssl_context": ssl.create_default_context(cafile=os.environ.get("KAFKA_CA_FILE")),
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": os.environ["KAFKA_SASL_USERNAME"],
        "sasl_plain_password": os.environ["KAFKA_SASL_PASSWORD"],
    }


async def consume(chosen: argparse.Namespace) -> int:
    """Print what is wanted; returns how many."""
    consumer = AIOKafkaConsumer(
        chosen.topic,
        bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"],
        **security(),
        group_id=chosen.group or f"example-{uuid.uuid4()}",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    found = 0
    await consumer.start()
    try:
        async for record in consumer:
            event = as_event(record)
            if event["type"] == chosen.type and chosen.subject in {"", event["subject"]}:
                print(json.dumps(event, ensure_ascii=False), flush=True)
                found += 1
            if chosen.group:  # only once it is handled: what dies in between is read again
                await consumer.commit()
            if chosen.count and found >= chosen.count:
                break
    finally:
        await consumer.stop()
    return found


async def run(chosen: argparse.Namespace) -> None:
    """Consume, within the time allowed."""
    try:
        await asyncio.wait_for(consume(chosen), chosen.timeout or None)
    except TimeoutError:
        sys.exit(f"not enough events within {chosen.timeout:.0f} s")


def main() -> None:
    """Read until enough has come, or Ctrl-C."""
    parser = argparse.ArgumentParser(description="Print the events of one type.")
    parser.add_argument("--topic", default=TOPIC)
    parser.add_argument("--type", default=RESOLVED)
    parser.add_argument("--subject", default="", help="identifier of one request")
    parser.add_argument("--group", default="", help="consumer group that keeps its place; none reads from the start")
    parser.add_argument("--count", type=int, default=0, help="stop after so many events (0: never)")
    parser.add_argument("--timeout", type=float, default=0, help="stop after so many seconds (0: never)")
    try:
        asyncio.run(run(parser.parse_args()))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
