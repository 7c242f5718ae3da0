# SPDX-License-Identifier: EUPL-1.2
"""Strong entity tags from row versions, and the conditions that clients put on them (RFC 9110 section 13)."""

import re

from starlette.requests import Request

from parvis_kit.problems import PRECONDITION_FAILED, PRECONDITION_REQUIRED

# What the next function writes, for any version that a row can have.
_OURS = re.compile(r'"(0|[1-9][0-9]{0,8})(-[^"]*)?"')


def entity_tag(version: int, *variant: str) -> str:
    """The tag of one version of a resource; ``variant`` is what else changes the answer, such as the language."""
    return '"' + "-".join([str(version), *variant]) + '"'


def not_modified(request: Request, tag: str) -> bool:
    """True when the caller already has this version (``If-None-Match``)."""
    return tag in _tags(request.headers.get("if-none-match")) or request.headers.get("if-none-match") == "*"


def required_version(request: Request) -> int:
    """The version in ``If-Match``; raises 428 where the header is missing, 412 where it names no version."""
    given = request.headers.get("if-match")
    if given is None:
        raise PRECONDITION_REQUIRED.problem(
            "Relisez l'objet et renvoyez son ETag dans If-Match.",
            "Read the object again and send its ETag in If-Match.",
        )
    tags = _tags(given)
    ours = _OURS.fullmatch(tags[0]) if len(tags) == 1 else None
    if ours is None:
        raise stale()
    return int(ours[1])


def stale() -> Exception:
    """The 412 problem: somebody changed the object since it was read."""
    return PRECONDITION_FAILED.problem(
        "L'objet a changé entre-temps ; relisez-le puis recommencez.",
        "The object has changed meanwhile; read it again, then try again.",
    )


def _tags(header: str | None) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in (header or "").split(",") if tag.strip()]
