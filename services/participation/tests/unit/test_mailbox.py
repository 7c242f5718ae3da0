# SPDX-License-Identifier: EUPL-1.2
import pytest

from parvis_participation.domain.mailbox import mailbox_of


@pytest.mark.parametrize(
    ("email", "mailbox"),
    [
        ("Ada@Example.ORG", "ada@example.org"),
        ("ada+ville+2@example.org", "ada@example.org"),
        ("+ada@example.org", "+ada@example.org"),
        ("ada@a+b.example", "ada@a+b.example"),
    ],
)
def test_addresses_of_one_mailbox_are_one(email: str, mailbox: str) -> None:
    assert mailbox_of(email) == mailbox
