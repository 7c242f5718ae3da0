# SPDX-License-Identifier: EUPL-1.2
"""French texts are set so that no line begins with a sign."""

import pytest

from parvis_requests.domain.typography import no_break


@pytest.mark.parametrize(
    ("text", "language", "set_"),
    [
        ("Voici : « oui » ; non ? Si !", "fr", "Voici\u00a0: «\u00a0oui\u00a0»\u202f; non\u202f? Si\u202f!"),
        ("Le https://ville.example/?a=b:c n'a rien", "fr", "Le https://ville.example/?a=b:c n'a rien"),
        ("Here : no ?", "en", "Here : no ?"),
    ],
)
def test_spaces_before_signs_do_not_break(text: str, language: str, set_: str) -> None:
    assert no_break(text, language) == set_
