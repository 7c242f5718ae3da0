# SPDX-License-Identifier: EUPL-1.2
"""What tells the two providers apart on the wire."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from parvis_local.franceconnect.people import AGENTS, CITIZENS

_PIVOT: Final = (
    "given_name", "given_name_array", "family_name", "birthdate", "gender", "birthplace", "birthcountry",
)  # fmt: skip
_SINGLE: Final = ("gender", "birthdate", "birthplace", "birthcountry", "family_name", "email", "preferred_username")


@dataclass(frozen=True, slots=True)
class Profile:
    """One provider.

    Attributes:
        parameters: the closed list of what authorize takes; anything else is an error page, without a redirect.
        required: those that must be there.
        acrs: levels that may be asked for.
        error: code shown for a wrong, missing or unknown authorize parameter.
        claims: the claims that each scope gives.
    """

    name: str
    title: str
    parameters: frozenset[str]
    required: frozenset[str]
    acrs: tuple[str, ...]
    error: str
    shortest_nonce: int
    claims: Mapping[str, tuple[str, ...]]
    people: Mapping[str, Mapping[str, Any]]
    refreshes: bool


FRANCECONNECT: Final = Profile(
    name="franceconnect",
    title="FranceConnect",
    parameters=frozenset(
        {"client_id", "response_type", "redirect_uri", "scope", "acr_values", "nonce", "state", "prompt", "claims",
         "idp_hint", "ui_locales"}
    ),
    required=frozenset({"client_id", "response_type", "redirect_uri", "scope", "acr_values", "nonce", "state"}),
    acrs=("eidas1",),
    error="Y030007",
    shortest_nonce=22,
    claims={
        **{name: (name,) for name in _SINGLE},
        "given_name": ("given_name", "given_name_array"),
        "identite_pivot": _PIVOT,
        "profile": ("given_name", "given_name_array", "family_name", "birthdate", "gender", "preferred_username"),
        "birth": ("birthplace", "birthcountry"),
    },
    people=CITIZENS,
    refreshes=False,
)  # fmt: skip
PROCONNECT: Final = Profile(
    name="proconnect",
    title="ProConnect",
    parameters=frozenset(
        {"client_id", "response_type", "redirect_uri", "scope", "acr_values", "nonce", "state", "prompt", "claims",
         "idp_hint", "login_hint", "siret_hint", "response_mode", "code_challenge", "code_challenge_method"}
    ),
    required=frozenset({"client_id", "response_type", "redirect_uri", "scope", "nonce", "state"}),
    acrs=("eidas0", "eidas0-mfa", "eidas1", "eidas1-mfa", "eidas2", "eidas3"),
    error="Y000400",
    shortest_nonce=1,
    claims={name: (name,) for name in ("given_name", "usual_name", "email", "uid", "siret")},
    people=AGENTS,
    refreshes=True,
)  # fmt: skip
PROFILES: Final = (FRANCECONNECT, PROCONNECT)
