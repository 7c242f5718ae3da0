# SPDX-License-Identifier: EUPL-1.2
"""What a request costs is paid at the provider's, once, and what became of it is known from the provider alone."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from payfip import CLIENT, PAYER, PERMIT, Paying, Provider, fee
from starlette.responses import Response

from parvis_local.payfip.pages import Doing
from parvis_requests.domain.calendar import PARIS

SOON = timedelta(seconds=31)


async def test_a_permit_is_granted_once_it_is_paid_for(paying: Paying, provider: Provider) -> None:
    town, citizen, agent = paying.town, paying.town.service.citizen(), paying.town.service.agent()
    request = await paying.filed(citizen)
    path = f"/v1/requests/{request['id']}"
    early = await town.act(agent, request, "grant", '"1"')
    assert (early.status_code, early.json()["errors"][0]["code"]) == (409, "payment-missing")
    costs = (await town.get(citizen, f"{path}/payments")).json()
    assert costs["fees"] == [
        {
            "fee": {"code": "permit", "label": "Droit d'étalage"},
            "amount_cents": 2_550,
            "currency": "EUR",
            "payable": True,
        }
    ]
    begun = await paying.started(citizen, request)
    (made,) = provider.made()
    assert made.order == {
        "exer": str(datetime.now(PARIS).year),
        "mel": PAYER,
        "montant": "2550",
        "numcli": CLIENT,
        "objet": "Droit d etalage",
        "refdet": request["reference"].replace("-", "") + "001",
        "saisie": "W",
        "urlnotif": f"{town.service.runtime.settings.public_url}/v1/payments/{begun['id']}/notifications",
        "urlredirect": f"{town.service.runtime.settings.public_url}/payment-return?payment={begun['id']}",
    }
    assert begun["redirect_url"] == f"{provider.url}/paiementws.web?idop={made.idop}"
    assert await paying.does(begun, Doing.CARD)
    # The provider has told, and a browser has come back: nobody is believed, the provider is asked.
    told = await town.client.post(f"/v1/payments/{begun['id']}/notifications", data={"idop": made.idop})
    assert told.status_code == 204
    assert (await paying.read(citizen, begun))["state"]["code"] == "open"
    page = await paying.comes_back(begun, "en")
    assert (page.status_code, page.headers["content-language"]) == (200, "en")
    assert "Your payment is received" in page.text
    assert "Stall fee, €25.50" in page.text

    paid = await paying.read(agent, begun)
    assert (paid["state"], paid["means"]) == ({"code": "paid", "label": "Payé"}, "card")
    assert (paid["authorisation"], paid["redirect_url"]) == (made.authorisation, None)
    assert datetime.fromisoformat(paid["paid_at"]) > datetime.now(UTC) - timedelta(minutes=3)
    history = (await town.get(citizen, f"{path}/history")).json()["items"]
    assert [entry["action"]["code"] for entry in history] == ["submit", "payment-paid"]
    assert await paying.events(request) == ["paid"]
    assert await paying.settle(timedelta(hours=1)) == 0, "what is known is not asked again"
    granted = await town.act(agent, request, "grant", '"2"')
    assert granted.status_code == 201, granted.text
    again = await paying.start(citizen, request)
    assert (again.status_code, again.json()["code"]) == (409, "already-paid")


@pytest.mark.parametrize(
    ("doing", "state", "means"),
    [(Doing.DEBIT, "paid", "direct-debit"), (Doing.REFUSE, "refused", "card"), (Doing.LOST, "paid", "card")],
)
async def test_the_worker_learns_by_itself_what_nobody_tells(
    paying: Paying, doing: Doing, state: str, means: str
) -> None:
    citizen = paying.town.service.citizen()
    request = await paying.filed(citizen)
    begun = await paying.started(citizen, request)
    await paying.does(begun, doing)
    assert await paying.settle() == 0, "too soon"
    assert await paying.settle(SOON) == 1
    found = await paying.read(citizen, begun)
    assert (found["state"]["code"], found["means"]) == (state, means)
    assert await paying.events(request) == [state]


async def test_who_was_refused_pays_again_and_who_cancelled_may_think_again(paying: Paying, provider: Provider) -> None:
    citizen = paying.town.service.citizen()
    request = await paying.filed(citizen)
    first = await paying.started(citizen, request)
    await paying.does(first, Doing.REFUSE)
    assert "Votre paiement est refusé" in (await paying.comes_back(first)).text
    second = await paying.started(citizen, request)
    assert second["id"] != first["id"]
    await paying.does(second, Doing.CANCEL)
    page = (await paying.comes_back(second)).text
    assert "pas encore confirmé" in page
    assert second["redirect_url"].replace("&", "&amp;") in page
    assert (await paying.started(citizen, request))["id"] == second["id"], "on the page that still opens"
    await paying.ages(second, timedelta(minutes=21))
    third = await paying.started(citizen, request)
    states = [each["state"]["code"] for each in await paying.costs(request)]
    assert states == ["refused", "cancelled", "open"]
    assert await paying.events(request) == ["refused", "cancelled"]
    assert [each.order["refdet"][-3:] for each in provider.made()] == ["003", "002", "001"]
    await paying.does(third, Doing.TWICE)
    await asyncio.gather(paying.settle(SOON), paying.settle(SOON), paying.comes_back(third))
    assert await paying.events(request) == ["refused", "cancelled", "paid"], "once, whoever asks at once"


async def test_nobody_pays_twice_for_what_is_under_way(paying: Paying, provider: Provider) -> None:
    citizen = paying.town.service.citizen()
    request = await paying.filed(citizen)
    begun = await asyncio.gather(*(paying.started(citizen, request) for _ in range(4)))
    assert len({each["id"] for each in begun}) == 1
    # Pages that were made at once are several; people are sent to one of them.
    (url,) = {each["redirect_url"] for each in begun}
    assert await paying.town.count("payment") == 1
    await paying.ages(begun[0], timedelta(minutes=15))
    late = await paying.start(citizen, request)
    assert (late.status_code, late.json()["code"]) == (409, "payment-pending")
    assert 0 < int(late.headers["Retry-After"]) <= 300
    assert (await paying.read(citizen, begun[0]))["redirect_url"] is None
    # Paid at the last moment, told by nobody: who begins anew is told so instead of paying again.
    (made,) = [each for each in provider.made() if each.idop in url]
    made.end("P")
    await paying.ages(begun[0], timedelta(minutes=10))
    again = await paying.start(citizen, request)
    assert (again.status_code, again.json()["code"]) == (409, "already-paid")


async def test_while_the_provider_is_down_nothing_is_lost(
    paying: Paying, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parvis_requests.outgoing.payfip._REST_SECONDS", 600)
    citizen, key = paying.town.service.citizen(), paying.town.key()
    request = await paying.filed(citizen)
    provider.wrong = [Response("", 503)]
    down = await paying.start(citizen, request, key=key)
    assert (down.status_code, down.json()["code"]) == (503, "service-unavailable")
    assert int(down.headers["Retry-After"]) > 0
    rested = await paying.start(citizen, request, key=key)
    assert (rested.status_code, provider.asked) == (503, 1), "it is left alone for some seconds"
    # The payment goes on where it stopped; one that never got a page ends without a word.
    assert await paying.settle(timedelta(minutes=5)) == 0
    (only,) = await paying.costs(request)
    assert only["state"]["code"] == "open"
    assert await paying.settle(timedelta(minutes=21)) == 0
    (only,) = await paying.costs(request)
    assert only["state"]["code"] == "abandoned"
    assert await paying.events(request) == []


async def test_an_answer_of_another_payment_counts_for_nothing(paying: Paying, provider: Provider) -> None:
    citizen = paying.town.service.citizen()
    request = await paying.filed(citizen)
    begun = await paying.started(citizen, request)
    await paying.does(begun, Doing.CARD)
    (made,) = provider.made()
    for name, other in (("montant", "100"), ("refdet", "R20260000000001"), ("numcli", "000001"), ("saisie", "T")):
        right, made.order[name] = made.order[name], other
        await paying.is_due(begun)
        assert await paying.settle() == 0, name
        assert (await paying.read(citizen, begun))["state"]["code"] == "open"
        made.order[name] = right
    await paying.is_due(begun)
    assert await paying.settle() == 1
    assert (await paying.read(citizen, begun))["state"]["code"] == "paid"


async def test_the_sum_is_that_of_the_answers(paying: Paying, provider: Provider) -> None:
    town, citizen = paying.town, paying.town.service.citizen()
    tariff = {"question": "colour", "lines": [{"one_of": ["blue"], "cents": 0}, {"one_of": ["red"], "cents": 450}]}
    priced = fee(tariff=tariff, times="size", mode="test")
    dear = await paying.filed(citizen, priced)
    begun = await paying.started(citizen, dear)
    assert (begun["amount_cents"], begun["mode"]) == (1_350, "test")
    assert [(each.order["montant"], each.order["saisie"]) for each in provider.made()] == [("1350", "T")]
    free = await paying.filed(citizen, priced, answers={"colour": "blue", "size": 3})
    nothing = await paying.start(citizen, free)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing-to-pay")
    assert (await town.act(town.service.agent(), free, "grant", '"1"')).status_code == 201
    shown = (await town.offered(paying.code) or {})["fees"]
    assert (shown[0]["tariff"]["lines"][1]["cents"], shown[0]["times"]) == (450, "size")
    assert CLIENT not in str(shown)


@pytest.mark.parametrize("size", [None, -1])
async def test_answers_that_do_not_say_how_many_leave_nothing_free(paying: Paying, size: int | None) -> None:
    town, citizen = paying.town, paying.town.service.citizen()
    answers = {"colour": "red"} | ({} if size is None else {"size": size})
    request = await paying.filed(citizen, fee(times="size"), answers=answers)
    (cost,) = (await town.get(citizen, f"/v1/requests/{request['id']}/payments")).json()["fees"]
    assert (cost["amount_cents"], cost["payable"]) == (None, False)
    nothing = await paying.start(citizen, request)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing-to-pay")
    early = await town.act(town.service.agent(), request, "grant", '"1"')
    assert (early.status_code, early.json()["errors"][0]["code"]) == (409, "payment-missing")


async def test_what_json_schema_takes_as_an_integer_is_counted(paying: Paying) -> None:
    citizen = paying.town.service.citizen()
    request = await paying.filed(citizen, fee(times="size"), answers={"colour": "red", "size": 3.0})
    early = await paying.town.act(paying.town.service.agent(), request, "grant", '"1"')
    assert (early.status_code, early.json()["errors"][0]["code"]) == (409, "payment-missing")
    assert (await paying.started(citizen, request))["amount_cents"] == 7_650


async def test_only_who_asked_pays_and_only_what_is_due(paying: Paying, provider: Provider) -> None:
    town, citizen, agent = paying.town, paying.town.service.citizen(), paying.town.service.agent()
    request = await paying.filed(citizen)
    stranger, elsewhere = town.service.citizen(), town.service.citizen("lutece", sub=citizen.subject)
    codes = [(await paying.start(caller, request)).status_code for caller in (stranger, elsewhere, agent)]
    assert codes == [404, 404, 403]
    unknown = await paying.start(citizen, request, fee="other")
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/fee")
    wrong = await paying.start(citizen, request, email="a@b")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/email")
    assert provider.made() == []
    begun = await paying.started(citizen, request)
    path = f"/v1/requests/{request['id']}/payments/{begun['id']}"
    assert [(await town.get(caller, path)).status_code for caller in (stranger, elsewhere)] == [404, 404]
    other = await paying.filed(citizen)
    assert (await town.get(citizen, f"/v1/requests/{other['id']}/payments/{begun['id']}")).status_code == 404
    await town.act(citizen, other, "drop", '"1"')
    ended = await paying.start(citizen, other)
    assert (ended.status_code, ended.json()["code"]) == (409, "nothing-to-pay")
    gone = await town.client.get(f"/payment-return?payment={uuid4()}", headers={"Accept-Language": "en"})
    assert (gone.status_code, "This payment is unknown" in gone.text) == (404, True)


async def test_two_towns_may_give_their_requests_the_same_reference(paying: Paying) -> None:
    town, here, there = paying.town, paying.town.service.citizen(), paying.town.service.citizen("lutece")
    request = await paying.filed(here)
    administrator = town.administrator("lutece")
    draft = (await town.draft(administrator, paying.code, workflow=PERMIT, fees=[fee()])).json()
    assert (await town.offer(administrator, draft["id"])).status_code == 201
    twin = (await town.submit(there, request_type=paying.code, answers={"colour": "red", "size": 3})).json()
    await paying.pool.execute("UPDATE request SET reference = $1 WHERE id = $2", request["reference"], twin["id"])
    ours, theirs = await paying.started(here, request), await paying.started(there, twin)
    assert ours["reference"] == theirs["reference"]


async def test_the_same_key_gives_the_payment_as_it_stands(paying: Paying) -> None:
    citizen, key = paying.town.service.citizen(), paying.town.key()
    request = await paying.filed(citizen)
    first = (await paying.start(citizen, request, key=key)).json()
    await paying.does(first, Doing.CARD)
    await paying.settle(SOON)
    again = await paying.start(citizen, request, key=key)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert (again.json()["id"], again.json()["state"]["code"]) == (first["id"], "paid")


async def test_a_fee_that_nobody_could_pay_is_not_published(paying: Paying) -> None:
    town = paying.town
    twice = [
        fee(states=["filed", "granted"], times="colour"),
        fee(tariff={"question": "none", "lines": [{"one_of": [1], "cents": 0}]}),
    ]
    draft = (
        await town.draft(town.administrator(), paying.code, fees=twice, workflow={**_permit(), "timers": []})
    ).json()
    refused = await town.offer(town.administrator(), draft["id"])
    assert refused.status_code == 422
    assert {(each["pointer"], each["code"]) for each in refused.json()["errors"]} == {
        ("/definition/fees/0/states/1", "final-state-paid"),
        ("/definition/fees/0/times", "not-a-number-of"),
        ("/definition/fees/1/code", "repeated-code"),
        ("/definition/fees/1/tariff/question", "unknown-question"),
        ("/definition/workflow/transitions/0/guards/0/fee", "unknown-fee"),
    }
    silent = fee()
    del silent["mode"]
    unsaid = await town.draft(town.administrator(), paying.code, fees=[silent])
    assert (unsaid.status_code, unsaid.json()["errors"][0]["pointer"]) == (422, "/definition/fees/0/mode")
    cheap = await town.draft(town.administrator(), paying.code, fees=[fee(cents=99)])
    assert (cheap.status_code, cheap.json()["errors"][0]["pointer"]) == (422, "/definition/fees/0/cents")


def _permit() -> dict[str, object]:
    grant, drop = PERMIT["transitions"]
    return {**PERMIT, "transitions": [{**grant, "guards": [{"kind": "payment", "fee": "stall"}]}, drop]}
