# SPDX-License-Identifier: EUPL-1.2
import re

import httpx
import pytest
from starlette.applications import Starlette

from parvis_local.payfip.pages import Doing, page_routes
from parvis_local.payfip.service import BASE, service_routes
from parvis_local.payfip.store import Payment, PaymentStore

SERVICE = (
    "http://securite.service.tpa.cp.finances.gouv.fr/services/mas_securite/contrat_paiement_securise/"
    "PaiementSecuriseService"
)
ORDER = {
    "exer": "2026",
    "mel": "camille@example.org",
    "montant": "2550",
    "numcli": "090909",
    "objet": "Droit d etalage",
    "refdet": "R20267KQ4XM9001",
    "saisie": "W",
    "urlnotif": "http://town.example/notified",
    "urlredirect": "http://town.example/back",
}


def client(store: PaymentStore, told: list[Payment]) -> httpx.AsyncClient:
    async def tell(payment: Payment) -> None:
        told.append(payment)

    app = Starlette(routes=[*page_routes(store, tell), *service_routes(store)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://payfip.example")


async def call(caller: httpx.AsyncClient, operation: str, **members: str) -> httpx.Response:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in members.items())
    body = (
        f'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:p="{SERVICE}"><e:Body>'
        f"<p:{operation}><arg0>{inner}</arg0></p:{operation}></e:Body></e:Envelope>"
    )
    return await caller.post(f"{BASE}/services/securite", content=body, headers={"Content-Type": "text/xml"})


def member(answer: httpx.Response, name: str) -> str:
    found = re.search(f"<{name}>([^<]*)</{name}>", answer.text)
    assert found, answer.text
    return found.group(1)


@pytest.mark.parametrize(
    ("doing", "result", "times"),
    [
        (Doing.CARD, "P", 1),
        (Doing.DEBIT, "V", 1),
        (Doing.REFUSE, "R", 1),
        (Doing.CANCEL, "A", 1),
        (Doing.TWICE, "P", 2),
        (Doing.LOST, "P", 0),
    ],
)
async def test_what_somebody_does_is_what_the_service_tells(doing: Doing, result: str, times: int) -> None:
    store, told = PaymentStore(), list[Payment]()
    async with client(store, told) as caller:
        made = await call(caller, "creerPaiementSecurise", **ORDER)
        idop = member(made, "idOp")
        page = f"{BASE}/paiementws.web?idop={idop}"
        unknown = await call(caller, "recupererDetailPaiementSecurise", idOp=idop)
        assert (unknown.status_code, member(unknown, "code")) == (500, "P5")
        assert "25,50" in (await caller.get(page)).text
        done = await caller.post(page, data={"doing": doing})
        assert 'action="http://town.example/back"' in done.text
        detail = await call(caller, "recupererDetailPaiementSecurise", idOp=idop)
        assert [member(detail, name) for name in ("resultrans", "montant", "refdet")] == [
            result,
            "2550",
            ORDER["refdet"],
        ]
        assert (member(detail, "numauto") != "") is (result in "PV")
        assert len(told) == times
        # Who cancelled may think again; all else has taken place.
        assert (await caller.get(page)).status_code == (200 if doing is Doing.CANCEL else 400)
        assert ORDER["refdet"] in (await caller.get(BASE)).text


async def test_who_leaves_or_pays_late_is_not_known_and_pages_close() -> None:
    store = PaymentStore()
    async with client(store, []) as caller:
        idop = member(await call(caller, "creerPaiementSecurise", **ORDER), "idOp")
        page, (payment,) = f"{BASE}/paiementws.web?idop={idop}", store.newest()
        await caller.post(page, data={"doing": Doing.LEAVE})
        assert payment.result == ""
        await caller.post(page, data={"doing": Doing.LATE})
        assert member(await call(caller, "recupererDetailPaiementSecurise", idOp=idop), "code") == "P5"
        payment.known_at = 0
        assert member(await call(caller, "recupererDetailPaiementSecurise", idOp=idop), "resultrans") == "P"
        other = store.add(dict(ORDER))
        other.made_at -= 16 * 60
        closed = await caller.get(f"{BASE}/paiementws.web?idop={other.idop}")
        assert (closed.status_code, "<code>P4</code>" in closed.text) == (400, True)
        other.made_at -= 25 * 3_600
        assert member(await call(caller, "recupererDetailPaiementSecurise", idOp=other.idop), "code") == "P1"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"numcli": "1"}, "T1"),
        ({"saisie": "M"}, "S1"),
        ({"refdet": "R-2026"}, "R3"),
        ({"montant": "x"}, "M1"),
        ({"montant": "99"}, "M3"),
        ({"montant": "10000000"}, "M5"),
        ({"mel": ""}, "A1"),
        ({"mel": "nobody"}, "A2"),
        ({"urlnotif": "town"}, "N1"),
        ({"urlredirect": ""}, "D1"),
    ],
)
async def test_an_order_that_is_wrong_is_refused_by_its_code(change: dict[str, str], code: str) -> None:
    store = PaymentStore()
    async with client(store, []) as caller:
        refused = await call(caller, "creerPaiementSecurise", **(ORDER | change))
        assert (refused.status_code, member(refused, "code")) == (500, code)
        assert "FonctionnelleErreur" in refused.text
        assert store.newest() == []
