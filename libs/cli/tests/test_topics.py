# SPDX-License-Identifier: EUPL-1.2
"""``parvis topics apply`` on a real Apache Kafka."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import yaml
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

from parvis_cli.__main__ import main
from parvis_local.apache_kafka import ApacheKafka

pytestmark = [pytest.mark.kafka, pytest.mark.apache]


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("kafka")
    server = ApacheKafka(folder / "data", folder / "log")
    server.start()
    yield server.bootstrap_servers
    server.stop()


class Deployed:
    """A contract with one topic and a group that reads it, and the Kafka that it is applied to."""

    def __init__(self, folder: Path, kafka: str) -> None:
        self.name = f"parvis.test.{uuid4().hex[:8]}.v1"
        self._folder, self._kafka = folder, kafka
        self._client = AdminClient({"bootstrap.servers": kafka})
        (folder / "asyncapi").mkdir()

    def declare(self, partitions: int, **config: object) -> None:
        kafka = {"partitions": partitions, "topicConfiguration": {n.replace("_", "."): v for n, v in config.items()}}
        document = {
            "channels": {"one": {"address": self.name, "bindings": {"kafka": kafka}}},
            "operations": {
                "read": {
                    "action": "receive",
                    "channel": {"$ref": "#/channels/one"},
                    "bindings": {"kafka": {"groupId": {"const": "readers"}}},
                }
            },
        }
        (self._folder / "asyncapi" / "a.v1.yaml").write_text(yaml.safe_dump(document))

    def apply(self, *options: str) -> int:
        where = ("--contracts", str(self._folder), "--bootstrap-servers", self._kafka)
        return main(["topics", "apply", *where, *options])

    def partitions(self, name: str) -> int | None:
        found = self._client.list_topics(timeout=10).topics.get(name)
        return len(found.partitions) if found else None

    def config(self, name: str, *keys: str) -> list[str]:
        (answer,) = self._client.describe_configs([ConfigResource(ResourceType.TOPIC, name)]).values()
        found = answer.result(10)
        return [found[key].value for key in keys]


@pytest.fixture
def deployed(tmp_path: Path, kafka: str) -> Deployed:
    return Deployed(tmp_path, kafka)


def test_what_lacks_is_made_once_and_a_dry_run_makes_nothing(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.declare(3, cleanup_policy=["compact", "delete"], retention_ms=86_400_000)
    assert deployed.apply("--dry-run") == 2
    assert f"make {deployed.name}: 3 partitions" in capsys.readouterr().out
    assert deployed.partitions(deployed.name) is None
    assert deployed.apply() == 0
    assert deployed.partitions(deployed.name) == 3
    assert deployed.config(deployed.name, "cleanup.policy", "retention.ms") == ["compact,delete", "86400000"]
    capsys.readouterr()
    assert deployed.apply("--dry-run") == deployed.apply() == 0
    assert capsys.readouterr().out == "1 topics are as declared\n"


def test_what_differs_is_set_and_what_others_set_stays(deployed: Deployed) -> None:
    deployed.declare(3, retention_ms=1_000, max_message_bytes=100_000)
    assert deployed.apply() == 0
    deployed.declare(3, retention_ms=2_000)
    assert deployed.apply("--dry-run") == 2
    assert deployed.config(deployed.name, "retention.ms") == ["1000"]
    assert deployed.apply() == 0
    assert deployed.config(deployed.name, "retention.ms", "max.message.bytes") == ["2000", "100000"]


def test_partitions_are_added_only_when_told_so_and_never_taken_away(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.declare(2)
    assert deployed.apply() == 0
    deployed.declare(5)
    assert deployed.apply() == 1
    assert "say --grow" in capsys.readouterr().err
    assert deployed.partitions(deployed.name) == 2
    assert deployed.apply("--grow") == 0
    assert deployed.partitions(deployed.name) == 5
    deployed.declare(2)
    assert deployed.apply("--grow") == 0
    assert deployed.partitions(deployed.name) == 5


def test_a_setting_that_kafka_refuses_is_told_with_its_topic(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.declare(2, retention_ms="never")
    assert deployed.apply() == 1
    assert f"Kafka refuses {deployed.name}" in capsys.readouterr().err


def test_settings_for_the_connection_come_from_a_file(
    deployed: Deployed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.declare(1)
    file = tmp_path / "client.properties"
    file.write_text("# how to connect\nsecurity.protocol = plaintext\n")
    assert deployed.apply("--config", str(file)) == 0
    file.write_text("no setting")
    assert deployed.apply("--config", str(file)) == 1
    assert "holds no settings" in capsys.readouterr().err
