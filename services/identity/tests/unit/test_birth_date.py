# SPDX-License-Identifier: EUPL-1.2
import pytest

from parvis_identity.domain.birth_date import precision_of


@pytest.mark.parametrize(("text", "precision"), [("1962", "year"), ("1962-08", "month"), ("1962-08-24", "day")])
def test_a_birth_date_is_as_exact_as_the_register(text: str, precision: str) -> None:
    assert precision_of(text) == precision


@pytest.mark.parametrize(
    "text", ["", "62", "1962-00", "1962-13", "1962-00-24", "1962-02-30", "1962-8-24", "1962-08-24 ", "١٩٦٢", "0000"]
)
def test_what_is_no_birth_date(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        precision_of(text)
