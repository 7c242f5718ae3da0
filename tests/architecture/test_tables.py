# SPDX-License-Identifier: EUPL-1.2
"""Rules about tables: each belongs to a collectivity, each foreign key has an index, personal columns are declared."""

import importlib
import re
from typing import Any

import pytest
from sqlalchemy import Column, LargeBinary, MetaData, Table

from parvis_kit.db.tables import SHREDDABLE, personal_class

SERVICES = ["identity", "requests", "notifications", "participation"]
# Tables that belong to the deployment, not to one collectivity: a person has one account per deployment.
SHARED = {
    "person",
    "identity_link",
    "household_child",
    "signing_key",
    "rsa_signing_key",
    "session",
    "local_account",
    "known_device",
    "login_attempt",
    "email_change",
    "phone_code",
    "postal_address",
    "letter",
    "totp",
    "recovery_code",
    "passkey",
    "mail_link",
    "authorization_code",
    "device_request",
    "refresh_token",
    "account_import_part",
    "account_import_error",
    "sign_in",
    "pushed_request",
    "spent_identifier",
    "audit_waiting",
    "audit_link",
    "audit_head",
    "audit_reader",
    "audit_purged",
    "audit_anchor",
    "sms_receipt",
    "provider_pace",
}
PERSONAL_NAMES = re.compile(
    r"(^|_)(email|e_mail|phone|mobile|given_name|family_name|first_name|last_name|birth\w*|body|text|description"
    r"|address|longitude|latitude|answers|subject_line)$"
)


def metadata(service: str) -> MetaData:
    base: Any = importlib.import_module(f"parvis_{service}.db.tables").Base
    found: MetaData = base.metadata
    return found


def tables(service: str) -> list[Table]:
    return list(metadata(service).tables.values())


@pytest.mark.parametrize("service", SERVICES)
def test_each_row_belongs_to_a_collectivity(service: str) -> None:
    assert [t.name for t in tables(service) if "collectivity" not in t.c and t.name not in SHARED] == []


@pytest.mark.parametrize("service", SERVICES)
def test_each_foreign_key_is_the_start_of_an_index(service: str) -> None:
    def covered(table: Table, column: Column[Any]) -> bool:
        starts = [next(iter(index.columns)) for index in table.indexes if list(index.columns)]
        keys = [
            next(iter(c.columns))
            for c in table.constraints
            if hasattr(c, "columns")
            and list(c.columns)
            and type(c).__name__ in {"PrimaryKeyConstraint", "UniqueConstraint"}
        ]
        return any(column is first for first in (*starts, *keys))

    bare = [f"{t.name}.{fk.parent.name}" for t in tables(service) for fk in t.foreign_keys if not covered(t, fk.parent)]
    assert bare == []


@pytest.mark.parametrize("service", SERVICES)
def test_personal_columns_say_how_they_are_kept_and_sealed_ones_are_bytes(service: str) -> None:
    columns = [column for table in tables(service) for column in table.c]
    about_people = [c for c in columns if PERSONAL_NAMES.search(c.name) and c.table.name not in PUBLIC_TEXTS]
    assert [f"{c.table.name}.{c.name}" for c in about_people if personal_class(c) is None] == []
    sealed = [c for c in columns if personal_class(c) == SHREDDABLE]
    assert [f"{c.table.name}.{c.name}" for c in sealed if not isinstance(c.type, LargeBinary)] == []


# Tables whose texts the town publishes itself.
PUBLIC_TEXTS = {
    "consultation",
    "poll",
    "budget",
    "survey",
    "process",
    "assembly",
    "meeting",
    "conversation",
    "consultation_option",
    "question",
    "option",
    "webhook_subscription",
    "client",
}
