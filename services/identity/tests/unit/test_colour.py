# SPDX-License-Identifier: EUPL-1.2
import pytest

from parvis_identity.domain.colour import ENOUGH, UnreadableColourError, check_readable, contrast, on_dark, style_sheet


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    # What calculators of others say: WebAIM's, and the examples in WCAG's techniques G18.
    [
        ("#000000", "#ffffff", 21.0),
        ("#767676", "#ffffff", 4.54),
        ("#777777", "#ffffff", 4.48),
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_contrast_is_what_wcag_says(one: str, other: str, ratio: float) -> None:
    assert round(contrast(one, other), 2) == ratio == round(contrast(other, one), 2)


@pytest.mark.parametrize("colour", ["#ffff00", "#777777", "#767676", "#f7a600"])
def test_a_colour_that_cannot_be_read_is_refused_with_how_far_it_is(colour: str) -> None:
    with pytest.raises(UnreadableColourError) as refused:
        check_readable(colour)
    assert 1 <= refused.value.reached < ENOUGH


@pytest.mark.parametrize("colour", ["#000000", "#000091", "#b00020", "#00703c", "#5c2d91"])
def test_a_readable_colour_has_a_lighter_one_for_dark_screens(colour: str) -> None:
    check_readable(colour)
    lighter = on_dark(colour)
    assert all(contrast(lighter, behind) >= ENOUGH for behind in ("#1e1e1e", "#121212", "#000000"))
    assert f"--accent: {lighter}; --on-accent: #000000" in style_sheet(colour)


def test_what_is_no_colour_never_reaches_the_style() -> None:
    with pytest.raises(ValueError, match="#rrggbb"):
        style_sheet("#000091; } body { display: none")
