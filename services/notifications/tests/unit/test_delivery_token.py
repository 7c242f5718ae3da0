# SPDX-License-Identifier: EUPL-1.2
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis_notifications.domain.delivery_token import DeliveryTokens

OURS, OTHERS = DeliveryTokens(b"l" * 32, b"s" * 32), DeliveryTokens(b"x" * 32, b"y" * 32)
ID = UUID("01a21445-5e17-7d00-b0a8-d8dcb6f53080")


@given(st.uuids())
def test_what_we_made_names_its_delivery_in_either_form(delivery: UUID) -> None:
    assert OURS.of_link(OURS.for_link(delivery)) == delivery
    sender = OURS.for_sender(delivery)
    assert OURS.of_sender(sender) == OURS.of_sender(sender.upper()) == delivery
    assert sender == sender.lower()
    assert len(f"123456789012345+{sender}") == 64, "RFC 5321 section 4.5.3.1.1"


@given(st.text(max_size=60))
def test_what_somebody_made_up_names_nothing(text: str) -> None:
    assert OURS.of_link(text) is None
    assert OURS.of_sender(text) is None


@pytest.mark.parametrize("position", [0, 20, 43])
def test_one_character_that_was_changed_is_enough(position: int) -> None:
    link, sender = OURS.for_link(ID), OURS.for_sender(ID)
    other = "A" if link[position] != "A" else "B"
    assert OURS.of_link(link[:position] + other + link[position + 1 :]) is None
    other = "a" if sender[position] != "a" else "b"
    assert OURS.of_sender(sender[:position] + other + sender[position + 1 :]) is None


def test_neither_another_service_s_key_nor_the_other_form_will_do() -> None:
    assert OURS.of_link(OTHERS.for_link(ID)) is None
    assert OURS.of_sender(OTHERS.for_sender(ID)) is None
    assert DeliveryTokens(b"l" * 32, b"l" * 32).of_link(OURS.for_sender(ID)) is None
