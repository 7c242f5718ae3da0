# SPDX-License-Identifier: EUPL-1.2
"""What the manifests set is what the services read, and what the services need is set."""

import os
import re
from urllib.parse import urlsplit

import pytest
from environments import example_secrets, known_variables, settings_class, variables
from manifests import OVERLAYS, SERVICES, Manifest, Pod, by_name, of_kind, pods, render, render_with

from parvis_kit.settings import ServiceSettings

ENVIRONMENTS = ["base", *OVERLAYS]
EVERY = [(folder, service) for folder in ENVIRONMENTS for service in SERVICES]


def pods_of(service: str, manifests: list[Manifest]) -> dict[str, Pod]:
    mine = [pod for pod in pods(manifests) if pod.labels["app.kubernetes.io/name"] == service]
    return {pod.labels["app.kubernetes.io/component"]: pod for pod in mine}


def settings(service: str, component: str, folder: str, monkeypatch: pytest.MonkeyPatch) -> ServiceSettings:
    """The settings as that container reads them."""
    manifests = render(folder)
    (container,) = pods_of(service, manifests)[component].containers
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name, value in variables(container, manifests).items():
        monkeypatch.setenv(name, value)
    return settings_class(service)()


@pytest.mark.parametrize(("folder", "service"), EVERY)
def test_each_variable_is_a_setting_of_the_service(folder: str, service: str) -> None:
    manifests = render(folder)
    known = known_variables(settings_class(service))
    for pod in pods_of(service, manifests).values():
        for container in pod.containers:
            assert variables(container, manifests).keys() <= known.keys(), pod.name


@pytest.mark.parametrize("component", ["api", "worker", "migrate"])
@pytest.mark.parametrize(("folder", "service"), EVERY)
def test_each_process_finds_the_settings_that_it_cannot_do_without(
    folder: str, service: str, component: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = settings(service, component, folder, monkeypatch)
    assert (found.owner_database_url is not None) == (component == "migrate")
    assert found.host == "0.0.0.0"  # noqa: S104 - a pod's port is reached from outside of the pod
    assert found.replay_on_new_broker is False


@pytest.mark.parametrize(("folder", "service"), EVERY)
def test_ports_are_those_of_the_settings(folder: str, service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    manifests = render(folder)
    mine = pods_of(service, manifests)
    found = settings(service, "api", folder, monkeypatch)
    assert mine["api"].ports == {"http": found.port, "internal": found.internal_port}
    assert mine["worker"].ports == {"internal": found.worker_internal_port}
    assert mine["migrate"].ports == {}
    (served,) = [s for s in of_kind(manifests, "Service") if s["metadata"]["name"] == f"{service}-api"]
    assert {port["name"]: port["port"] for port in served["spec"]["ports"]} == mine["api"].ports


@pytest.mark.parametrize(("folder", "service"), EVERY)
def test_secrets_come_from_secrets_and_nothing_else_does(folder: str, service: str) -> None:
    manifests = render(folder)
    known = known_variables(settings_class(service))
    secret = {name for name, field in known.items() if "Secret" in str(field.annotation)}
    for pod in pods_of(service, manifests).values():
        for container in pod.containers:
            plain = {v["name"] for v in container.get("env", []) if "secretKeyRef" not in v["valueFrom"]}
            assert not secret & plain, pod.name
    for name, config in by_name(manifests, "ConfigMap").items():
        assert not secret & config["data"].keys(), name


@pytest.mark.parametrize("folder", ENVIRONMENTS)
def test_no_secret_is_in_the_tree(folder: str) -> None:
    assert of_kind(render(folder), "Secret") == []
    for name, values in example_secrets().items():
        for key, value in values.items():
            assert "<" in value, f"{name} {key}: a placeholder, not a value"


def test_the_example_names_exactly_the_secrets_that_are_used() -> None:
    used = {
        (reference["name"], reference["key"])
        for pod in pods(render("base"))
        for container in pod.containers
        for variable in container.get("env", [])
        if (reference := variable.get("valueFrom", {}).get("secretKeyRef"))
    }
    assert used == {(name, key) for name, values in example_secrets().items() for key in values}


@pytest.mark.parametrize("folder", ENVIRONMENTS)
def test_addresses_inside_of_the_cluster_are_those_of_services(folder: str) -> None:
    manifests = render(folder)
    served = {
        (service["metadata"]["name"], port["port"])
        for service in of_kind(manifests, "Service")
        for port in service["spec"]["ports"]
    }
    inside = [
        url
        for pod in pods(manifests)
        for container in pod.containers
        for value in variables(container, manifests).values()
        if (url := urlsplit(value)).scheme == "http"
    ]
    assert inside
    for url in inside:
        assert (url.hostname, url.port) in served, url.geturl()


@pytest.mark.parametrize("service", SERVICES)
def test_with_a_collector_each_process_sends_its_traces(service: str) -> None:
    manifests = render_with("otel")
    known = known_variables(settings_class(service))
    for pod in pods_of(service, manifests).values():
        for container in pod.containers:
            found = variables(container, manifests)
            assert found.keys() <= known.keys(), pod.name
            assert found["OTEL_EXPORTER_OTLP_ENDPOINT"].endswith(":4318"), pod.name


def test_with_an_antivirus_both_processes_of_requests_know_that_files_wait_for_it() -> None:
    manifests = render_with("antivirus")
    field = known_variables(settings_class("requests"))["PARVIS_REQUESTS_CLAMD"]
    (pattern,) = (rule.pattern for rule in field.metadata if hasattr(rule, "pattern"))
    for component in ("api", "worker"):
        (container,) = pods_of("requests", manifests)[component].containers
        assert re.fullmatch(pattern, address := variables(container, manifests)["PARVIS_REQUESTS_CLAMD"])
        assert address.endswith(":3310")


@pytest.mark.parametrize(
    ("component", "name", "processes"),
    [
        ("addresses", "ADDRESS_BASE_URL", ["api"]),
        ("api-particulier", "API_PARTICULIER_URL", ["api"]),
        ("payments", "PAYFIP_URL", ["api", "worker"]),
    ],
)
def test_requests_knows_whom_to_ask_outside(component: str, name: str, processes: list[str]) -> None:
    manifests = render_with(component)
    for process in processes:
        (container,) = pods_of("requests", manifests)[process].containers
        address = variables(container, manifests)[f"PARVIS_REQUESTS_{name}"]
        field = known_variables(settings_class("requests"))[f"PARVIS_REQUESTS_{name}"]
        (pattern,) = (rule.pattern for rule in field.metadata if hasattr(rule, "pattern"))
        assert re.fullmatch(pattern, address)
        assert urlsplit(address).scheme == "https"


@pytest.mark.parametrize("folder", OVERLAYS)
def test_an_environment_says_where_it_is_seen(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings("identity", "api", folder, monkeypatch)
    assert found.public_url.startswith("https://")
    (route,) = of_kind(render(folder), "HTTPRoute")
    assert route["spec"]["hostnames"] == [urlsplit(found.public_url).hostname]
    # Access tokens name their issuer: all services must agree on it.
    issuers = {settings(service, "api", folder, monkeypatch).issuer_url for service in SERVICES}
    assert issuers == {found.public_url}
