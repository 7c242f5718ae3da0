# SPDX-License-Identifier: EUPL-1.2
"""The topics on a cluster are those of the contracts, and nobody may do there what the contracts do not say."""

import re

from manifests import K8S, ROOT, render

from parvis_cli.declared import declared_topics
from parvis_cli.deployment import read_deployment
from parvis_cli.rights import declared_users
from parvis_cli.strimzi import manifests, user_manifests

NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


def test_the_manifests_say_what_the_contracts_declare() -> None:
    deployment = read_deployment(K8S / "kafka" / "deployment.yaml")
    topics = declared_topics(ROOT / "contracts", deployment)
    assert (K8S / "kafka" / "topics.yaml").read_text("utf-8") == manifests(topics, cluster="parvis", replicas=3)


def test_each_service_has_a_user_with_the_rights_that_its_contract_needs() -> None:
    users = declared_users(ROOT / "contracts", read_deployment(K8S / "kafka" / "deployment.yaml"))
    assert (K8S / "kafka" / "users.yaml").read_text("utf-8") == user_manifests(users, cluster="parvis")
    rendered = {each["metadata"]["name"]: each for each in render("kafka") if each["kind"] == "KafkaUser"}
    assert set(rendered) == {f"parvis-{name}" for name in ("identity", "requests", "notifications", "participation")}
    for name, user in rendered.items():
        assert user["spec"]["authentication"] == {"type": "scram-sha-512"}
        assert user["spec"]["authorization"]["type"] == "simple"
        writes = {
            acl["resource"]["name"] for acl in user["spec"]["authorization"]["acls"] if "Write" in acl["operations"]
        }
        own = f"parvis.{name.removeprefix('parvis-')}."
        others = {topic for topic in writes if not topic.startswith(own)}
        assert others == ({"parvis.public."} if name == "parvis-notifications" else set())


def test_the_operator_finds_each_topic_with_its_cluster_and_no_acknowledged_event_is_on_one_node_alone() -> None:
    rendered = [each for each in render("kafka") if each["kind"] != "KafkaUser"]
    assert len(rendered) > 10
    for topic in rendered:
        assert (topic["apiVersion"], topic["kind"]) == ("kafka.strimzi.io/v1", "KafkaTopic")
        assert NAME.fullmatch(topic["metadata"]["name"])
        assert topic["metadata"]["labels"] == {"strimzi.io/cluster": "parvis"}
        assert (topic["spec"]["replicas"], topic["spec"]["config"]["min.insync.replicas"]) == (3, 2)
