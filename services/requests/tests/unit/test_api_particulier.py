# SPDX-License-Identifier: EUPL-1.2
"""What API Particulier is asked, and how often at most."""

import asyncio

import httpx
import pytest
import respx

from parvis_requests.domain.certified import CertifiedRule, CivilStatus, Source, Unavailable, documents_asked
from parvis_requests.domain.certified_errors import CertifierDownError, NoCertifierError
from parvis_requests.domain.form import Document
from parvis_requests.outgoing.api_particulier import Access, ApiParticulier, parameters

URL = "https://particulier.example"
PATH = f"{URL}/v3/dss/quotient_familial/identite"


def born(date: str | None, place: str | None = "08480", country: str = "99100") -> CivilStatus:
    return CivilStatus(
        given_names="Jeanne Stéphanie",
        family_name="ROUX",
        gender="female",
        birth_date=date,
        birth_place=place,
        birth_country=country,
    )


def test_a_civil_status_is_asked_for_in_the_words_of_the_provider() -> None:
    assert parameters("13002526500013", born("1987-06-27")).multi_items() == [
        ("recipient", "13002526500013"),
        ("nomNaissance", "ROUX"),
        ("prenoms[]", "Jeanne"),
        ("prenoms[]", "Stéphanie"),
        ("sexeEtatCivil", "F"),
        ("codeCogInseePaysNaissance", "99100"),
        ("anneeDateNaissance", "1987"),
        ("moisDateNaissance", "6"),
        ("jourDateNaissance", "27"),
        ("codeCogInseeCommuneNaissance", "08480"),
    ]


@pytest.mark.parametrize(("date", "told"), [("1987-06", {"annee", "mois"}), ("1987", {"annee"}), (None, set())])
def test_of_a_birth_what_is_known_is_asked(date: str | None, told: set[str]) -> None:
    asked = parameters("13002526500013", born(date, "08480", "99404"))
    assert {name.removesuffix("DateNaissance") for name in asked if name.endswith("DateNaissance")} == told
    assert "codeCogInseeCommuneNaissance" not in asked, "a place of birth counts in France alone"


@respx.mock
async def test_a_town_is_asked_for_so_often_and_no_queue_grows() -> None:
    route = respx.get(PATH).mock(return_value=httpx.Response(404, json={"errors": []}))
    paris, lutece = Access("1" * 14, "t"), Access("2" * 14, "u")
    certifier = ApiParticulier(URL, {"paris": paris, "lutece": lutece}, 60, 2.5)
    answers = await asyncio.gather(*(certifier.quotient("paris", born(None)) for _ in range(9)), return_exceptions=True)
    turned_away = [each for each in answers if isinstance(each, CertifierDownError)]
    # One at once, then one each 0.4 s for two seconds; whoever would wait for longer is told to come again.
    assert (len(turned_away), route.call_count) == (3, 6)
    assert {each.retry_after for each in turned_away} == {3}
    assert lutece.free_at == 0, "a town waits for itself alone"
    await certifier.quotient("lutece", born(None))
    assert route.call_count == 7
    with pytest.raises(NoCertifierError):
        await certifier.quotient("lyon", born(None))


@pytest.mark.parametrize(("headers", "least"), [({"Retry-After": "2"}, 2), ({"RateLimit-Reset": "1"}, 1)])
@respx.mock
async def test_a_town_rests_for_as_long_as_the_provider_wants_and_a_second_at_least(
    headers: dict[str, str], least: int
) -> None:
    respx.get(PATH).mock(return_value=httpx.Response(429, json={"errors": []}, headers=headers))
    with pytest.raises(CertifierDownError) as error:
        await ApiParticulier(URL, {"paris": Access("1" * 14, "t")}, 60, 20).quotient("paris", born(None))
    assert least < error.value.retry_after <= 2 * least + 1


@respx.mock
async def test_neither_a_failure_nor_its_cause_holds_the_address_of_the_call() -> None:
    respx.get(PATH).mock(side_effect=httpx.ConnectError("to ?nomNaissance=ROUX"))
    certifier = ApiParticulier(URL, {"paris": Access("1" * 14, "t0ken")}, 60, 20)
    with pytest.raises(CertifierDownError) as error:
        await certifier.quotient("paris", born("1987-06-27"))
    assert error.value.__suppress_context__
    assert "ROUX" not in str(error.value)
    assert "t0ken" not in repr(Access("1" * 14, "t0ken"))


@pytest.mark.parametrize(
    ("status", "codes"), [(400, []), (422, ["00301"]), (422, ["00366", "00301"]), (401, ["00101"]), (403, ["00100"])]
)
@respx.mock
async def test_what_is_wrong_with_our_access_is_no_fault_of_the_person(status: int, codes: list[str]) -> None:
    errors = {"errors": [{"code": code} for code in codes]}
    route = respx.get(PATH).mock(return_value=httpx.Response(status, json=errors))
    certifier = ApiParticulier(URL, {"paris": Access("1" * 14, "t")}, 60, 20)
    with pytest.raises(CertifierDownError):
        await certifier.quotient("paris", born(None))
    route.mock(return_value=httpx.Response(422, json={"errors": [{"code": "00366"}]}))
    if status in {400, 422}:
        assert await certifier.quotient("paris", born(None)) is Unavailable.REFUSED, "nobody else waits for it"


def test_a_document_proves_what_the_person_says_and_nobody_certifies() -> None:
    documents = [Document("income", required=False), Document("photo", required=True)]
    rules = [CertifiedRule("quotient", Source.QUOTIENT, "income"), CertifiedRule("other", Source.QUOTIENT, None)]

    def asked(answered: set[str], certified: set[str]) -> list[tuple[str, bool]]:
        return [(each.code, each.required) for each in documents_asked(documents, rules, answered, certified)]

    assert asked(set(), set()) == [("photo", True)]
    assert asked({"quotient"}, set()) == [("income", True), ("photo", True)]
    assert asked({"quotient"}, {"quotient"}) == [("photo", True)]

    rules = [CertifiedRule("quotient", Source.QUOTIENT, "income"), CertifiedRule("partner", Source.QUOTIENT, "income")]
    both = {"quotient", "partner"}
    assert asked(both, both) == asked(set(), set()) == [("photo", True)]
    for certified in ({"quotient"}, {"partner"}, set[str]()):
        assert asked(both, certified) == [("income", True), ("photo", True)], "one of them is given by hand"
