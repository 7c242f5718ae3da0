# SPDX-License-Identifier: EUPL-1.2
"""What a real Envoy does with the compiled configuration."""

import json
import re
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc.jwk import ECKey
from running_gateway import ISSUER, Gateway, running_gateway


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with running_gateway(tmp_path_factory.mktemp("gateway")) as running:
        yield running


@pytest.fixture(autouse=True)
def _nothing_seen(gateway: Gateway) -> None:
    gateway.seen.clear()


def test_a_good_token_with_the_scope_reaches_the_service_unchanged(gateway: Gateway) -> None:
    token = gateway.token()
    answer = gateway.get("/v1/things/1", token)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    assert gateway.seen[-1]["authorization"] == f"Bearer {token}"


def test_a_token_bound_to_a_key_reaches_the_service_with_its_proof(gateway: Gateway) -> None:
    bound = gateway.token(cnf={"jkt": "x" * 43})
    answer = gateway.get("/v1/things/1", Authorization=f"DPoP {bound}", DPoP="the proof")
    assert answer.status_code == 200
    assert (gateway.seen[-1]["authorization"], gateway.seen[-1]["dpop"]) == (f"DPoP {bound}", "the proof")
    forged = gateway.token(ECKey.generate_key("P-256"))
    assert gateway.get("/v1/things/1", Authorization=f"DPoP {forged}", DPoP="x").status_code == 401


@pytest.mark.parametrize(
    ("claims", "status", "code"),
    [
        ({"exp": int(time.time()) - 60}, 401, "invalid-token"),
        ({"iss": "http://elsewhere.example"}, 401, "invalid-token"),
        ({"aud": ["parvis-other"]}, 403, "insufficient-scope"),
        ({"scope": "openid"}, 403, "insufficient-scope"),
        ({"scope": "things.things.reader"}, 403, "insufficient-scope"),
        ({"scope": "xthings.things.read"}, 403, "insufficient-scope"),
        ({"scope": "things-things-read"}, 403, "insufficient-scope"),
        ({"scope": ""}, 403, "insufficient-scope"),
        ({"scope": None}, 403, "insufficient-scope"),
    ],
)
def test_a_token_that_does_not_fit_is_refused(gateway: Gateway, claims: dict[str, Any], status: int, code: str) -> None:
    answer = gateway.get("/v1/things", gateway.token(**claims))
    if "aud" in claims:  # Envoy answers a wrong audience 403, before any scope is looked at
        status = answer.status_code
        assert status in {401, 403}
        code = {401: "invalid-token", 403: "insufficient-scope"}[status]
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    if answer.status_code == 401:
        challenge = 'Bearer error="invalid_token", resource_metadata="'
        assert answer.headers["www-authenticate"].startswith(challenge)
        assert answer.headers["www-authenticate"].endswith('/.well-known/oauth-protected-resource"')
    assert "www-authenticate" in answer.headers
    assert gateway.seen == []


def test_no_token_or_a_forged_one_is_refused(gateway: Gateway) -> None:
    nobody = gateway.get("/v1/things")
    assert (nobody.status_code, nobody.json()["code"]) == (401, "unauthenticated")
    assert nobody.headers["www-authenticate"].startswith('Bearer resource_metadata="')
    forged = gateway.token(ECKey.generate_key("P-256", {"kid": "k"}))
    unsigned = gateway.token().rsplit(".", 1)[0] + "."
    for token in (forged, unsigned, "rubbish"):
        answer = gateway.get("/v1/things", token)
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid-token")
    assert gateway.seen == []


def test_each_method_needs_its_own_scope(gateway: Gateway) -> None:
    reader = {"Authorization": f"Bearer {gateway.token()}"}
    writer = {"Authorization": f"Bearer {gateway.token(scope='things.things.write')}"}
    assert gateway.client.post("/v1/things", json={}, headers=reader).status_code == 403
    assert gateway.client.post("/v1/things", json={}, headers=writer).status_code == 200
    assert gateway.client.get("/v1/things", headers=writer).status_code == 403


