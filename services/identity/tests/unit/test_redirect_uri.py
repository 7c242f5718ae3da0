# SPDX-License-Identifier: EUPL-1.2
import pytest

from parvis_identity.domain.redirect_uri import is_native, matches, registration_error

WEB = "https://portal.example/callback"
LOOPBACK = "http://127.0.0.1/callback"


def test_the_same_string_matches() -> None:
    assert matches(WEB, WEB)


@pytest.mark.parametrize(
    "given",
    [
        "https://portal.example/callback/",
        "https://portal.example/callback?x=1",
        "https://portal.example/callback#x",
        "https://portal.example/Callback",
        "https://PORTAL.example/callback",
        "https://portal.example:443/callback",
        "http://portal.example/callback",
        "https://portal.example/callback/../other",
        "https://portal.example%2ecallback",
        "https://portal.example@evil.example/callback",
        "https://portal.example.evil.example/callback",
        "https://evil.example/https://portal.example/callback",
        "//portal.example/callback",
        "",
    ],
)
def test_anything_else_does_not(given: str) -> None:
    assert not matches(WEB, given)


@pytest.mark.parametrize("port", ["1", "4711", "65535"])
def test_a_loopback_address_may_have_any_port(port: str) -> None:
    assert matches(LOOPBACK, f"http://127.0.0.1:{port}/callback")
    assert matches("http://[::1]/callback", f"http://[::1]:{port}/callback")
    assert matches("http://127.0.0.1:9/callback", f"http://127.0.0.1:{port}/callback")


@pytest.mark.parametrize(
    "given",
    [
        "http://127.0.0.1:4711/other",
        "http://127.0.0.1:4711/callback?x=1",
        "http://127.0.0.1:4711.evil.example/callback",
        "http://127.0.0.1:4711@evil.example/callback",
        "http://user@127.0.0.1:4711/callback",
        "http://127.0.0.1.evil.example:4711/callback",
        "http://localhost:4711/callback",
        "https://127.0.0.1:4711/callback",
        "http://127.0.0.1:99999/callback",
        "http://127.0.0.1:0x50/callback",
        "http://127.0.0.1:04711/callback",
        "http://127.1:4711/callback",
        "http://[::1]:4711/callback",
    ],
)
def test_but_nothing_else_of_it_may_differ(given: str) -> None:
    assert not matches(LOOPBACK, given)


def test_only_a_loopback_ip_is_free_in_its_port() -> None:
    assert not matches("http://localhost:8080/callback", "http://localhost:9090/callback")
    assert not matches(WEB, "https://portal.example:9090/callback")


@pytest.mark.parametrize(
    "uri",
    [
        "/callback",
        "portal.example/callback",
        "https:///callback",
        "https://portal.example/callback#fragment",
        "https://portal.example/#",
        "https://user:pw@portal.example/callback",
        "https://*.portal.example/callback",
        "http://portal.example/callback",
        "javascript:alert(1)",
        "data:text/html,x",
        "myapp://callback",
        "https://portal.example/a b",
        "https://portal.example/\\evil",
        "https://portal.example/\ncallback",
        "https://pörtal.example/callback",
        "https://portal.example/" + "x" * 1_000,
        'https://portal.example/"onclick=',
    ],
)
def test_a_dangerous_address_cannot_be_registered(uri: str) -> None:
    assert registration_error(uri)


@pytest.mark.parametrize(
    "uri",
    [WEB, LOOPBACK, "http://localhost:8080/developers/callback", "http://[::1]/cb", "fr.paris.app:/callback"],
)
def test_a_sound_one_can(uri: str) -> None:
    assert registration_error(uri) is None


def test_what_any_application_on_the_machine_can_answer_is_native() -> None:
    assert is_native(LOOPBACK)
    assert is_native("fr.paris.app:/callback")
    assert not is_native(WEB)
