# SPDX-License-Identifier: EUPL-1.2
from pathlib import Path
from typing import Any

import pytest
import yaml

from parvis_cli.__main__ import main
from parvis_cli.declared import Topic, declared_topics
from parvis_cli.deployment import Deployment, Subscriber, read_deployment
from parvis_cli.errors import CommandError
from parvis_cli.rights import declared_users
from parvis_cli.strimzi import user_manifests

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


def test_each_channel_is_a_topic(tmp_path: Path) -> None:
    write(tmp_path, "a", {"one": channel("parvis.b.v1", **CONFIG), "two": channel("parvis.a.v1", 12)})
    write(
        tmp_path, "b", {"one": channel("parvis.b.v1", **CONFIG)}, hear=received("one", "b-hears"), read=received("one")
    )
    compacted = {"cleanup.policy": "compact,delete", "retention.ms": "86400000"}
    assert declared_topics(tmp_path, Deployment(config={"min.insync.replicas": "2"})) == [
        Topic("parvis.a.v1", 12, {"min.insync.replicas": "2"}),
        Topic("parvis.b.v1", 4, {"min.insync.replicas": "2", **compacted}),
    ]  # fmt: skip


def test_what_is_declared_for_each_collectivity_is_made_for_each_that_is_served(tmp_path: Path) -> None:
    write(tmp_path, "a", {"one": channel("parvis.public.{collectivity}.a.one.v1")})
    assert declared_topics(tmp_path, Deployment()) == []
    served = Deployment(collectivities=("lutece", "paris"))
    assert [topic.name for topic in declared_topics(tmp_path, served)] == [
        "parvis.public.lutece.a.one.v1",
        "parvis.public.paris.a.one.v1",
    ]


def test_a_service_may_do_what_its_contract_says_and_nothing_else(tmp_path: Path) -> None:
    sent = {"action": "send", "channel": {"$ref": "#/channels/own"}}
    write(tmp_path, "a", {"own": channel("parvis.a.v1")}, tell=sent)
    write(
        tmp_path,
        "b",
        {"own": channel("parvis.public.{collectivity}.a.v1"), "heard": channel("parvis.a.v1")},
        tell=sent,
        hear=received("heard", "b-hears"),
        read=received("heard"),
    )
    users = declared_users(tmp_path, Deployment(users={"a": "writer"}))
    assert [(user.name, sorted(map(str, user.rights)), dict(user.quotas)) for user in users] == [
        (
            "parvis-b",
            [
                "Create topic parvis.public.*",
                "DescribeConfigs topic parvis.a.v1",
                "Read group b-hears",
                "Read topic parvis.a.v1",
                "Write topic parvis.public.*",
            ],
            {},
        ),
        ("writer", ["Write topic parvis.a.v1"], {}),
    ]


def test_a_subscriber_reads_topics_of_its_own_collectivity_with_bounds(tmp_path: Path) -> None:
    write(tmp_path, "a", {"one": channel("parvis.public.{collectivity}.a.one.v1"), "own": channel("parvis.a.v1")})
    some = Subscriber("roads", "paris", ("a.one.v1",), quotas={"consumer_byte_rate": 5.0})
    every = Subscriber("data", "lutece", login="oauth")
    data, _, roads = declared_users(tmp_path, Deployment(subscribers=(some, every)))
    assert sorted(map(str, data.rights)) == ["Read group data.*", "Read topic parvis.public.lutece.*"]
    assert sorted(map(str, roads.rights)) == ["Read group roads.*", "Read topic parvis.public.paris.a.one.v1"]
    assert (data.login, roads.quotas) == ("oauth", {"consumer_byte_rate": 5.0})
    assert data.quotas.keys() == {"consumer_byte_rate", "request_percentage"}
    (made,) = yaml.safe_load_all(user_manifests([data], cluster="town"))
    assert "authentication" not in made["spec"]
    assert made["spec"]["quotas"] == {"consumerByteRate": 1_048_576, "requestPercentage": 25}
    for missing in ("a.two.v1", "parvis.a.v1"):
        with pytest.raises(CommandError, match="which nobody publishes"):
            declared_users(tmp_path, Deployment(subscribers=(Subscriber("x", "paris", (missing,)),)))


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
        ("subscribers: {works.of: {collectivity: paris}}", "no name of a subscriber"),
        ("subscribers: {parvis-requests: {collectivity: paris}}", "the name of a service"),
        ("{users: {requests: kafka-requests}, subscribers: {kafka-requests: {collectivity: a}}}", "name of a service"),
        ("subscribers: {works: {collectivity: paris, login: tls}}", "by scram or oauth, not by tls"),
        ("subscribers: {works: {collectivity: paris, quotas: {request_percentage: 0}}}", "above zero"),
        ("subscribers: {works: {collectivity: paris, quotas: {producer_byte_rate: 1}}}", "above zero"),
        ("subscribers: {works: {collectivity: paris, topic: []}}", "nobody knows topic of works"),
        ("[", "describes no deployment"),
    ],
)
def test_a_file_that_describes_no_deployment_says_why(tmp_path: Path, text: str, wrong: str) -> None:
    file = tmp_path / "kafka.yaml"
    file.write_text(text)
    with pytest.raises(CommandError, match=wrong):
        read_deployment(file)