def test_what_no_contract_names_does_not_exist(gateway: Gateway) -> None:
    for path in (
        "/",
        "/v1",
        "/v1/thing",
        "/v1/things/1/more",
        "/V1/things",
        "/internal/v1/x",
        "/metrics",
        "/v1/things/",
    ):
        answer = gateway.get(path, gateway.token())
        assert (path, answer.status_code, answer.json()["code"]) == (path, 404, "not-found")
    assert gateway.seen == []


def test_another_method_of_a_known_path_is_told_which_there_are(gateway: Gateway) -> None:
    answer = gateway.client.delete("/v1/things", headers={"Authorization": f"Bearer {gateway.token()}"})
    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, POST"


def test_tricks_with_the_path_reach_nothing_that_is_guarded(gateway: Gateway) -> None:
    for path in ("//v1/things", "/v1/./things", "/v1/x/../things", "/v1/things/open/../1", "/login/../v1/things"):
        assert raw(gateway, path).startswith("HTTP/1.1 401"), path
    for path in ("/v1%2fthings", "/v1/things%2F1", "/v1%5cthings"):
        assert raw(gateway, path)[9:12] in {"400", "404"}, path
    assert gateway.seen == []


def test_public_routes_need_no_token_and_fixed_paths_win_over_templates(gateway: Gateway) -> None:
    assert gateway.get("/v1/things/open").status_code == 200
    assert gateway.get("/v1/things/other").status_code == 401


def test_a_body_that_is_too_large_is_refused_announced_or_not(gateway: Gateway) -> None:
    headers = {"Authorization": f"Bearer {gateway.token(scope='things.things.write')}"}
    announced = gateway.client.post("/v1/things", content=b"x" * 1_001, headers=headers)
    chunked = gateway.client.post("/v1/things", content=iter([b"x" * 600] * 2), headers=headers)
    for answer in (announced, chunked):
        assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert gateway.client.post("/v1/things", content=b"x" * 999, headers=headers).status_code == 200


def test_a_slow_or_absent_service_is_told_as_such(gateway: Gateway) -> None:
    slow = gateway.get("/v1/slow")
    assert (slow.status_code, slow.json()["code"]) == (504, "upstream-timeout")
    down = gateway.get("/v1/down")
    assert (down.status_code, down.json()["code"]) == (503, "service-unavailable")
    assert down.headers["retry-after"] == "5"


def test_problems_are_complete_and_speak_the_callers_language(gateway: Gateway) -> None:
    french = gateway.get("/nowhere")
    assert french.headers["content-type"] == "application/problem+json"
    body = french.json()
    assert body["type"] == f"{ISSUER}/problems/not-found"
    assert (body["title"], body["status"], body["instance"]) == ("Introuvable", 404, "/nowhere")
    assert re.fullmatch(r"[0-9a-f]{32}", body["trace_id"])
    english = gateway.get("/nowhere", **{"Accept-Language": "en-GB"})
    assert (english.json()["title"], english.headers["content-language"]) == ("Not found", "en")


def test_a_browser_is_shown_a_page_instead(gateway: Gateway) -> None:
    accepted = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    french = gateway.get("/nowhere", **accepted)
    english = gateway.get("/v1/down", **accepted, **{"Accept-Language": "en-GB"})
    assert (french.status_code, english.status_code) == (404, 503)
    assert {french.headers["content-type"], english.headers["content-type"]} == {"text/html; charset=utf-8"}
    assert "<h1>Introuvable</h1>" in french.text
    assert french.headers["x-request-id"] in french.text
    assert english.headers["retry-after"] == "5"
    assert '<html lang="en">' in english.text
    assert english.headers["content-security-policy"].startswith("default-src 'none'")


def test_the_trace_begins_here_whatever_the_caller_says(gateway: Gateway) -> None:
    theirs = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = gateway.get("/v1/things/open", traceparent=theirs, tracestate="a=b", **{"x-request-id": "mine"})
    seen = gateway.seen[-1]
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", seen["traceparent"])
    assert "0af7651916cd43dd8448eb211c80319c" not in seen["traceparent"]
    assert seen["x-client-traceparent"] == theirs
    assert "tracestate" not in seen
    assert answer.headers["x-request-id"] == seen["x-request-id"]
    assert seen["traceparent"][3:35] == seen["x-request-id"].replace("-", "")


