# SPDX-License-Identifier: EUPL-1.2
import pytest

from parvis_kit.locale import negotiate


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "fr"),
        ("", "fr"),
        ("en", "en"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("fr-CA, en;q=0.5", "fr"),
        ("de, en;q=0.3", "en"),
        ("de", "fr"),
        ("*", "fr"),
        ("en;q=0", "fr"),
        ("en;q=nonsense", "fr"),
    ],
)
def test_the_language_that_the_caller_prefers_french_otherwise(header: str | None, language: str) -> None:
    assert negotiate(header) == language
