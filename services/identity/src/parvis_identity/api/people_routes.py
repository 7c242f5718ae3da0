# SPDX-License-Identifier: EUPL-1.2
"""The routes about who people are."""

from typing import Final

from parvis_identity.api import (
    addresses,
    assistance,
    behalf,
    email_changes,
    erasure_pages,
    erasures,
    factor_reset_pages,
    factor_resets,
    household,
    identity_links,
    mandates,
    me,
    merge_pages,
    merges,
    organisation_members,
    organisation_pages,
    organisations,
    phone_codes,
    proofs,
)

ROUTES: Final = (
    me.routes,
    email_changes.routes,
    erasures.routes,
    phone_codes.routes,
    addresses.routes,
    identity_links.routes,
    identity_links.page_routes,
    proofs.routes,
    merges.routes,
    merge_pages.routes,
    factor_resets.routes,
    factor_reset_pages.routes,
    erasures.desk_routes,
    erasure_pages.routes,
    assistance.routes,
    mandates.routes,
    household.routes,
    behalf.routes,
    organisations.routes,
    organisation_members.routes,
    organisation_pages.routes,
)
