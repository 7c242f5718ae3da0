# SPDX-License-Identifier: EUPL-1.2
"""Agents who administer or look on: only agents do, and each of them in their own collectivity."""

from typing import Final

from starlette.requests import Request

from parvis_identity.domain.audit import Actor
from parvis_identity.domain.errors import NotForThisCallerError
from parvis_kit.security.assurance import MULTI_FACTOR
from parvis_kit.security.principal import Principal
from parvis_kit.web.operation import principal_of

BY_TWO_FACTORS: Final = {"acr_values": list(MULTI_FACTOR)}
"""What opens a look at what others did (ANSSI, "Recommandations relatives à l'authentification multifacteur", R4)."""

JUST_NOW: Final = {**BY_TWO_FACTORS, "max_age": 1_800}
"""What changes who may do what: by two factors, in the last half hour (NIST SP 800-63B section 2.2.3)."""


def staff_of(request: Request) -> Principal:
    """The agent who calls; raises NotForThisCallerError for anybody else, whatever the scopes of their token."""
    caller = principal_of(request)
    if not caller.is_agent:
        raise NotForThisCallerError
    return caller


def actor_of(caller: Principal) -> Actor:
    """The agent, as the audit trail names them."""
    return Actor(caller.kind.value, caller.subject, caller.client_id)
