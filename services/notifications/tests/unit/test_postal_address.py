# SPDX-License-Identifier: EUPL-1.2
import pytest

from parvis_notifications.domain.postal_address import AddressFault, PostalAddressError, french_address
from parvis_notifications.outgoing.letter_pdf import blocks


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        (
            ["Mme Zoé  Lefèvre-Œuf", "", "Apt 3", "12 bis, rue de l'Église", "75011 Paris-Cédex"],
            ("Mme Zoé Lefèvre-Œuf", "Apt 3", "12 BIS RUE DE L EGLISE", "75011 PARIS CEDEX"),
        ),
        (["Mairie de L'Haÿ", "94240 L’Haÿ-les-Roses"], ("Mairie de L'Haÿ", "94240 L HAY LES ROSES")),
        (["a", "b", "c", "d", "1 rue", "20090 Ajaccio"], ("a", "b", "c", "d", "1 RUE", "20090 AJACCIO")),
    ],
)
def test_an_address_is_printed_as_machines_read_it(given: list[str], printed: tuple[str, ...]) -> None:
    assert french_address(given) == printed


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (["75011 Paris"], AddressFault.LINES),
        (["a", "b", "c", "d", "e", "f", "75011 Paris"], AddressFault.LINES),
        (["Zoé", "x" * 39, "75011 Paris"], AddressFault.LENGTH),
        (["Zoé", "1 rue", "7501 Paris"], AddressFault.TOWN),
        (["Zoé", "1 rue", "Bruxelles", "Belgique"], AddressFault.TOWN),
        (["Zoé", "1 rue", "75011"], AddressFault.TOWN),
        (["Zoé", "!!!", "75011 Paris"], AddressFault.LENGTH),
    ],
)
def test_what_no_letter_can_go_to_is_refused(given: list[str], fault: AddressFault) -> None:
    with pytest.raises(PostalAddressError) as refused:
        french_address(given)
    assert refused.value.fault is fault


def test_lists_are_lists_for_whoever_hears_the_letter() -> None:
    assert blocks("Bonjour,\nvous\n\n- un\n- deux\n\n") == [
        {"kind": "paragraph", "lines": ["Bonjour,", "vous"]},
        {"kind": "list", "items": ["un", "deux"]},
    ]
