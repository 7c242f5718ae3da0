# SPDX-License-Identifier: EUPL-1.2
"""Each pod runs with the least rights, within limits, and can be replaced without anybody noticing."""

import re

import pytest
from manifests import OVERLAYS, Manifest, Pod, by_name, of_kind, pods, render, render_with

from parvis_kit import process
from parvis_notifications.settings import Settings as Notifications

ENVIRONMENTS = ["base", *OVERLAYS]
PINNED = re.compile(r".+(:(?!latest$)[\w][\w.-]*|@sha256:[0-9a-f]{64})$")


def containers(folder: str) -> list[tuple[str, Manifest, Pod]]:
    return [(f"{pod.name}/{c['name']}", c, pod) for pod in pods(render(folder)) for c in pod.containers]


def long_running(folder: str) -> list[Pod]:
    return [pod for pod in pods(render(folder)) if pod.owner["kind"] == "Deployment"]


@pytest.mark.parametrize("folder", ENVIRONMENTS)
def test_no_process_is_root_or_can_become_more_than_it_is(folder: str) -> None:
    for name, container, pod in containers(folder):
        assert pod.spec["securityContext"]["runAsNonRoot"] is True, name
        assert pod.spec["securityContext"]["runAsUser"] >= 10_000, name
        assert pod.spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name


@pytest.mark.parametrize("folder", ENVIRONMENTS)
def test_no_pod_knows_of_the_cluster_or_of_its_node(folder: str) -> None:
    for pod in pods(render(folder)):
        assert pod.spec["automountServiceAccountToken"] is False, pod.name
        # A Service named parvis-identity would set PARVIS_IDENTITY_PORT to an address.
        assert pod.spec["enableServiceLinks"] is False, pod.name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.spec.keys(), pod.name
        kinds = {kind for volume in pod.spec.get("volumes", []) for kind in volume if kind != "name"}
        assert kinds <= {"emptyDir", "persistentVolumeClaim", "configMap"}, pod.name


@pytest.mark.parametrize("folder", ENVIRONMENTS)
def test_each_container_has_its_share_and_its_limits(folder: str) -> None:
    for name, container, _ in containers(folder):
        for bound in ("requests", "limits"):
            assert set(container["resources"][bound]) == {"cpu", "memory"}, name


@pytest.mark.parametrize("folder", ENVIRONMENTS)
def test_what_can_be_written_is_bounded(folder: str) -> None:
    for pod in pods(render(folder)):
        for volume in pod.spec.get("volumes", []):
            assert "sizeLimit" in volume.get("emptyDir", {"sizeLimit": ""}), f"{pod.name} {volume['name']}"
        for container in pod.containers:
            mounted = {mount["name"] for mount in container.get("volumeMounts", [])}
            assert mounted <= {volume["name"] for volume in pod.spec.get("volumes", [])}, pod.name


@pytest.mark.parametrize("folder", ENVIRONMENTS)
def test_what_serves_is_watched_on_a_port_that_it_has(folder: str) -> None:
    serving = [(name, c) for name, c, _ in containers(folder) if c.get("ports")]
    assert serving
    for name, container in serving:
        ports = {port["name"] for port in container["ports"]}
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            (asked,) = [container[probe][way] for way in ("httpGet", "tcpSocket") if way in container[probe]]
            assert asked["port"] in ports, f"{name} {probe}"
        if name.split("/")[1] in {"api", "worker", "envoy"}:
            alive, ready = (container[probe]["httpGet"] for probe in ("livenessProbe", "readinessProbe"))
            assert (alive["path"], alive["port"]) == ("/healthz", "internal"), name
            assert (ready["path"], ready["port"]) == ("/readyz", "internal"), name


@pytest.mark.parametrize("folder", ENVIRONMENTS)
def test_a_new_version_replaces_the_old_one_without_a_gap(folder: str) -> None:
    for pod in long_running(folder):
        spec = pod.owner["spec"]
        assert spec["strategy"]["type"] == "RollingUpdate", pod.name
        assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0, pod.name
        assert spec["replicas"] >= 2, pod.name
        (spread,) = pod.spec["topologySpreadConstraints"]
        assert spread["labelSelector"]["matchLabels"].items() <= pod.labels.items(), pod.name


@pytest.mark.parametrize("folder", ENVIRONMENTS)
def test_a_pod_has_the_time_to_finish_what_it_has_in_hand(folder: str) -> None:
    work = process._GRACE_SECONDS + 2  # noqa: SLF001 - the number that the manifests must follow
    for pod in long_running(folder):
        pauses = [c.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0) for c in pod.containers]
        assert pod.spec["terminationGracePeriodSeconds"] > max(pauses) + work, pod.name
        if "http" in pod.ports:
            assert max(pauses) >= 5, f"{pod.name}: proxies go on sending for a moment"


