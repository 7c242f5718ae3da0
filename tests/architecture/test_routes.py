# SPDX-License-Identifier: EUPL-1.2
"""The short way to a route leads where the framework's leads."""

from importlib import import_module

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Match

from parvis_kit.web.routes import Routes

SERVICES = ("identity", "notifications", "participation", "requests")


@pytest.mark.parametrize("service", SERVICES)
def test_a_call_comes_to_the_route_that_the_framework_would_find(service: str) -> None:
    router = import_module(f"parvis_{service}.main").documented_app().router
    routes = Routes(router)
    found = 0
    for route in router.routes:
        assert isinstance(route, APIRoute)
        for method in route.methods or ():
            call = {"type": "http", "method": method, "path": route.path_format.replace("{", "").replace("}", "")}
            first = next(one for one in router.routes if one.matches(call)[0] is Match.FULL)
            short = routes.find(call)
            assert short in (first, None), route.path
            found += short is not None
    assert found > len(router.routes) * 0.9
