# SPDX-License-Identifier: EUPL-1.2
"""Users and groups as directories describe them (RFC 7643 sections 4.1 and 4.2): what we read of them."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from parvis_identity.domain.agent import Profile
from parvis_identity.domain.roles import Role
from parvis_identity.domain.scim import ScimError

_MAX_TEXT: Final = 200
_MAX_MEMBERS: Final = 1_000
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedUser:
    """An agent as a directory wants them; ``roles`` is None where it does not say."""

    profile: Profile
    active: bool
    roles: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedGroup:
    """A team as a directory wants it."""

    name: str
    external_id: str | None
    members: tuple[UUID, ...]

    @property
    def code(self) -> str:
        """The team's code in tokens: its name in plain letters."""
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode().lower()
        code = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,63}", code):
            raise ScimError(400, "displayName begins with a letter and has at most 64 of them", "invalidValue")
        return code


def wanted_user(resource: Mapping[str, Any]) -> WantedUser:
    """What a directory says of a user; raises ScimError."""
    given = {name.lower(): value for name, value in resource.items()}
    user_name = _text(given.get("username"), "userName")
    if not user_name:
        raise ScimError(400, "userName is missing", "invalidValue")
    name = given.get("name")
    names = {key.lower(): value for key, value in name.items()} if isinstance(name, dict) else {}
    profile = Profile(
        email=_email(given.get("emails"), user_name),
        given_name=_text(names.get("givenname"), "name.givenName"),
        family_name=_text(names.get("familyname"), "name.familyName"),
        user_name=user_name,
        external_id=_text(given.get("externalid"), "externalId"),
        display_name=_text(given.get("displayname"), "displayName"),
    )
    return WantedUser(profile=profile, active=_flag(given.get("active", True)), roles=_roles(given.get("roles")))


def wanted_group(resource: Mapping[str, Any]) -> WantedGroup:
    """What a directory says of a group; raises ScimError."""
    given = {name.lower(): value for name, value in resource.items()}
    name = _text(given.get("displayname"), "displayName")
    members = given.get("members") or []
    if not name or not isinstance(members, list) or len(members) > _MAX_MEMBERS:
        raise ScimError(400, f"displayName is missing, or members is no list of at most {_MAX_MEMBERS}", "invalidValue")
    try:
        ids = [UUID(str(member["value"])) for member in members]
    except (KeyError, TypeError, ValueError) as error:
        raise ScimError(400, "each member has the id of a user as its value", "invalidValue") from error
    return WantedGroup(
        name=name, external_id=_text(given.get("externalid"), "externalId"), members=tuple(dict.fromkeys(ids))
    )


def _text(value: Any, name: str) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > _MAX_TEXT or "\x00" in value:
        raise ScimError(400, f"{name} is a text of at most {_MAX_TEXT} characters", "invalidValue")
    return value.strip()


def _email(emails: Any, user_name: str) -> str:
    listed = [item for item in emails if isinstance(item, dict)] if isinstance(emails, list) else []
    ranked = sorted(listed, key=lambda item: (not item.get("primary"), item.get("type") != "work"))
    email = _text(ranked[0].get("value"), "emails.value") if ranked else user_name
    if not email or not _EMAIL.fullmatch(email):
        raise ScimError(400, "an e-mail address is needed, in emails or as userName", "invalidValue")
    return email


def _flag(value: Any) -> bool:
    # Entra sends "True" and "False" as strings.
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise ScimError(400, "active is true or false", "invalidValue")


def _roles(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    items = value if isinstance(value, list) else []
    listed = [str(item.get("value")) if isinstance(item, dict) else str(item) for item in items]
    if not listed or not set(listed) <= {role.value for role in Role}:
        raise ScimError(400, f"each role is one of {', '.join(Role)}", "invalidValue")
    return tuple(dict.fromkeys(listed))
