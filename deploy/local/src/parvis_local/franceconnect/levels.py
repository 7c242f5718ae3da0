# SPDX-License-Identifier: EUPL-1.2
"""At which level somebody comes back: what the service asks for is what the look-alike vouches for."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

_LEAST: Final = "eidas1"


def level(values: Mapping[str, str], known: Sequence[str]) -> str:
    """The first known level of ``claims`` (OpenID Connect Core section 5.5.1.1), or of ``acr_values``; empty for none.

    ProConnect takes ``acr_values`` for a wish, and ``claims`` for a condition.
    """
    try:
        asked: Any = json.loads(values.get("claims", "{}"))
        wanted = (asked.get("id_token") or {}).get("acr") or {}
        demanded = wanted.get("values") or [wanted[name] for name in ("value",) if name in wanted]
    except (ValueError, AttributeError):
        return ""
    wished = values.get("acr_values", _LEAST).split()
    return next((acr for acr in demanded or wished if acr in known), "")
