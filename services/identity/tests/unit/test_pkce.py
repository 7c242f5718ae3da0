# SPDX-License-Identifier: EUPL-1.2
import pytest

from parvis_identity.domain import pkce

# The example of RFC 7636, appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_rfc_example() -> None:
    assert pkce.challenge_of(VERIFIER) == CHALLENGE
    assert pkce.proves(VERIFIER, CHALLENGE)


@pytest.mark.parametrize("verifier", ["", "short", CHALLENGE, VERIFIER + "=", VERIFIER[:-1], VERIFIER * 4, "é" * 43])
def test_any_other_verifier_proves_nothing(verifier: str) -> None:
    assert not pkce.proves(verifier, CHALLENGE)


def test_a_plain_challenge_is_not_proved_by_itself() -> None:
    assert not pkce.proves(VERIFIER, VERIFIER)


@pytest.mark.parametrize("text", ["", CHALLENGE + "=", CHALLENGE[:-1], CHALLENGE[:-1] + "+", CHALLENGE + "x"])
def test_what_cannot_be_a_challenge(text: str) -> None:
    assert not pkce.is_challenge(text)


def test_new_verifiers_fit_and_differ() -> None:
    first, second = pkce.new_verifier(), pkce.new_verifier()
    assert first != second
    assert pkce.proves(first, pkce.challenge_of(first))
