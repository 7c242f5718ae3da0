# SPDX-License-Identifier: EUPL-1.2
"""Bodies of PATCH: JSON merge patches (RFC 7396), of members that are absent, null or given."""

from typing import Final

from starlette.requests import Request

from parvis_kit.problems import UNSUPPORTED_MEDIA_TYPE

MERGE_PATCH: Final = "application/merge-patch+json"


async def merge_patch_only(request: Request) -> None:
    """A dependency of the route; raises 415 for another media type."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MERGE_PATCH:
        raise UNSUPPORTED_MEDIA_TYPE.problem(
            f"Envoyez le corps comme {MERGE_PATCH}.",
            f"Send the body as {MERGE_PATCH}.",
            headers={"Accept-Patch": MERGE_PATCH},
        )
