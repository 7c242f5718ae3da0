# SPDX-License-Identifier: EUPL-1.2
"""Accounts that another system brings in."""

from parvis_local.demo.cast import Actor
from parvis_local.demo.expecting import expect

ACCOUNTS = b"external_id,email,given_names,family_name\nA-1,essai@lutece.example,Ada,ROY\n"


def import_in(administrator: Actor) -> str:
    """A file of accounts of which nobody is written to."""
    own = {"Content-Type": "text/csv", "Idempotency-Key": "paris-accounts"}
    sent = administrator.call("POST", "/v1/account-imports?dry_run=true", ACCOUNTS, **own)
    made: str = expect(sent, 202).json()["id"]
    return made
