# SPDX-License-Identifier: EUPL-1.2
"""With kafka-tls, who speaks to Kafka does so over TLS as the user that the manifests declare, and nobody else does."""

import os
from pathlib import PurePosixPath
from typing import Any

import pytest
import yaml
from environments import known_variables, settings_class, variables
from manifests import K8S, SERVICES, Manifest, Pod, by_name, pods, render_with

USERS = {
    user["metadata"]["name"]: user["spec"]
    for user in yaml.safe_load_all((K8S / "kafka" / "users.yaml").read_text("utf-8"))
}
SPEAKERS = [(service, "worker") for service in SERVICES] + [(s, "api") for s in SERVICES if s != "identity"]
PORT = "9093"


def pod_of(manifests: list[Manifest], service: str, component: str) -> Pod:
    wanted = {"app.kubernetes.io/name": service, "app.kubernetes.io/component": component}
    (found,) = [pod for pod in pods(manifests) if wanted.items() <= pod.labels.items()]
    return found


def password_of(container: Manifest, service: str) -> dict[str, str]:
    """The Secret's name and key behind the password; taken out, as the documented Secrets do not hold it."""
    name = f"PARVIS_{service.upper()}_KAFKA_SASL_PASSWORD"
    (found,) = [each for each in container["env"] if each["name"] == name]
    reference: dict[str, str] = found["valueFrom"]["secretKeyRef"]
    return reference


@pytest.mark.parametrize(("service", "component"), SPEAKERS)
def test_each_speaker_comes_over_tls_as_the_user_that_is_declared(
    service: str, component: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifests = render_with("kafka-tls")
    pod = pod_of(manifests, service, component)
    (container,) = pod.containers
    reference = password_of(container, service)
    rest = {**container, "env": [each for each in container["env"] if "KAFKA" not in each["name"]]}
    given = variables(rest, manifests) | {f"PARVIS_{service.upper()}_KAFKA_SASL_PASSWORD": "x"}
    assert given.keys() <= known_variables(settings_class(service)).keys()
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    found: Any = settings_class(service)()
    assert found.kafka_security_protocol == "SASL_SSL"
    assert found.kafka_sasl_mechanism == "SCRAM-SHA-512"
    assert USERS[found.kafka_sasl_username]["authentication"] == {"type": "scram-sha-512"}
    # The operator of users writes each one's password into a Secret of the same name.
    assert reference == {"name": found.kafka_sasl_username, "key": "password"}
    assert found.kafka_bootstrap_servers.endswith(f":{PORT}")
    authority = PurePosixPath(found.kafka_ssl_ca_file)
    (mount,) = [each for each in container["volumeMounts"] if each["mountPath"] == str(authority.parent)]
    (volume,) = [each for each in pod.spec["volumes"] if each["name"] == mount["name"]]
    assert mount["readOnly"]
    assert volume["secret"]["items"] == [{"key": "ca.crt", "path": authority.name}]


def test_who_does_not_speak_to_kafka_is_given_no_password() -> None:
    manifests = render_with("kafka-tls")
    told = {
        (pod.labels["app.kubernetes.io/name"], pod.labels["app.kubernetes.io/component"])
        for pod in pods(manifests)
        for container in pod.containers
        if any("KAFKA_SASL_PASSWORD" in each["name"] for each in container.get("env", []))
    }
    assert told == set(SPEAKERS)


@pytest.mark.parametrize("service", SERVICES)
def test_the_network_lets_through_the_port_with_tls_alone(service: str) -> None:
    policies = by_name(render_with("kafka-tls"), "NetworkPolicy")
    for name in (f"{service}-kafka", f"{service}-ended-sessions"):
        (rule,) = policies[name]["spec"]["egress"]
        assert rule["ports"] == [{"port": int(PORT)}], name