@pytest.mark.parametrize("folder", ENVIRONMENTS)
def test_maintenance_of_nodes_leaves_a_pod_of_each(folder: str) -> None:
    manifests = render(folder)
    budgets = [budget["spec"]["selector"]["matchLabels"] for budget in of_kind(manifests, "PodDisruptionBudget")]
    for pod in long_running(folder):
        assert [b for b in budgets if b.items() <= pod.labels.items()], pod.name


@pytest.mark.parametrize("folder", ENVIRONMENTS)
def test_selectors_find_their_own_pods_only(folder: str) -> None:
    manifests = render(folder)
    everything = pods(manifests)
    for pod in long_running(folder):
        wanted = pod.owner["spec"]["selector"]["matchLabels"]
        assert [p.name for p in everything if wanted.items() <= p.labels.items()] == [pod.name]
    for service in of_kind(manifests, "Service"):
        found = [p for p in everything if service["spec"]["selector"].items() <= p.labels.items()]
        assert len(found) == 1, service["metadata"]["name"]
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= found[0].ports.keys()


@pytest.mark.parametrize("folder", ENVIRONMENTS)
def test_what_a_pod_names_is_there(folder: str) -> None:
    manifests = render(folder)
    accounts, claims = by_name(manifests, "ServiceAccount"), by_name(manifests, "PersistentVolumeClaim")
    maps = by_name(manifests, "ConfigMap")
    for pod in pods(manifests):
        assert pod.spec["serviceAccountName"] in accounts, pod.name
        assert accounts[pod.spec["serviceAccountName"]]["automountServiceAccountToken"] is False
        named = {v["persistentVolumeClaim"]["claimName"] for v in pod.spec["volumes"] if "persistentVolumeClaim" in v}
        assert named <= claims.keys(), pod.name
        for container in pod.containers:
            sources = {source["configMapRef"]["name"] for source in container.get("envFrom", [])}
            sources |= {v["configMap"]["name"] for v in pod.spec["volumes"] if "configMap" in v}
            assert sources <= maps.keys(), pod.name


def test_the_base_names_images_and_leaves_their_version_to_the_overlay() -> None:
    for name, container, _ in containers("base"):
        assert re.fullmatch(r"parvis-[a-z]+", container["image"]), name


@pytest.mark.parametrize("folder", OVERLAYS)
def test_an_overlay_pins_each_image(folder: str) -> None:
    for name, container, _ in containers(folder):
        assert PINNED.match(container["image"]), f"{name}: {container['image']}"


def test_migrations_alone_know_the_owner_of_the_tables() -> None:
    for pod in pods(render("base")):
        owner = [
            variable["name"]
            for container in pod.containers
            for variable in container.get("env", [])
            if "OWNER" in variable["name"]
            or variable["valueFrom"].get("secretKeyRef", {}).get("name", "").endswith("-owner")
        ]
        assert bool(owner) == (pod.labels["app.kubernetes.io/component"] == "migrate"), pod.name


def test_migrations_know_no_secret_but_those_without_which_no_process_starts() -> None:
    needed = {"database-url", "keystore-url", "master-key"}
    for folder in ("base", *OVERLAYS):
        for pod in pods(render(folder)):
            if pod.labels["app.kubernetes.io/component"] == "migrate":
                secrets = [
                    reference["key"]
                    for container in pod.containers
                    for variable in container.get("env", [])
                    if (reference := variable.get("valueFrom", {}).get("secretKeyRef"))
                ]
                assert set(secrets) <= needed, pod.name


def test_the_intake_has_room_for_as_many_mails_as_it_takes_at_a_time() -> None:
    """Else the kernel ends it, with all sessions, as often as somebody brings large mails."""
    (container,) = by_name(render_with("inbound-mail"), "Deployment")["notifications-intake"]["spec"]["template"][
        "spec"
    ]["containers"]
    usual = Notifications.model_fields
    sessions = usual["intake_sessions"].default * usual["intake_mail_bytes"].default
    readers, written_and_sealed, itself = 2 * 300_000_000, 160_000_000, 120_000_000
    limit = container["resources"]["limits"]["memory"]
    assert limit.endswith("Mi")
    assert int(limit[:-2]) * 2**20 > sessions + readers + written_and_sealed + itself


def test_a_migration_that_fails_is_tried_again_and_not_for_ever() -> None:
    jobs = of_kind(render("base"), "Job")
    assert len(jobs) == 4
    for job in jobs:
        assert {"backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished"} <= job["spec"].keys()
