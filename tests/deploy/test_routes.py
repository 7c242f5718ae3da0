# SPDX-License-Identifier: EUPL-1.2
"""The ways from outside to the gateway. The Gateway API's kinds are not the API server's own: they are read here."""

import pytest
from manifests import OVERLAYS, Manifest, by_name, of_kind, render, render_with


def served(manifests: list[Manifest]) -> set[tuple[str, int | str]]:
    """Name and port, by number and by name, of what a route may lead to."""
    return {
        (name, port[key])
        for name, service in by_name(manifests, "Service").items()
        for port in service["spec"]["ports"]
        for key in ("port", "name")
    }


def routed(kind: str) -> list[list[Manifest]]:
    sources = [render_with("gateway-api"), render_with("ingress"), *(render(folder) for folder in OVERLAYS)]
    return [manifests for manifests in sources if of_kind(manifests, kind)]


def test_an_http_route_leads_everything_to_the_gateway() -> None:
    found = routed("HTTPRoute")
    assert len(found) == 1 + len(OVERLAYS)
    for manifests in found:
        (route,) = of_kind(manifests, "HTTPRoute")
        # The members of Gateway API v1's HTTPRouteSpec that we use, and no other.
        assert route["spec"].keys() == {"parentRefs", "hostnames", "rules"}
        assert route["spec"]["hostnames"]
        for parent in route["spec"]["parentRefs"]:
            assert parent.keys() <= {"name", "namespace", "sectionName"}
            assert parent["name"]
        (rule,) = route["spec"]["rules"]
        assert rule["matches"] == [{"path": {"type": "PathPrefix", "value": "/"}}]
        (backend,) = rule["backendRefs"]
        assert backend["name"] == "gateway"
        assert (backend["name"], backend["port"]) in served(manifests)


def test_an_ingress_leads_everything_to_the_gateway() -> None:
    (manifests,) = routed("Ingress")
    (ingress,) = of_kind(manifests, "Ingress")
    (rule,) = ingress["spec"]["rules"]
    (path,) = rule["http"]["paths"]
    assert (path["path"], path["pathType"]) == ("/", "Prefix")
    assert path["backend"]["service"]["name"] == "gateway"
    assert ("gateway", path["backend"]["service"]["port"]["name"]) in served(manifests)
    assert [tls["hosts"] for tls in ingress["spec"]["tls"]] == [[rule["host"]]]


@pytest.mark.parametrize("component", ["gateway-api", "ingress"])
def test_nothing_else_is_published(component: str) -> None:
    services = of_kind(render_with(component), "Service")
    assert {service["spec"].get("type", "ClusterIP") for service in services} == {"ClusterIP"}
