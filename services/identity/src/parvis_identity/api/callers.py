# SPDX-License-Identifier: EUPL-1.2
"""What routes ask of whoever calls, beyond the scopes of the token."""

from parvis_identity.domain.audit import Actor
from parvis_identity.domain.errors import NotForThisCallerError
from parvis_kit.security.principal import Principal, PrincipalKind


def somebody(caller: Principal) -> Principal:
    """The caller, who is a person and no system; raises NotForThisCallerError."""
    if caller.kind not in {PrincipalKind.CITIZEN, PrincipalKind.AGENT}:
        raise NotForThisCallerError
    return caller


def own_account(caller: Principal) -> Actor:
    """The caller, a citizen in their own account, as the audit trail names them; raises NotForThisCallerError."""
    if not caller.is_citizen:
        raise NotForThisCallerError
    return Actor(caller.kind.value, caller.subject, caller.client_id)
