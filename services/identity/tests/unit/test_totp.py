# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis_identity.domain.recovery_code import COUNT, new_codes, normal
from parvis_identity.domain.totp import code_of, new_secret, provisioning_uri, readable, step_of

SECRET = b"12345678901234567890"


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ],
)
def test_the_vectors_of_rfc_6238(seconds: int, code: str) -> None:
    assert code_of(SECRET, seconds // 30, digits=8) == code
    assert step_of(SECRET, code[2:], at(seconds)) == seconds // 30


@pytest.mark.parametrize(("late", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_half_a_minute_wrong(late: int, taken: bool) -> None:
    code = code_of(SECRET, 1_000_000)
    assert (step_of(SECRET, code, at(1_000_000 * 30 + late)) == 1_000_000) is taken


@pytest.mark.parametrize("code", ["", "28708", "2870822", "é87082", "٢٨٧٠٨٢", "287082 "])
def test_what_is_not_the_code_is_refused(code: str) -> None:
    assert step_of(SECRET, code, at(59)) is None


def test_an_application_is_told_all_that_it_needs() -> None:
    uri = provisioning_uri(SECRET, "Parvis", "zoé+1@example.fr")
    assert uri == (
        "otpauth://totp/Parvis:zo%C3%A9%2B1%40example.fr?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Parvis"
    )
    assert readable(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    assert len({new_secret() for _ in range(50)}) == 50


def test_codes_on_paper_differ_and_can_be_read_back_from_a_bad_hand() -> None:
    codes = new_codes()
    assert len(set(codes)) == COUNT
    for code in codes:
        assert normal(code) == code.replace("-", "")
        assert normal(f" {code.upper().replace('0', 'O').replace('1', 'l')} ") == code.replace("-", "")


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_code_or_none(text: str) -> None:
    found = normal(text)
    assert found is None or (len(found) == 12 and found.isascii())
