# SPDX-License-Identifier: EUPL-1.2
"""Finding the route of a call; the framework tries one after the other, which takes longer than a short call."""

from collections import defaultdict

from starlette.routing import BaseRoute, Match, Router
from starlette.types import Receive, Scope, Send


class Routes:
    """Tries the routes whose paths begin alike and have as many segments, in their order; the router answers the rest.

    So it does for a path that no route has, or none with this method, or whose first two segments are not fixed.
    """

    def __init__(self, router: Router) -> None:
        self._router = router
        self._alike: defaultdict[tuple[int, str], list[BaseRoute]] = defaultdict(list)
        for route in router.routes:
            self._alike[_shape(getattr(route, "path", ""))].append(route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One call."""
        route = self.find(scope) if scope["type"] == "http" else None
        await (route.handle if route else self._router)(scope, receive, send)

    def find(self, scope: Scope) -> BaseRoute | None:
        """The route of a call, of which the scope is told; None where the router has to look."""
        for route in self._alike.get(_shape(scope["path"]), ()):
            match, found = route.matches(scope)
            if match is Match.FULL:
                scope.update(found)
                return route
        return None


def _shape(path: str) -> tuple[int, str]:
    return path.count("/"), "/".join(path.split("/", 3)[:3])