def test_headers_that_would_speak_for_a_user_are_dropped(gateway: Gateway) -> None:
    gateway.get("/v1/things/open", **{"X-Forwarded-User": "root", "X-Internal": "1"})
    assert not {"x-forwarded-user", "x-internal"} & gateway.seen[-1].keys()


def test_browsers_of_other_sites_may_call_the_api_but_not_the_pages(gateway: Gateway) -> None:
    asking = {"Origin": "https://portal.example", "Access-Control-Request-Method": "POST"}
    preflight = gateway.client.options("/v1/things", headers=asking)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "Idempotency-Key" in preflight.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in preflight.headers
    assert gateway.get("/v1/things/open").headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in gateway.get("/login").headers
    assert gateway.client.options("/login", headers=asking).status_code == 405


def test_the_access_log_names_routes_never_paths_queries_tokens_or_addresses(gateway: Gateway) -> None:
    token = gateway.token()
    answer = gateway.get("/v1/things/lampadaire-7?q=Dupont", token)
    line = logged(gateway, answer.headers["x-request-id"])
    assert (line["route"], line["status"]) == ("GET /v1/things/{id}", 200)
    for secret in ("Dupont", "lampadaire-7", token, "127.0.0.1"):
        assert secret not in gateway.log.read_text()


def test_the_access_log_does_not_tell_how_long_a_call_was(gateway: Gateway) -> None:
    """A ballot that the server seals comes in the clear: its length tells the choice."""
    headers = {"Authorization": f"Bearer {gateway.token(scope='things.things.write')}"}
    bodies = (b'[{"code":"park"}]', b'[{"code":"skating-rink"}]')
    answers = [gateway.client.post("/v1/things", content=body, headers=headers) for body in bodies]
    lines = [logged(gateway, answer.headers["x-request-id"]) for answer in answers]
    of_the_call = {"time", "ms", "request_id", "trace_id"}
    first, second = ({key: line[key] for key in line.keys() - of_the_call} for line in lines)
    assert (first["status"], first) == (200, second)


def test_the_simulators_of_the_local_stack_pass(gateway: Gateway) -> None:
    assert gateway.get("/simulators/mail").status_code == 200
    assert gateway.get("/simulators/mail/1").status_code == 200
    assert gateway.get("/simulators/mailing").status_code == 404


def test_each_caller_has_a_bucket_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running_gateway(tmp_path_factory.mktemp("rate"), rate=5) as limited:
        greedy, modest = limited.token(sub="greedy"), limited.token(sub="modest")
        answers = [limited.get("/v1/things", greedy) for _ in range(8)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 3
        last = answers[-1]
        assert last.json()["code"] == "rate-limited"
        assert 1 <= int(last.headers["retry-after"]) <= 60
        assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"default";q=5;w=60'}
        assert last.headers["ratelimit"].startswith('"default";r=0;t=')
        assert answers[0].headers["ratelimit"].startswith('"default";r=4;t=')
        assert limited.get("/v1/things", modest).status_code == 200


def test_what_systems_bring_from_one_address_is_counted_apart(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keys that are pressed in calls about an alert come from the provider's few addresses."""
    with running_gateway(tmp_path_factory.mktemp("rate"), rate=3) as limited:
        statuses = [limited.get("/v1/things/brought").status_code for _ in range(8)]
        assert statuses == [200] * 6 + [429] * 2
        people = [limited.get(f"/v1/things/{each}").status_code for each in ("open", "tracked", "open", "tracked")]
        assert people == [200] * 3 + [429], "who holds a link is one person, and counted as all others"


def raw(gateway: Gateway, path: str) -> str:
    """The path as it stands: clients would tidy it up."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=60) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        return connection.recv(4_096).decode()


def logged(gateway: Gateway, request_id: str) -> dict[str, Any]:
    """The line of one request; Envoy writes its log every 10 s, and other requests stand in it too."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        rows = gateway.log.read_text().splitlines(keepends=True)
        for line in (json.loads(row) for row in rows if row.endswith("\n")):
            if line["request_id"] == request_id:
                return dict(line)
        time.sleep(0.1)
    raise AssertionError("the request was not logged")
