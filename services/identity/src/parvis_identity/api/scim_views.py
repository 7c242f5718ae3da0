# SPDX-License-Identifier: EUPL-1.2
"""Agents and teams as SCIM resources, and what this server can (RFC 7643)."""

from datetime import datetime
from typing import Any, Final

from parvis_identity.domain.agent import Agent, Status
from parvis_identity.domain.roles import Role
from parvis_identity.service.provision_teams import Group

USER: Final = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP: Final = "urn:ietf:params:scim:schemas:core:2.0:Group"
LIST: Final = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR: Final = "urn:ietf:params:scim:api:messages:2.0:Error"
_SCHEMA: Final = "urn:ietf:params:scim:schemas:core:2.0:Schema"
_TYPE: Final = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
_CONFIG: Final = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
MAX_RESULTS: Final = 100


def user(agent: Agent, base: str) -> dict[str, Any]:
    """An agent as a User (RFC 7643 section 4.1); without values that there are not."""
    profile = agent.profile
    given, family = (profile.given_name, profile.family_name) if profile else (None, None)
    view: dict[str, Any] = {
        "schemas": [USER],
        "id": str(agent.id),
        "externalId": profile.external_id if profile else None,
        "userName": (profile.user_name or profile.email) if profile else str(agent.id),
        "displayName": profile.display_name if profile else None,
        "name": {k: v for k, v in (("givenName", given), ("familyName", family)) if v} or None,
        "emails": [{"value": profile.email, "type": "work", "primary": True}] if profile else None,
        "active": agent.status in {Status.INVITED, Status.ACTIVE},
        "roles": [{"value": role} for role in agent.duties.roles],
        "meta": _meta("User", base, f"Users/{agent.id}", agent.version, agent.created_at, agent.updated_at),
    }
    return {name: value for name, value in view.items() if value is not None}


def group(found: Group, base: str) -> dict[str, Any]:
    """A team as a Group (RFC 7643 section 4.2)."""
    team = found.team
    view: dict[str, Any] = {
        "schemas": [GROUP],
        "id": str(team.id),
        "externalId": team.external_id,
        "displayName": team.name,
        "members": [{"value": str(agent.id), "type": "User"} for agent in found.members],
        "meta": _meta("Group", base, f"Groups/{team.id}", team.version, team.created_at, team.updated_at),
    }
    return {name: value for name, value in view.items() if value is not None}


def listed(total: int, start: int, resources: list[dict[str, Any]]) -> dict[str, Any]:
    """A page of resources (RFC 7644 section 3.4.2)."""
    return {
        "schemas": [LIST],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": len(resources),
        "Resources": resources,
    }


def tag(version: int) -> str:
    """The ETag of a version (RFC 7644 section 3.14)."""
    return f'W/"{version}"'


def config(base: str) -> dict[str, Any]:
    """What this server can (RFC 7643 section 5)."""
    return {
        "schemas": [_CONFIG],
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": MAX_RESULTS},
        "changePassword": {"supported": False},
        "sort": {"supported": False},
        "etag": {"supported": True},
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "OAuth 2.0 client credentials",
                "description": "An access token with the scope identity.scim.write (RFC 6750)",
                "primary": True,
            }
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{base}/ServiceProviderConfig"},
    }


def resource_types(base: str) -> list[dict[str, Any]]:
    """The kinds of resources (RFC 7643 section 6)."""
    kinds = (("User", "/Users", USER, "Agents"), ("Group", "/Groups", GROUP, "Teams"))
    return [
        {
            "schemas": [_TYPE],
            "id": name,
            "name": name,
            "endpoint": endpoint,
            "description": description,
            "schema": schema,
            "meta": {"resourceType": "ResourceType", "location": f"{base}/ResourceTypes/{name}"},
        }
        for name, endpoint, schema, description in kinds
    ]


def schemas(base: str) -> list[dict[str, Any]]:
    """The attributes of the resources (RFC 7643 section 7)."""
    email = [_attribute("value"), _attribute("type"), _attribute("primary", "boolean")]
    name = [_attribute("givenName"), _attribute("familyName")]
    role = [_attribute("value", canonicalValues=[known.value for known in Role])]
    member = [
        _attribute("value", mutability="immutable"),
        _attribute("type", mutability="immutable"),
    ]
    users = [
        _attribute("userName", required=True, uniqueness="server"),
        _attribute("name", "complex", subAttributes=name),
        _attribute("displayName"),
        _attribute("emails", "complex", multi=True, subAttributes=email),
        _attribute("active", "boolean"),
        _attribute("roles", "complex", multi=True, subAttributes=role),
    ]
    groups = [
        _attribute("displayName", required=True),
        _attribute("members", "complex", multi=True, subAttributes=member),
    ]
    return [
        {
            "schemas": [_SCHEMA],
            "id": id_,
            "name": name_,
            "description": description,
            "attributes": attributes,
            "meta": {"resourceType": "Schema", "location": f"{base}/Schemas/{id_}"},
        }
        for id_, name_, description, attributes in (
            (USER, "User", "An agent of the collectivity", users),
            (GROUP, "Group", "A team of the collectivity", groups),
        )
    ]


def _attribute(name: str, type_: str = "string", *, multi: bool = False, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": type_,
        "multiValued": multi,
        "required": False,
        "caseExact": False,
        "mutability": "readWrite",
        "returned": "default",
        "uniqueness": "none",
        **more,
    }


def _meta(kind: str, base: str, path: str, version: int, created: datetime, updated: datetime) -> dict[str, str]:
    return {
        "resourceType": kind,
        "created": created.isoformat().replace("+00:00", "Z"),
        "lastModified": updated.isoformat().replace("+00:00", "Z"),
        "location": f"{base}/{path}",
        "version": tag(version),
    }
