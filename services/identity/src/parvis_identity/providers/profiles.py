# SPDX-License-Identifier: EUPL-1.2
"""What tells FranceConnect v2 from ProConnect; all else is read from their discovery documents.

Sources: FranceConnect's and ProConnect's partner documentation and published code, as of 2026.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, get_args

from parvis_identity.domain.birth_date import precision_of
from parvis_identity.domain.client import Audience
from parvis_identity.domain.person import Identity
from parvis_identity.domain.scopes import EMAIL, PROFILE
from parvis_kit.logs import logger
from parvis_kit.security.assurance import LADDERS

_log = logger(__name__)
_MAX_CLAIM: Final = 500
CivilStatus = Literal[
    "identite_pivot",
    "profile",
    "birth",
    "given_name",
    "family_name",
    "preferred_username",
    "gender",
    "birthdate",
    "birthplace",
    "birthcountry",
    "email",
]
"""What FranceConnect can be asked of a person themselves, apart from what other administrations know of them."""
CIVIL_STATUS: Final = frozenset(get_args(CivilStatus))


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The habits of one provider.

    ``scopes`` are always asked for, ``pivot`` tell the whole civil status, ``named`` are theirs for one of our scopes.
    ``levels`` are those that it can be asked for, from low to high; the first is asked for where none is wanted.
    ``refused_acrs`` is None where only ``accepted_acrs`` will do. ``strict_levels``: it takes ``acr_values`` as a wish,
    and must be told by ``claims`` (OpenID Connect Core section 5.5.1.1) that a level is needed. ``renews``: its refresh
    tokens tell whether it still vouches for somebody.
    """

    name: str
    audience: Audience
    scopes: tuple[str, ...]
    pivot: tuple[str, ...]
    named: Mapping[str, tuple[str, ...]]
    levels: tuple[str, ...]
    accepted_acrs: frozenset[str]
    refused_acrs: frozenset[str] | None
    pkce: bool
    strict_levels: bool
    always_sends_iss: bool
    renews: bool
    identity: Callable[[dict[str, Any]], Identity]

    def accepts(self, acr: str | None) -> bool:
        """True when the provider saw the person at a sufficient level."""
        return acr in self.accepted_acrs if self.refused_acrs is None else acr not in self.refused_acrs


def _text(claims: dict[str, Any], name: str) -> str | None:
    value = claims.get(name)
    return value.strip() or None if isinstance(value, str) and len(value) <= _MAX_CLAIM else None


def _birth_date(claims: dict[str, Any]) -> str | None:
    text = _text(claims, "birthdate")
    if text is None:
        return None
    try:
        precision_of(text)
    except ValueError:
        _log.warning("provider_birth_date_ignored")
        return None
    return text


def _citizen(claims: dict[str, Any]) -> Identity:
    return Identity(
        given_names=_text(claims, "given_name"),
        family_name=_text(claims, "family_name"),
        preferred_name=_text(claims, "preferred_username"),
        gender=_text(claims, "gender"),
        birth_date=_birth_date(claims),
        birth_place=_text(claims, "birthplace"),
        birth_country=_text(claims, "birthcountry"),
        email=_text(claims, "email"),
    )


def _agent(claims: dict[str, Any]) -> Identity:
    return Identity(
        given_names=_text(claims, "given_name"),
        family_name=_text(claims, "usual_name"),
        email=_text(claims, "email"),
        phone=_text(claims, "phone_number"),
    )


FRANCECONNECT: Final = Profile(
    name="franceconnect",
    audience=Audience.CITIZEN,
    scopes=("openid",),
    pivot=("identite_pivot",),
    named={PROFILE: ("given_name", "family_name", "preferred_username"), EMAIL: ("email",)},
    levels=("eidas1",),
    accepted_acrs=frozenset({"eidas1", "eidas2", "eidas3"}),
    refused_acrs=None,
    # FranceConnect refuses every parameter that is not on its closed list, the code challenge among them.
    pkce=False,
    strict_levels=False,
    always_sends_iss=True,
    renews=False,
    identity=_citizen,
)
# The same platform set up for the higher levels, under an issuer of its own.
FRANCECONNECT_PLUS: Final = replace(
    FRANCECONNECT,
    name="franceconnect-plus",
    levels=("eidas2", "eidas3"),
    accepted_acrs=frozenset({"eidas2", "eidas3"}),
)
PROCONNECT: Final = Profile(
    name="proconnect",
    audience=Audience.AGENT,
    # What tells whether an agent may come in at all, whatever the client wants to know.
    scopes=("openid", "given_name", "usual_name", "email", "uid", "siret"),
    pivot=(),
    named={},
    levels=LADDERS[0] + LADDERS[1],
    accepted_acrs=frozenset(),
    # Without any check of who the person is.
    refused_acrs=frozenset({"eidas0", "eidas0-mfa"}),
    pkce=True,
    strict_levels=True,
    always_sends_iss=False,
    renews=True,
    identity=_agent,
)
PROFILES: Final = {profile.name: profile for profile in (FRANCECONNECT, FRANCECONNECT_PLUS, PROCONNECT)}
