# SPDX-License-Identifier: EUPL-1.2
"""Codes on paper, for who has lost the telephone: each works once."""

import secrets
from typing import Final

COUNT: Final = 10
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter that looks like a digit."""
_LENGTH: Final = 12
_LOOKALIKES: Final = str.maketrans("oil", "011")


def new_codes() -> list[str]:
    """Ten codes of 60 random bits, as people read them."""
    made = ["".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)) for _ in range(COUNT)]
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in made]


def normal(code: str) -> str | None:
    """The form that is looked up; None for what cannot be a code."""
    text = code.lower().replace("-", "").replace(" ", "").translate(_LOOKALIKES)
    return text if len(text) == _LENGTH and set(text) <= set(_ALPHABET) else None
