# SPDX-License-Identifier: EUPL-1.2
"""Each object is what the API server of the oldest and the newest supported Kubernetes accepts, and nothing more."""

import json
from functools import cache

import kubernetes_validate
import pytest
from manifests import BASES, COMPONENTS, K8S, OVERLAYS, Manifest, render, render_with

# preStop.sleep and matchLabelKeys are there by default from 1.32 on.
OLDEST = "1.32"
VERSIONS = [OLDEST, kubernetes_validate.latest_version()]
# Kinds that the API server does not know by itself; test_routes.py and test_alerts.py read them.
CUSTOM = {("gateway.networking.k8s.io/v1", "HTTPRoute"), ("monitoring.coreos.com/v1", "PrometheusRule")}


def errors(manifests: list[Manifest], version: str) -> list[str]:
    return [found for manifest in manifests if (found := _error(json.dumps(manifest, sort_keys=True), version))]


@cache
def _error(text: str, version: str) -> str:
    """What is wrong with an object; most objects come in several kustomizations and are looked at once."""
    manifest = json.loads(text)
    if (manifest["apiVersion"], manifest["kind"]) in CUSTOM:
        return ""
    try:
        kubernetes_validate.validate(manifest, version, strict=True)
    except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
        return f"{manifest['kind']} {manifest['metadata']['name']}: {error.message}"
    return ""


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("folder", [*BASES, *OVERLAYS])
def test_each_object_is_valid(folder: str, version: str) -> None:
    assert errors(render(folder), version) == []


@pytest.mark.parametrize("component", COMPONENTS)
def test_each_object_is_valid_with_each_component(component: str) -> None:
    assert errors(render_with(component), OLDEST) == []


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_component_changes_something(component: str) -> None:
    assert render_with(component) != render("base")


@pytest.mark.parametrize("folder", [*BASES, *OVERLAYS])
def test_no_object_is_there_twice(folder: str) -> None:
    names = [(manifest["kind"], manifest["metadata"]["name"]) for manifest in render(folder)]
    assert len(names) == len(set(names))


def test_there_is_something_to_check() -> None:
    assert OVERLAYS
    assert {"gateway-api", "ingress", "otel", "managed-data"} <= set(COMPONENTS)
    assert all((K8S / folder / "kustomization.yaml").exists() for folder in BASES)
