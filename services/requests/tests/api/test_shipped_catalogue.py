# SPDX-License-Identifier: EUPL-1.2
"""Each type that comes with the service can be asked for and decided, in a town that offers them all."""

from datetime import UTC, datetime
from typing import Any

import pytest
from filled_forms import documents_asked, filled, way_to_an_end
from requests_town import Town, photo

from parvis_kit.locale import Text
from parvis_requests.db.catalogue import FormKey
from parvis_requests.domain.access import Access
from parvis_requests.domain.area import DrawnArea
from parvis_requests.domain.legal import NoPeriod
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.catalogue_file import BodySeed, CatalogueSeed, ContactSeed, definitions_of, shipped_groups
from parvis_requests.service.definition_faults import definition_warnings
from parvis_requests.service.seed_catalogue import CatalogueRows, seed_catalogue

TOWN = "commune"
SHIPPED = definitions_of(shipped_groups())
CONTACT = ContactSeed(
    name=Text(fr="Commune", en="Commune"),
    email="mairie@commune.example",
    phone="+33 1 99 00 12 34",
    court=BodySeed(name=Text(fr="Tribunal administratif de Melun", en="Administrative court of Melun")),
)
SQUARE = {"type": "Polygon", "coordinates": [[[2, 48], [3, 48], [3, 49], [2, 49], [2, 48]]]}


@pytest.fixture
async def commune(town: Town) -> Town:
    seed = CatalogueSeed(collectivity=TOWN, default_team="accueil", shipped=True, contact=CONTACT)
    area = DrawnArea("all", "town", "Commune", None, SQUARE)
    async with town.service.runtime.database.unit_of_work() as uow:
        await seed_catalogue(uow.session, CatalogueRows(seed, SHIPPED, [area], []), datetime.now(UTC))
        await uow.commit()
    return town


def test_the_catalogue_covers_what_a_town_hall_does() -> None:
    groups = {definition.group for definition in SHIPPED.values()}
    assert groups == {
        "etat-civil", "elections", "enfance", "urbanisme", "social", "logement", "cimetieres", "culture-sport",
        "associations", "voirie", "relations", "abandoned-objects", "graffiti", "cleanliness", "vehicles", "streets",
        "cadre-de-vie", "eau", "dechets",
    }  # fmt: skip
    assert len(SHIPPED) >= 125


def test_a_town_may_take_some_groups_alone_and_is_told_of_one_that_is_not_there() -> None:
    some = CatalogueSeed(collectivity=TOWN, default_team="accueil", shipped=["cleanliness", "graffiti"])
    assert {definition.group for definition in some.definitions().values()} == {"cleanliness", "graffiti"}
    with pytest.raises(ValueError, match="no group streetz is shipped; there are "):
        CatalogueSeed(collectivity=TOWN, default_team="accueil", shipped=["streetz"]).definitions()


def test_silence_means_what_a_text_says_and_nothing_elsewhere() -> None:
    said = {
        code: (str(one.legal.silence), one.legal.months, one.legal.extension_months)
        for code, one in SHIPPED.items()
        if one.legal
    }
    assert said == {
        "declaration-prealable": ("accepted", 1, 0),
        "permis-de-construire-maison": ("accepted", 2, 1),
        "permis-de-construire": ("accepted", 3, 2),
        "permis-amenager": ("accepted", 3, 2),
        "permis-de-demolir": ("accepted", 2, 0),
        "certificat-urbanisme-information": ("accepted", 1, 0),
        "certificat-urbanisme-operationnel": ("accepted", 2, 0),
        "declaration-intention-aliener": ("accepted", 2, 0),
        "permis-de-louer": ("accepted", 1, 0),
        "aide-facultative": ("rejected", 2, 0),
        "aide-aux-vacances": ("rejected", 2, 0),
        "subvention-association": ("rejected", 2, 0),
        "reclamation": ("rejected", 2, 0),
        "communication-documents-administratifs": ("rejected", 1, 0),
    }
    # A report, a declaration or a contract is decided by nobody's silence.
    for one in SHIPPED.values():
        if one.public:
            assert one.no_legal_period
            assert one.no_legal_period.because is NoPeriod.NO_DECISION


def test_what_tells_of_needs_of_neighbours_or_of_an_empty_home_is_read_by_its_team_alone() -> None:
    restricted = {code for code, one in SHIPPED.items() if one.access is Access.TEAM}
    assert {"aide-facultative", "teleassistance", "carte-identite-passeport", "nuisances-sonores"} <= restricted
    assert {"operation-tranquillite-vacances", "emploi-et-stages"} <= restricted
    assert "eclairage-public" not in restricted


