# SPDX-License-Identifier: EUPL-1.2
from datetime import datetime

from requests_town import Town

from parvis_requests.service.catalogue import Catalogues


async def test_what_was_offered_is_listed_newest_first_and_read(town: Town) -> None:
    administrator = town.administrator()
    await town.publish("listed-shelter", name={"fr": "Abri", "en": "Shelter"})
    await town.publish("listed-shelter", name={"fr": "Abribus", "en": "Bus listed-shelter"})
    draft = await town.draft(administrator, "listed-shelter", name={"fr": "Auvent", "en": "Canopy"})
    assert draft.status_code == 201
    path = "/v1/request-types/listed-shelter/versions"
    first_page = await town.get(administrator, f"{path}?limit=1")
    (newest,) = first_page.json()["items"]
    assert (newest["version"], newest["state"], newest["definition"]["name"]["fr"]) == (2, "published", "Abribus")
    (oldest,) = (await town.get(administrator, f"{path}?cursor={first_page.json()['next_cursor']}")).json()["items"]
    assert (oldest["version"], oldest["state"], oldest["definition"]["name"]["fr"]) == (1, "retired", "Abri")
    first, second = (datetime.fromisoformat(each["published_at"]) for each in (oldest, newest))
    assert first < second
    read = await town.get(administrator, f"{path}/1")
    assert (read.status_code, read.json()) == (200, oldest)
    # Nobody has offered the draft yet.
    assert (await town.get(administrator, f"{path}/3")).status_code == 404


async def test_a_version_sent_as_a_draft_is_offered_again(town: Town) -> None:
    await town.publish("former-shelter", name={"fr": "Abri", "en": "Shelter"})
    await town.publish("former-shelter", name={"fr": "Erreur", "en": "Mistake"})
    former = (await town.get(town.administrator(), "/v1/request-types/former-shelter/versions/1")).json()["definition"]
    await town.publish("former-shelter", **former)
    offered = await town.offered("former-shelter")
    assert offered
    assert (offered["version"], offered["name"]) == (3, "Abri")


async def test_a_changed_catalogue_compiles_what_is_new_alone(town: Town) -> None:
    catalogues = Catalogues(town.service.runtime.database, 10)
    before = await catalogues.of("paris")
    await town.publish("one-more-shelter")
    catalogues.forget("paris")
    after = await catalogues.of("paris")
    assert after.forms.keys() == before.forms.keys() | {"one-more-shelter"}
    assert all(after.forms[code] is form for code, form in before.forms.items())


async def test_only_administrators_of_the_town_read_them(town: Town) -> None:
    await town.publish("private-shelter")
    path = "/v1/request-types/private-shelter/versions"
    for other in (town.service.agent(), town.service.citizen()):
        for where in (path, f"{path}/1"):
            assert (await town.get(other, where)).status_code == 403
    elsewhere = town.administrator("lutece")
    assert (await town.get(elsewhere, f"{path}/1")).status_code == 404
    for nothing in ("/v1/request-types/private-shelter/versions", "/v1/request-types/never-offered/versions"):
        assert (await town.get(elsewhere, nothing)).json()["items"] == []
    for number in ("0", "2147483648", "x"):
        assert (await town.get(town.administrator(), f"{path}/{number}")).status_code == 422
