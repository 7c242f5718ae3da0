# SPDX-License-Identifier: EUPL-1.2
import pytest

from parvis_notifications.domain.postal_address import AddressFault, PostalAddressError, french_address
from parvis_notifications.outgoing.letter_pdf import blocks
from parvis_notifications.service.postal_addresses import address_of, kept_address, read_address


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


@pytest.mark.parametrize(
    ("given", "country", "printed"),
    [
        (
            ["Herrn Max", "Musterstr. 1", "53113 Bonn", "Germany"],
            "DE",
            ["Herrn Max", "Musterstr. 1", "53113 BONN", "ALLEMAGNE"],
        ),
        (["M. Éric", "1 rue", "1000 Bruxelles", "belgique"], "BE", ["M. Éric", "1 rue", "1000 BRUXELLES", "BELGIQUE"]),
        (["Zoé", "1, rue", "75011 Paris", "FRANCE"], "FR", ["Zoé", "1 RUE", "75011 PARIS"]),
        (["Zoé", "1, rue", "97400 Saint-Denis", "La Réunion"], "FR", ["Zoé", "1 RUE", "97400 SAINT DENIS"]),
        (["Zoé", "1, rue", "98000 Monaco"], "FR", ["Zoé", "1 RUE", "98000 MONACO"]),
    ],
)
def test_the_last_line_may_name_a_country(given: list[str], country: str, printed: list[str]) -> None:
    address = address_of(given)
    assert (address.country, list(address.printed)) == (country, printed)
    assert read_address(kept_address(address)) == address


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (["Max", "Allemagne"], AddressFault.LINES),
        ([*"abcdefg", "Allemagne"], AddressFault.LINES),
        (["Max", "x" * 39, "Allemagne"], AddressFault.LENGTH),
        (["Zoé", "1 rue", "Bruxelles", "Ruritanie"], AddressFault.TOWN),
        ([], AddressFault.LINES),
    ],
)
def test_abroad_there_are_bounds_as_well(given: list[str], fault: AddressFault) -> None:
    with pytest.raises(PostalAddressError) as refused:
        address_of(given)
    assert refused.value.fault is fault


def test_lists_are_lists_for_whoever_hears_the_letter() -> None:
    assert blocks("Bonjour,\nvous\n\n- un\n- deux\n\n") == [
        {"kind": "paragraph", "lines": ["Bonjour,", "vous"]},
        {"kind": "list", "items": ["un", "deux"]},
    ]
