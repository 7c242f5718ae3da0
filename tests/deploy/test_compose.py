# SPDX-License-Identifier: EUPL-1.2
"""The compose file starts the same images with the same settings as Kubernetes, from secrets made on the spot."""

import importlib.util
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from environments import known_variables, settings_class, variables
from manifests import ROOT, SERVICES, by_name, render, render_with

from parvis_gateway.settings import read_settings

FOLDER = ROOT / "deploy" / "docker"
VARIABLE = re.compile(r"\$\{(\w+)(?::([?-])([^}]*))?\}")
# What stands beside Parvis: its own image, its own hardening.
FOREIGN = {"postgres", "kafka"}


def new_env() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("new_env", FOLDER / "new_env.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return dict(module.variables())


def compose(values: dict[str, str]) -> dict[str, Any]:
    """The file with its variables filled in, as compose does."""

    def value(match: re.Match[str]) -> str:
        name, kind, default = match.groups()
        if kind == "-":
            return values.get(name) or str(default)
        assert values.get(name), f"{name} is not among the variables that new_env.py makes"
        return values[name]

    def filled(node: Any) -> Any:
        match node:
            case dict():
                return {key: filled(child) for key, child in node.items()}
            case list():
                return [filled(child) for child in node]
            case str():
                return VARIABLE.sub(value, node)
        return node

    document: dict[str, Any] = filled(yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8")))
    for service in document["services"].values():  # a name without a value is passed on, where there is one
        given = {
            name: values.get(name) if said is None else said for name, said in service.get("environment", {}).items()
        }
        service["environment"] = {name: said for name, said in given.items() if said is not None}
    return document


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose(new_env())["services"]
    return found


def test_secrets_are_new_each_time_and_none_is_in_the_file() -> None:
    first, second = new_env(), new_env()
    secret = {name for name in first if re.search(r"PASSWORD|KEY|SECRET", name)}
    assert len(secret) >= 18
    assert all(first[name] != second[name] and len(first[name]) >= 32 for name in secret)
    text = (FOLDER / "compose.yaml").read_text("utf-8")
    assert re.findall(r"://\w+:(?!\$\{\w+:\?\}@)[^@\s]*@", text) == []


@pytest.mark.parametrize("command", ["api", "worker"])
def test_both_processes_of_notifications_know_the_providers_and_the_numbers_of_towns(command: str) -> None:
    given = {
        "PARVIS_NOTIFICATIONS_SMS_PROVIDERS": '[{"name": "first"}]',
        "PARVIS_NOTIFICATIONS_VOICE_PROVIDERS": '[{"name": "second"}]',
        "PARVIS_NOTIFICATIONS_CHAT_PROVIDERS": '[{"name": "third"}]',
        "PARVIS_NOTIFICATIONS_INBOUND_NUMBERS": '{"+33199001234": "paris"}',
        "PARVIS_NOTIFICATIONS_INBOUND_LOOK_MINUTES": "0",
        "PARVIS_NOTIFICATIONS_INBOUND_HOOKS": '[{"collectivity": "paris", "secrets": []}]',
        "PARVIS_NOTIFICATIONS_OWN_REGISTER_URL": "{public_url}/mon-inscription",
    }
    environment = compose(new_env() | given)["services"][f"notifications-{command}"]["environment"]
    assert {name: environment.get(name) for name in given} == given


@pytest.mark.parametrize("command", ["migrate", "intake"])
def test_what_migrates_and_what_reads_mails_of_strangers_know_no_provider(command: str) -> None:
    environment = compose(new_env())["services"][f"notifications-{command}"]["environment"]
    assert [name for name in environment if re.search("PROVIDERS|ACCOUNTS|PRIVATE_KEYS|HOOKS", name)] == []


@pytest.mark.parametrize("command", ["api", "intake"])
def test_mails_come_to_addresses_of_towns(command: str) -> None:
    given = {"PARVIS_NOTIFICATIONS_INBOUND_ADDRESSES": '{"mairie@ville.example": "paris"}'}
    environment = compose(new_env() | given)["services"][f"notifications-{command}"]["environment"]
    assert {name: environment.get(name) for name in given} == given


def test_each_process_has_the_memory_that_its_pod_has(services: dict[str, dict[str, Any]]) -> None:
    factors = {"k": 10, "m": 20, "g": 30, "Ki": 10, "Mi": 20, "Gi": 30}

    def size(said: str) -> int:
        number, unit = re.fullmatch(r"(\d+)(\w+)", said).groups()  # type: ignore[union-attr]
        return int(number) << factors[unit]

    wanted = {
        name: size(found["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["memory"])
        for name, found in by_name(render_with("inbound-mail"), "Deployment").items()
        if name in services
    }
    assert len(wanted) == 2 * len(SERVICES) + 2, "the intake and the gateway too"
    assert {name: limit for name, limit in wanted.items() if size(services[name]["mem_limit"]) < limit} == {}


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("command", ["migrate", "api", "worker"])
def test_each_process_runs_its_image_with_its_settings(
    services: dict[str, dict[str, Any]], service: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = services[f"{service}-{command}"]
    assert process["command"] == [command]
    assert process["image"] == f"parvis-{service}:local"
    assert (FOLDER / process["build"]["context"] / process["build"]["dockerfile"]).resolve().exists()
    settings = settings_class(service)
    assert process["environment"].keys() <= known_variables(settings).keys()
    for name, value in process["environment"].items():
        monkeypatch.setenv(name, value)
    found = settings()
    assert found.host == "0.0.0.0"  # noqa: S104 - a container's port is reached from outside of the container
    assert (found.owner_database_url is not None) == (command == "migrate")


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("command", ["migrate", "api", "worker"])
def test_it_sets_what_kubernetes_sets(services: dict[str, dict[str, Any]], service: str, command: str) -> None:
    """But for mail, of which only a town knows the ways."""
    manifests = render("base")
    kind = "Job" if command == "migrate" else "Deployment"
    (container,) = by_name(manifests, kind)[f"{service}-{command}"]["spec"]["template"]["spec"]["containers"]
    expected = {name for name in variables(container, manifests) if not re.search("SMTP|MAIL", name)}
    assert expected <= services[f"{service}-{command}"]["environment"].keys()


def test_migrations_come_first_and_end(services: dict[str, dict[str, Any]]) -> None:
    for service in SERVICES:
        assert services[f"{service}-migrate"]["restart"] == "no"
        assert services[f"{service}-migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}
        for command in ("api", "worker"):
            waits = services[f"{service}-{command}"]["depends_on"]
            assert waits[f"{service}-migrate"] == {"condition": "service_completed_successfully"}


def test_containers_have_no_more_rights_than_pods(services: dict[str, dict[str, Any]]) -> None:
    for name, process in services.items():
        if name not in FOREIGN:
            assert process["read_only"] is True, name
            assert process["cap_drop"] == ["ALL"], name
            assert process["security_opt"] == ["no-new-privileges:true"], name
            assert process["mem_limit"], name


def test_nobody_but_the_gateway_can_be_reached_from_outside(services: dict[str, dict[str, Any]]) -> None:
    published = {name: process["ports"] for name, process in services.items() if "ports" in process}
    assert published == {"gateway": ["127.0.0.1:8080:8080"]}


def test_the_gateway_finds_each_service(tmp_path: Path) -> None:
    document = compose(new_env())
    file = tmp_path / "settings.json"
    file.write_text(document["configs"]["gateway-settings"]["content"], encoding="utf-8")
    settings = read_settings(file)
    assert settings.public_url == new_env()["PARVIS_PUBLIC_URL"]
    names = {service: f"{service}-api" for service in SERVICES} | {"gateway": "portal"}
    assert {name: address.host for name, address in settings.services.items()} == names
    ports = {address.port for name, address in settings.services.items() if name != "gateway"}
    assert ports == {settings_class(service).model_fields["port"].default for service in SERVICES}
    assert f"--port={settings.services['gateway'].port}" in document["services"]["portal"]["command"]
    assert document["services"]["gateway"]["ports"] == [f"127.0.0.1:8080:{settings.listen.port}"]


def test_images_of_others_have_a_version(services: dict[str, dict[str, Any]]) -> None:
    for name in FOREIGN:
        assert re.fullmatch(r"[\w/]+:\d[\w.]*", services[name]["image"]), name


def test_the_broker_is_the_one_that_events_are_tested_on(services: dict[str, dict[str, Any]]) -> None:
    pom = (ROOT / "deploy" / "local" / "kafka" / "pom.xml").read_text("utf-8")
    tested = re.search(r"<artifactId>kafka_[\d.]+</artifactId>\s*<version>([\d.]+)</version>", pom)
    assert tested
    assert services["kafka"]["image"] == f"apache/kafka:{tested[1]}"


def test_what_is_named_is_there(services: dict[str, dict[str, Any]]) -> None:
    volumes = compose(new_env())["volumes"]
    for name, process in services.items():
        assert set(process.get("depends_on", {})) <= services.keys(), name
        for source, target in (volume.split(":")[:2] for volume in process.get("volumes", [])):
            assert target.startswith("/"), name
            assert (FOLDER / source).exists() if source.startswith(".") else source in volumes, f"{name}: {source}"
        for key, value in process.get("environment", {}).items():
            url = urlsplit(str(value))
            if url.scheme in {"http", "postgresql"} and key != "PARVIS_PUBLIC_URL":
                assert url.hostname in services, f"{name}: {key}"
