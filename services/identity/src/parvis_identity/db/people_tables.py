# SPDX-License-Identifier: EUPL-1.2
"""The tables about who people are, of which organisations, and who acts for whom."""

from parvis_identity.db import (
    behalf_tables,
    erasure_tables,
    import_tables,
    organisation_tables,
    profile_tables,
    reconciliation_tables,
)

__all__ = [
    "behalf_tables", "erasure_tables", "import_tables", "organisation_tables", "profile_tables",
    "reconciliation_tables",
]  # fmt: skip
