# SPDX-License-Identifier: EUPL-1.2
"""Makes a topic in the likeness of another: its partitions, its replicas, and the settings that it has of its own."""

from collections.abc import Mapping
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

_SECONDS: Final = 5
# DescribeConfigs: the setting is the topic's own, not the broker's default.
_OF_THE_TOPIC: Final = 1


async def make_like(brokers: Mapping[str, Any], model: str, topic: str) -> None:
    """Make it; one that another process has made meanwhile is as good. Raises KafkaError where Kafka refuses."""
    admin = AIOKafkaAdminClient(**brokers, request_timeout_ms=_SECONDS * 1_000)
    try:
        await admin.start()
        (described,) = await admin.describe_topics([model])
        partitions = described["partitions"]
        if not partitions:
            raise KafkaError(f"{model} is not there")
        (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, model)])
        ((_code, _text, _type, _name, entries),) = answer.resources
        own = {name: value for name, value, _read_only, source, *_ in entries if source == _OF_THE_TOPIC}
        wanted = NewTopic(topic, len(partitions), len(partitions[0]["replicas"]), topic_configs=own)
        made = await admin.create_topics([wanted])
        ((_topic, code, *_rest),) = made.topic_errors
        if code not in {0, TopicAlreadyExistsError.errno}:
            raise for_code(code)(topic)
    finally:
        await admin.close()
