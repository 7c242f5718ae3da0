# SPDX-License-Identifier: EUPL-1.2
from pathlib import Path
from typing import Any

import pytest
import yaml

from parvis_cli.__main__ import main
from parvis_cli.declared import Topic, declared_topics
from parvis_cli.deployment import Deployment, read_deployment
from parvis_cli.errors import CommandError

CONFIG: dict[str, Any] = {"cleanup.policy": ["compact", "delete"], "retention.ms": 86400000}


def channel(address: str, partitions: int = 4, **config: Any) -> dict[str, Any]:
    kafka = {"topic": address, "partitions": partitions} | ({"topicConfiguration": config} if config else {})
    return {"address": address, "bindings": {"kafka": kafka}}


def write(folder: Path, service: str, channels: dict[str, Any], **operations: Any) -> None:
    (folder / "asyncapi").mkdir(exist_ok=True)
    document = {"channels": channels, "operations": operations}
    (folder / "asyncapi" / f"{service}.v1.yaml").write_text(yaml.safe_dump(document))


def received(name: str, group: str | None = None) -> dict[str, Any]:
    made: dict[str, Any] = {"action": "receive", "channel": {"$ref": f"#/channels/{name}"}}
    return made | ({"bindings": {"kafka": {"groupId": {"const": group}}}} if group else {})


def test_each_channel_is_a_topic_and_each_group_has_dead_letters(tmp_path: Path) -> None:
    write(tmp_path, "a", {"one": channel("parvis.b.v1", **CONFIG), "two": channel("parvis.a.v1", 12)})
    write(
        tmp_path, "b", {"one": channel("parvis.b.v1", **CONFIG)}, hear=received("one", "b-hears"), read=received("one")
    )
    compacted = {"cleanup.policy": "compact,delete", "retention.ms": "86400000"}
    kept = {"cleanup.policy": "delete", "retention.ms": "-1"}
    assert declared_topics(tmp_path, Deployment(config={"min.insync.replicas": "2"})) == [
        Topic("parvis.a.v1", 12, {"min.insync.replicas": "2"}),
        Topic("parvis.b.v1", 4, {"min.insync.replicas": "2", **compacted}),
        Topic("parvis.b.v1.dead-letter.b-hears", 1, {"min.insync.replicas": "2", **kept}),
    ]  # fmt: skip


def test_what_is_declared_for_each_collectivity_is_made_for_each_that_is_served(tmp_path: Path) -> None:
    write(tmp_path, "a", {"one": channel("parvis.public.{collectivity}.a.one.v1")})
    assert declared_topics(tmp_path, Deployment()) == []
    served = Deployment(collectivities=("lutece", "paris"))
    assert [topic.name for topic in declared_topics(tmp_path, served)] == [
        "parvis.public.lutece.a.one.v1",
        "parvis.public.paris.a.one.v1",
    ]


def test_contracts_that_do_not_agree_are_no_declaration(tmp_path: Path) -> None:
    write(tmp_path, "a", {"one": channel("parvis.b.v1")})
    write(tmp_path, "b", {"one": channel("parvis.b.v1", 8)})
    with pytest.raises(CommandError, match=r"do not agree about parvis\.b\.v1"):
        declared_topics(tmp_path, Deployment())


def test_a_channel_without_a_binding_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "a", {"one": {"address": "parvis.b.v1"}})
    assert main(["topics", "manifests", "--contracts", str(tmp_path)]) == 1
    assert "the contract of a does not say" in capsys.readouterr().err
    assert main(["topics", "manifests", "--contracts", str(tmp_path / "nowhere")]) == 1


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("replica: 3", "nobody knows replica"),
        ("replicas: many", "describes no deployment"),
        ("collectivities: [PARIS]", "no code of a collectivity"),
        ("subscribers: {works: {topics: []}}", "describes no deployment"),
        ("subscribers: {works: {collectivity: paris, topics: []}}", "which is not served"),
        ("[", "describes no deployment"),
    ],
)
def test_a_file_that_describes_no_deployment_says_why(tmp_path: Path, text: str, wrong: str) -> None:
    file = tmp_path / "kafka.yaml"
    file.write_text(text)
    with pytest.raises(CommandError, match=wrong):
        read_deployment(file)
