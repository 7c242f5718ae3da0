# SPDX-License-Identifier: EUPL-1.2
"""What the tests of every service need: a real migrated database of their own, a running service, tokens.

The address of a PostgreSQL server, as superuser, stands in ``PARVIS_TEST_POSTGRES``; each worker of pytest-xdist gets
databases of its own on it, with the same two roles as in production. Tests commit for real, and what they wrote is
removed after each.
"""

from parvis_testing.databases import create_databases, database_url, migrated_settings
from parvis_testing.documents import openapi_document
from parvis_testing.growth import Growth
from parvis_testing.harness import Caller, Harness, open_harness
from parvis_testing.proofs import KeyHolder
from parvis_testing.tokens import ISSUER, TokenIssuer

__all__ = [
    "ISSUER",
    "Caller",
    "Growth",
    "Harness",
    "KeyHolder",
    "TokenIssuer",
    "create_databases",
    "database_url",
    "migrated_settings",
    "open_harness",
    "openapi_document",
]
