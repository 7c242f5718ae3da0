# SPDX-License-Identifier: EUPL-1.2
"""The present state of what has a compacted topic, such as request types and areas (extra ``kafka``)."""

import logging
from typing import Any

from aiokafka import AIOKafkaConsumer

from parvis_events.event import Event, MalformedEventError, from_kafka
from parvis_events.topics import topic_of

_POLL_MS = 500
_log = logging.getLogger("parvis_events")


async def present_state(
    bootstrap_servers: str, *models: type[Any], collectivity: str | None = None, **options: Any
) -> dict[str, Event[Any]]:
    """The last event of each subject on the topics of these models, as they were when the reading began.

    Needs no group and commits nothing. What a record without a value has removed is not there; a record that is no
    event is logged by its place and passed over.

    Args:
        bootstrap_servers: the Kafka brokers, ``host:port,host:port``.
        models: of the events, such as ``requests.RequestTypePublished``; all that is on their topics is read.
        collectivity: whose public topics to read; None for the internal ones.
        options: further options of aiokafka's consumer, such as ``security_protocol`` and ``sasl_mechanism``.

    Raises:
        LookupError: a topic is not there, or not for this user to see.
    """
    topics = {topic_of(model, collectivity) for model in models}
    reading = {"auto_offset_reset": "earliest", **options, "enable_auto_commit": False, "group_id": None}
    state: dict[str, Event[Any]] = {}
    async with AIOKafkaConsumer(*topics, bootstrap_servers=bootstrap_servers, **reading) as kafka:
        ends = await kafka.end_offsets(kafka.assignment())
        if missing := topics - {partition.topic for partition in ends}:
            raise LookupError(f"no topic {min(missing)}")
        while any([await kafka.position(partition) < end for partition, end in ends.items()]):
            for records in (await kafka.getmany(timeout_ms=_POLL_MS)).values():
                for record in records:
                    _take(state, record)
    return state


def _take(state: dict[str, Event[Any]], record: Any) -> None:
    subject = (record.key or b"").decode(errors="replace")
    if record.value is None:
        state.pop(subject, None)
        return
    try:
        state[subject] = from_kafka(record.value, record.headers)
    except MalformedEventError as error:
        _log.warning("no event at %s-%s/%s: %s", record.topic, record.partition, record.offset, error)
