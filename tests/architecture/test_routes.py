# SPDX-License-Identifier: EUPL-1.2
"""How a path begins and ends tells no route apart that the framework finds."""

from importlib import import_module

import pytest
from fastapi.routing import APIRoute

SERVICES = ("identity", "notifications", "participation", "requests")


@pytest.mark.parametrize("service", SERVICES)
def test_each_path_matches_the_routes_that_the_framework_matches(service: str) -> None:
    routes = import_module(f"parvis_{service}.main").documented_app().router.routes
    for path in {route.path_format.replace("{", "").replace("}", "") for route in routes}:
        call = {"type": "http", "method": "GET", "path": path}
        for route in routes:
            assert route.matches(call) == APIRoute.matches(route, call), (path, route.path)