async def test_what_is_reported_in_the_street_is_offered_by_open311(commune: Town) -> None:
    answer = await commune.client.get("/open311/v2/services.json", params={"jurisdiction_id": TOWN})
    offered = {one["service_code"] for one in answer.json()}
    assert offered == {code for code, one in SHIPPED.items() if one.public}
    assert {"cartons", "eclairage-public", "arbre-dangereux"} <= offered


@pytest.mark.parametrize("code", SHIPPED)
def test_each_type_is_found_and_read_in_both_languages(code: str) -> None:
    definition = SHIPPED[code]
    assert definition.keywords
    assert definition.name.fr != definition.name.en or definition.name.fr == "Pacs"
    for name, question in definition.form.answers_schema["properties"].items():
        hint = definition.form.hints[name]
        assert hint.label is not None, f"{code}/{name}: the question has no name in English"
        listed = question.get("enum") or question.get("items", {}).get("enum", [])
        assert set(hint.options) == set(listed)
    if definition.legal:
        assert definition.legal.source.fr.startswith("Article")
    assert definition_warnings(definition) == [], f"{code}: neither what silence means is said, nor why nothing"


@pytest.mark.parametrize("code", SHIPPED)
async def test_each_type_is_asked_for_and_decided(commune: Town, code: str) -> None:
    definition = SHIPPED[code]
    citizen, agent = commune.service.citizen(TOWN, acr="eidas1"), commune.service.agent(TOWN, teams=("accueil",))
    answers = filled(definition)
    documents = {
        document: [(await commune.upload(citizen, photo())).json()["id"]]
        for document in documents_asked(definition, answers)
    }
    if definition.form.answers_schema["required"]:
        empty = await commune.submit(citizen, request_type=code, answers={}, documents=documents)
        assert empty.json()["code"] in {"invalid-answers", "invalid-documents"}
    if documents:
        bare = await commune.submit(citizen, request_type=code, answers=answers)
        assert bare.json()["code"] == "invalid-documents"
    answer = await commune.submit(citizen, request_type=code, answers=answers, documents=documents)
    assert answer.status_code == 201, answer.text
    request: dict[str, Any] = answer.json()
    key = await form_key(commune, request)
    async with commune.service.runtime.database.reading() as session:
        form = (await Catalogues(commune.service.runtime.database, 10).forms_of(session, [key]))[key]
    for action in way_to_an_end(form, frozenset({"agent"})):
        version = f'"{request["version"]}"'
        done = await commune.act(agent, request, action, version, reason="Voici pourquoi.")
        assert done.status_code == 201, done.text
        request = done.json()
    state = form.workflow.state(request["status"]["code"])
    assert state is not None
    assert state.final
    messages = (await commune.get(citizen, f"/v1/requests/{request['id']}/messages")).json()["items"]
    assert "Voici pourquoi." in [message["text"] for message in messages]


async def form_key(town: Town, request: dict[str, Any]) -> Any:
    row = await town.service.runtime.database.pool.fetchrow(
        "SELECT type_id, type_version FROM request WHERE id = $1", request["id"]
    )
    return FormKey(row["type_id"], row["type_version"])


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("acte de naisance", "acte-de-naissance"),
        ("extrait de naissance", "acte-de-naissance"),
        ("cantine", "cantine"),
        ("repas à l'école", "cantine"),
        ("inscrire mon fils en maternelle", "inscription-scolaire"),
        ("payer ma facture d'électricité, je n'y arrive pas", "aide-facultative"),
        ("lampadaire cassé", "eclairage-public"),
        ("installer une véranda", "declaration-prealable"),
        ("permi de construire une maison", "permis-de-construire-maison"),
        ("je veux voter", "inscription-liste-electorale"),
        ("HLM", "demande-logement-social"),
        ("creche", "place-en-creche"),
        ("déménagement", "permis-de-stationnement"),
        ("salle des fêtes", "pret-de-salle"),
        ("reclamation", "reclamation"),
        ("birth certificate", "acte-de-naissance"),
    ],
)
async def test_the_right_service_comes_first(commune: Town, asked: str, code: str) -> None:
    answer = await commune.client.get(f"/v1/collectivities/{TOWN}/request-types", params={"q": asked})
    assert [item["code"] for item in answer.json()["items"]][:1] == [code]
