# SPDX-License-Identifier: EUPL-1.2
"""The gateway's pod, played with its own commands: compiled as the init container does, run as Envoy's container is."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from environments import variables
from manifests import OVERLAYS, ROOT, Manifest, Pod, by_name, of_kind, pods, render

from parvis_local.ports import LOOPBACK, free_ports

ENVIRONMENTS = ["base", *OVERLAYS]
BIN = Path(sys.executable).parent


def gateway(manifests: list[Manifest]) -> Pod:
    (pod,) = [pod for pod in pods(manifests) if pod.name == "gateway"]
    return pod


def container(manifests: list[Manifest], name: str) -> Manifest:
    (found,) = [c for c in gateway(manifests).containers if c["name"] == name]
    return found


def files(manifests: list[Manifest]) -> dict[str, str]:
    """The files of the settings volume."""
    (volume,) = [v for v in gateway(manifests).spec["volumes"] if v["name"] == "settings"]
    data: dict[str, str] = by_name(manifests, "ConfigMap")[volume["configMap"]["name"]]["data"]
    return data


def compiled(manifests: list[Manifest], folder: Path, settings: str) -> Path:
    """Run the init container's command with its paths mapped to this machine."""
    (folder / "settings.json").write_text(settings, encoding="utf-8")
    places = {
        "/opt/parvis/contracts": str(ROOT / "contracts"),
        "/etc/parvis/settings.json": str(folder / "settings.json"),
        "/etc/envoy/envoy.json": str(folder / "envoy.json"),
    }
    words = [word for argument in container(manifests, "compile")["args"] for word in argument.split("=")]
    done = subprocess.run(
        [BIN / "parvis-gateway", *(places.get(word, word) for word in words)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return folder / "envoy.json"


def envoy_arguments(manifests: list[Manifest], configuration: Path, internal: str) -> list[str]:
    assert variables(container(manifests, "envoy"), manifests) == {"INTERNAL": files(manifests)["internal.yaml"]}
    given = {"/etc/envoy/envoy.json": str(configuration), "$(INTERNAL)": internal}
    return [given.get(argument, argument) for argument in container(manifests, "envoy")["args"]]


def listening(configuration: dict[str, Any]) -> list[int]:
    return [
        listener["address"]["socket_address"]["port_value"]
        for listener in configuration["static_resources"]["listeners"]
    ]


@pytest.mark.parametrize("folder", ENVIRONMENTS)
def test_envoy_takes_the_compiled_configuration(folder: str, tmp_path: Path) -> None:
    manifests = render(folder)
    settings = files(manifests)
    configuration = compiled(manifests, tmp_path, settings["settings.json"])
    arguments = envoy_arguments(manifests, configuration, settings["internal.yaml"])
    done = subprocess.run(
        [BIN / "envoy", "--mode", "validate", *arguments], check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert listening(json.loads(configuration.read_text("utf-8"))) == [gateway(manifests).ports["http"]]


@pytest.mark.parametrize("folder", ENVIRONMENTS)
def test_each_address_behind_the_gateway_is_a_service_s_or_the_portal_s(folder: str) -> None:
    manifests = render(folder)
    settings = json.loads(files(manifests)["settings.json"])
    served = {
        f"{service['metadata']['name']}:{port['port']}"
        for service in of_kind(manifests, "Service")
        for port in service["spec"]["ports"]
        if port["name"] == "http"
    }
    portal = f"{LOOPBACK}:{gateway(manifests).ports['portal']}"
    assert set(settings["services"].values()) == (served - {"gateway:8080"}) | {portal}
    assert settings["services"].pop("gateway") == portal
    assert all(address.split("-")[0] == name for name, address in settings["services"].items())
    assert settings["admin"].startswith(LOOPBACK)


@pytest.mark.parametrize("folder", ENVIRONMENTS)
def test_the_gateway_and_the_services_agree_on_the_issuer(folder: str) -> None:
    manifests = render(folder)
    (shared,) = [m["data"] for m in of_kind(manifests, "ConfigMap") if "PARVIS_PUBLIC_URL" in m["data"]]
    assert json.loads(files(manifests)["settings.json"])["public_url"] == shared["PARVIS_PUBLIC_URL"]


@pytest.fixture(scope="module")
def internal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Envoy as its container runs it, on free ports; the address of the internal one."""
    manifests, folder = render("base"), tmp_path_factory.mktemp("envoy")
    settings = files(manifests)
    ports = gateway(manifests).ports
    given = [str(ports["http"]), str(ports["internal"]), settings["settings.json"].split('"admin": "')[1].split('"')[0]]
    admin = given[2].split(":")[1]
    free = dict(zip((given[0], given[1], admin), map(str, free_ports(3)), strict=True))
    main = settings["settings.json"].replace(f"0.0.0.0:{given[0]}", f"{LOOPBACK}:{free[given[0]]}")
    configuration = compiled(manifests, folder, main.replace(given[2], f"{LOOPBACK}:{free[admin]}"))
    extra = settings["internal.yaml"]
    for port in (given[1], admin):
        assert f"port_value: {port}" in extra
        extra = extra.replace(f"port_value: {port}", f"port_value: {free[port]}")
    arguments = envoy_arguments(manifests, configuration, extra)
    with subprocess.Popen([BIN / "envoy", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield f"http://{LOOPBACK}:{free[given[1]]}"
        finally:
            process.terminate()
            process.wait(60)


def test_envoy_s_probes_and_metrics_answer_and_nothing_else_does(internal: str) -> None:
    with httpx.Client(base_url=internal, transport=httpx.HTTPTransport(retries=8)) as client:
        probes = {
            probe["httpGet"]["path"]
            for name in ("startupProbe", "livenessProbe", "readinessProbe")
            if (probe := container(render("base"), "envoy")[name])
        }
        assert {path: client.get(path).status_code for path in probes} == {"/healthz": 200, "/readyz": 200}
        assert "envoy_server_live" in client.get("/metrics").text
        for path in ("/", "/quitquitquit", "/config_dump", "/metrics/../config_dump"):
            assert client.get(path).status_code == 404, path
            assert client.post(path).status_code == 404, path
