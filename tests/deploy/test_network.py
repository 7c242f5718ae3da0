# SPDX-License-Identifier: EUPL-1.2
"""Who may speak to whom, computed from the policies as a network plug-in does."""

from collections.abc import Mapping
from typing import Any

import pytest
from manifests import COMPONENTS, OVERLAYS, SERVICES, Manifest, Pod, of_kind, pods, render, render_with

ENVIRONMENTS = ["base", *OVERLAYS]
PRIVATE = ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"]
CLAMD = 3310
NAMESPACE = {"kubernetes.io/metadata.name": "parvis"}


def selects(selector: Manifest, labels: Mapping[str, str]) -> bool:
    """Kubernetes' label selectors, for the operators that we use."""
    if not selector.get("matchLabels", {}).items() <= labels.items():
        return False
    for expression in selector.get("matchExpressions", []):
        value = labels.get(expression["key"])
        if expression["operator"] == "Exists":
            fits = value is not None
        else:
            assert expression["operator"] == "In"
            fits = value in expression["values"]
        if not fits:
            return False
    return True


def rules(policies: list[Manifest], pod: Pod, direction: str) -> list[Manifest]:
    """The rules of one direction that bear on a pod; a pod that no policy selects is an error."""
    mine = [p["spec"] for p in policies if selects(p["spec"]["podSelector"], pod.labels)]
    bearing = [spec for spec in mine if direction.capitalize() in spec["policyTypes"]]
    assert bearing, f"{pod.name}: no policy restricts {direction}"
    return [rule for spec in bearing for rule in spec.get(direction, [])]


def peer_fits(peer: Manifest, pod: Pod) -> bool:
    if "ipBlock" in peer:
        return False
    namespace = selects(peer["namespaceSelector"], NAMESPACE) if "namespaceSelector" in peer else True
    return namespace and selects(peer.get("podSelector", {}), pod.labels)


def open_ports(rule: Manifest, target: Pod) -> set[str]:
    if "ports" not in rule:
        return set(target.ports)
    wanted = {port["port"] for port in rule["ports"]}
    return {name for name, number in target.ports.items() if wanted & {name, number}}


def sendable(policies: list[Manifest], source: Pod, target: Pod) -> set[str]:
    """The ports of ``target`` to which ``source`` may send."""
    fitting = [
        rule
        for rule in rules(policies, source, "egress")
        if "to" not in rule or any(peer_fits(peer, target) for peer in rule["to"])
    ]
    return {port for rule in fitting for port in open_ports(rule, target)}


def acceptable(policies: list[Manifest], source: Pod, target: Pod) -> set[str]:
    """The ports on which ``target`` takes what ``source`` sends."""
    fitting = [
        rule
        for rule in rules(policies, target, "ingress")
        if "from" not in rule or any(peer_fits(peer, source) for peer in rule["from"])
    ]
    return {port for rule in fitting for port in open_ports(rule, target)}


def accepted(manifests: list[Manifest]) -> set[tuple[str, str, str]]:
    """Source, target and port of what the targets take."""
    policies, everyone = of_kind(manifests, "NetworkPolicy"), pods(manifests)
    return {
        (source.name, target.name, port)
        for source in everyone
        for target in everyone
        if source.name != target.name
        for port in acceptable(policies, source, target)
    }


def edges(manifests: list[Manifest]) -> set[tuple[str, str, str]]:
    """Source, target and port of what passes: both ends must agree."""
    policies, named = of_kind(manifests, "NetworkPolicy"), {pod.name: pod for pod in pods(manifests)}
    return {
        (source, target, port)
        for source, target, port in accepted(manifests)
        if port in sendable(policies, named[source], named[target])
    }


ALLOWED = {
    *(("gateway", f"{service}-api", "http") for service in SERVICES),
    ("notifications-worker", "identity-api", "internal"),
    ("notifications-worker", "requests-api", "internal"),
    # Which agents read a request.
    ("notifications-api", "requests-api", "internal"),
    ("notifications-worker", "participation-api", "internal"),
    # What people answered by mail, and the machine token by which it is fetched.
    ("requests-worker", "notifications-api", "internal"),
    ("requests-worker", "identity-api", "internal"),
    # Public keys of the tokens.
    *((f"{service}-api", "identity-api", "internal") for service in SERVICES if service != "identity"),
}


@pytest.mark.parametrize("folder", ENVIRONMENTS)
def test_exactly_these_speak_to_one_another(folder: str) -> None:
    assert edges(render(folder)) == ALLOWED


@pytest.mark.parametrize("folder", ENVIRONMENTS)
def test_nobody_accepts_more_than_it_is_to_be_sent(folder: str) -> None:
    # The gateway is there for everybody.
    assert {edge for edge in accepted(render(folder)) if edge[1:] != ("gateway", "http")} == ALLOWED


@pytest.mark.parametrize("component", COMPONENTS)
def test_no_component_opens_a_way_between_services(component: str) -> None:
    assert edges(render_with(component)) == ALLOWED


