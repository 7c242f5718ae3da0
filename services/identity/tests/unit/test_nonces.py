# SPDX-License-Identifier: EUPL-1.2
from parvis_identity.domain.nonces import Nonces


def test_a_nonce_is_taken_for_two_to_four_minutes_by_every_process() -> None:
    made = Nonces(b"k" * 32).current(1_200)
    assert Nonces(b"k" * 32).takes(made, 1_200)
    assert Nonces(b"k" * 32).takes(made, 1_439)
    assert not Nonces(b"k" * 32).takes(made, 1_440)
    assert not Nonces(b"k" * 32).takes(made, 1_199)


def test_nobody_else_can_make_one() -> None:
    mine = Nonces(b"k" * 32)
    assert not mine.takes(Nonces(b"o" * 32).current(0), 0)
    for given in (None, "", "x", 7, b"x", "é"):
        assert not mine.takes(given, 0)
