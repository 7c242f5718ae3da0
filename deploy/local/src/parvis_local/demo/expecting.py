# SPDX-License-Identifier: EUPL-1.2
"""What the journey expects, and how it says that something else came."""

import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

import httpx

from parvis_local.errors import LocalError

_Found = TypeVar("_Found")
_SHOWN: Final = 500


class UnexpectedError(LocalError):
    """The journey met something else than it should."""

    def __init__(self, wanted: str, met: object) -> None:
        super().__init__(f"expected {wanted}, met {str(met)[:_SHOWN]}")


def expect(answer: httpx.Response, status: int, code: str | None = None) -> httpx.Response:
    """The same answer, where it has that status and, for a problem, that code.

    Raises:
        UnexpectedError: it has not.
    """
    met = answer.json().get("code") if code and _is_problem(answer) else None
    if answer.status_code != status or met != code:
        asked = f"{answer.request.method} {answer.request.url.path}"
        raise UnexpectedError(f"{status} {code or ''} from {asked}", f"{answer.status_code} {answer.text}")
    return answer


def same(what: str, met: Any, wanted: Any) -> None:
    """They are equal.

    Raises:
        UnexpectedError: they are not.
    """
    if met != wanted:
        raise UnexpectedError(f"{what}: {wanted}", met)


def eventually(wanted: str, look: Callable[[], _Found | None], seconds: float = 30.0) -> _Found:
    """What a look gives at last; it is looked for four times a second.

    Raises:
        UnexpectedError: it gives nothing in that time.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.25)
    raise UnexpectedError(wanted, f"nothing within {seconds:.0f} s")


def _is_problem(answer: httpx.Response) -> bool:
    return bool(answer.headers.get("content-type") == "application/problem+json")
