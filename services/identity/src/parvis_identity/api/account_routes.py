# SPDX-License-Identifier: EUPL-1.2
"""The routes of people's own accounts."""

from typing import Final

from parvis_identity.api import (
    claims,
    consents,
    local_login,
    passkey_login,
    passkeys,
    passwords,
    profile_page,
    registration,
    second_factor,
    sessions,
)

ROUTES: Final = (
    claims.routes,
    consents.routes,
    consents.page_routes,
    local_login.routes,
    passkey_login.routes,
    passkeys.routes,
    registration.routes,
    passwords.routes,
    profile_page.routes,
    second_factor.routes,
    sessions.routes,
    sessions.page_routes,
)