@pytest.mark.parametrize("folder", ENVIRONMENTS)
def test_what_no_policy_allows_is_denied_in_the_whole_namespace(folder: str) -> None:
    denials = [
        policy
        for policy in of_kind(render(folder), "NetworkPolicy")
        if policy["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    ]
    assert len(denials) == 1


@pytest.mark.parametrize("service", [*SERVICES, "gateway"])
def test_a_service_deployed_by_itself_is_restricted_in_both_directions(service: str) -> None:
    manifests = render(f"base/{service}")
    policies = of_kind(manifests, "NetworkPolicy")
    for pod in pods(manifests):
        assert rules(policies, pod, "egress"), pod.name
        rules(policies, pod, "ingress")


def outside(manifests: list[Manifest]) -> dict[str, list[Any]]:
    """The ports on which each workload reaches addresses out of the cluster."""
    policies = of_kind(manifests, "NetworkPolicy")
    found: dict[str, list[Any]] = {}
    for pod in pods(manifests):
        for rule in rules(policies, pod, "egress"):
            for peer in rule["to"]:
                if "ipBlock" in peer:
                    assert peer["ipBlock"] == {"cidr": "0.0.0.0/0", "except": PRIVATE}, pod.name
                    found.setdefault(pod.name, []).extend(port["port"] for port in rule["ports"])
    return found


@pytest.mark.parametrize("folder", ENVIRONMENTS)
def test_only_those_that_must_reach_the_internet_and_never_the_private_networks(folder: str) -> None:
    assert outside(render(folder)) == {
        "identity-api": [443],
        "identity-worker": [443, 465, 587, 6514],
        "notifications-worker": [443, 465, 587],
    }


def test_the_worker_of_requests_reaches_other_bodies_where_some_handle_requests() -> None:
    reached = outside(render_with("forwarding"))
    assert (reached["requests-worker"], reached.get("requests-api")) == ([443], None)


@pytest.mark.parametrize("folder", ENVIRONMENTS)
def test_metrics_are_for_the_monitoring_namespace(folder: str) -> None:
    manifests = render(folder)
    policies = of_kind(manifests, "NetworkPolicy")
    for pod in pods(manifests):
        watched = {
            port["port"]
            for rule in rules(policies, pod, "ingress")
            for peer in rule.get("from", [])
            if "namespaceSelector" in peer
            for port in rule["ports"]
            if selects(peer["namespaceSelector"], {"kubernetes.io/metadata.name": "monitoring"})
        }
        assert watched == {"internal"}, pod.name


@pytest.mark.parametrize("folder", ENVIRONMENTS)
def test_databases_are_for_the_services_and_the_broker_for_all_but_the_api_of_identity(folder: str) -> None:
    manifests = render(folder)
    policies = of_kind(manifests, "NetworkPolicy")
    for pod in pods(manifests):
        ports = {port["port"] for rule in rules(policies, pod, "egress") for port in rule["ports"]}
        is_service = pod.labels["app.kubernetes.io/name"] in SERVICES
        assert (5432 in ports) == is_service, pod.name
        assert (9092 in ports) == (is_service and speaks_to_kafka(pod)), pod.name
        assert 53 in ports, f"{pod.name}: names are resolved"


def speaks_to_kafka(pod: Pod) -> bool:
    """Workers do, and whoever is to be told of sessions that identity has ended."""
    name, component = (pod.labels[f"app.kubernetes.io/{label}"] for label in ("name", "component"))
    return component == "worker" or (component == "api" and name != "identity")


def private(manifests: list[Manifest]) -> dict[str, set[Any]]:
    """The ports on which each workload reaches addresses of private networks."""
    policies = of_kind(manifests, "NetworkPolicy")
    return {
        pod.name: {
            port["port"]
            for rule in rules(policies, pod, "egress")
            if any("ipBlock" in peer and "except" not in peer["ipBlock"] for peer in rule["to"])
            for port in rule["ports"]
        }
        for pod in pods(manifests)
    }


def test_data_outside_of_the_cluster_are_for_the_services_and_for_who_asks() -> None:
    assert not any(private(render("base")).values())
    reached = private(render_with("managed-data"))
    assert reached.pop("gateway") == set()
    assert all(ports == {5432, 9092, 9093} for ports in reached.values())


def test_traces_go_to_the_monitoring_namespace() -> None:
    manifests = render_with("otel")
    policies = of_kind(manifests, "NetworkPolicy")
    for pod in pods(manifests):
        peers = [rule["to"] for rule in rules(policies, pod, "egress") if {"port": 4318} in rule["ports"]]
        assert peers == [[{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}]]


def sends_files(manifests: list[Manifest]) -> dict[str, list[Any]]:
    """Where each workload reaches a clamd."""
    policies = of_kind(manifests, "NetworkPolicy")
    return {
        pod.name: peers
        for pod in pods(manifests)
        if (peers := [r["to"] for r in rules(policies, pod, "egress") if {"port": CLAMD} in r["ports"]])
    }


def test_files_go_to_the_antivirus_from_who_takes_them_alone_and_only_where_there_is_one() -> None:
    assert sends_files(render("base")) == {}
    namespace = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "antivirus"}}}
    assert sends_files(render_with("antivirus")) == {
        "notifications-api": [[namespace]],
        "participation-api": [[namespace]],
        "requests-worker": [[namespace]],
    }


def test_addresses_and_payments_are_asked_for_by_requests_alone_and_only_where_it_is_wanted() -> None:
    def asks(manifests: list[Manifest]) -> set[str]:
        policies = of_kind(manifests, "NetworkPolicy")
        return {
            pod.name
            for pod in pods(manifests)
            if pod.name.startswith("requests")
            for rule in rules(policies, pod, "egress")
            if {"port": 443} in rule["ports"]
        }

    assert asks(render("base")) == set()
    assert asks(render_with("addresses")) == {"requests-api"}
    assert asks(render_with("api-particulier")) == {"requests-api"}
    assert asks(render_with("payments")) == {"requests-api", "requests-worker"}
