# SPDX-License-Identifier: EUPL-1.2
"""A contract or a setting that the gateway cannot follow is refused by name, and nothing is written."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from parvis_gateway.contracts import ContractError, read_contracts
from parvis_gateway.envoy import envoy_configuration
from parvis_gateway.settings import Address, SettingsError, read_settings

CATALOGUE = Path(__file__).parents[2] / "contracts" / "problems.yaml"
PROBLEMS: dict[str, Any] = yaml.safe_load(CATALOGUE.read_text("utf-8"))
TOKEN = {"x-parvis-class": "token", "security": [{"oauth2": ["things.things.read"]}]}
PUBLIC = {"x-parvis-class": "public"}
SETTINGS: dict[str, Any] = {
    "public_url": "http://gateway.example",
    "listen": "127.0.0.1:8080",
    "services": {"things": "things-api:8000", "identity": "127.0.0.1:8001"},
}


def contracts(folder: Path, **services: Any) -> Path:
    """A folder of contracts; each service is given by its paths, or by the text of its file."""
    (folder / "openapi").mkdir(exist_ok=True)
    for service, given in services.items():
        text = given if isinstance(given, str) else yaml.safe_dump({"openapi": "3.1.0", "paths": given})
        (folder / "openapi" / f"{service}.v1.yaml").write_text(text, "utf-8")
    return folder


def settings(folder: Path, **changes: Any) -> Path:
    file = folder / "settings.json"
    given = {**SETTINGS, **changes}
    file.write_text(json.dumps({name: value for name, value in given.items() if value != "absent"}), "utf-8")
    return file


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        ({}, "says no x-parvis-class: token, service or public"),
        ({"x-parvis-class": "secret"}, "says no x-parvis-class: token, service or public"),
        ({"x-parvis-class": "token"}, "is of class token and names no scope"),
        ({"x-parvis-class": "token", "security": [{"oauth2": []}]}, "is of class token and names no scope"),
        ({"x-parvis-class": "token", "security": [{"basic": ["x"]}]}, "is of class token and names no scope"),
        ({**TOKEN, "x-parvis-class": "public"}, "is of class public and names scopes"),
        ({**TOKEN, "x-parvis-class": "service"}, "is of class service and names scopes"),
        ({**PUBLIC, "x-parvis-body-limit": "64k"}, "says x-parvis-body-limit: '64k', which is no positive number"),
        ({**PUBLIC, "x-parvis-body-limit": 0}, "says x-parvis-body-limit: 0, which is no positive number"),
        ({**PUBLIC, "x-parvis-timeout": -1}, "says x-parvis-timeout: -1, which is no positive number"),
        ({**PUBLIC, "x-parvis-timeout": True}, "says x-parvis-timeout: True, which is no positive number"),
        (
            {**PUBLIC, "x-parvis-callers": "systems"},
            "says x-parvis-callers: 'systems'; only systems, and only of class service",
        ),
        (
            {"x-parvis-class": "service", "x-parvis-callers": ["people"]},
            "says x-parvis-callers: ['people']; only systems, and only of class service",
        ),
        ("public", "is no operation on a path"),
        (None, "is no operation on a path"),
    ],
)
def test_an_operation_that_says_too_little_is_named(tmp_path: Path, operation: Any, words: str) -> None:
    folder = contracts(tmp_path, things={"/v1/things": {"get": PUBLIC, "post": operation}})
    with pytest.raises(ContractError) as refused:
        read_contracts(folder)
    assert str(refused.value) == f"things.v1.yaml: POST /v1/things {words}"


@pytest.mark.parametrize("path", ["v1/things", "", "/v1/{id", "/v1/{}", "/v1/{a/b}", "/v1?x=1", "/v1#x"])
def test_a_path_that_is_none_is_named(tmp_path: Path, path: str) -> None:
    with pytest.raises(ContractError) as refused:
        read_contracts(contracts(tmp_path, things={path: {"get": PUBLIC}}))
    assert str(refused.value) == f"things.v1.yaml: GET {path} is no operation on a path"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("/v1/things", "/v1/things"),
        ("/v1/things/{id}", "/v1/things/{id}"),
        ("/v1/things/{id}", "/v1/things/{thing_id}"),
    ],
)
@pytest.mark.parametrize("method", ["get", "delete"])
def test_a_path_belongs_to_one_contract(tmp_path: Path, first: str, second: str, method: str) -> None:
    folder = contracts(tmp_path, other={first: {"get": PUBLIC}}, things={second: {method: PUBLIC}})
    with pytest.raises(ContractError) as refused:
        read_contracts(folder)
    where = f"things.v1.yaml: {method.upper()} {second}"
    assert str(refused.value) == f"{where} is a path of other already: {first}"


def test_one_contract_names_a_path_once_whatever_its_parameters_are_called(tmp_path: Path) -> None:
    paths = {"/v1/things/{id}": {"get": PUBLIC}, "/v1/things/{name}": {"put": PUBLIC}}
    with pytest.raises(ContractError, match=r"things\.v1\.yaml: PUT /v1/things/\{name\} is a path of things already"):
        read_contracts(contracts(tmp_path, things=paths))


@pytest.mark.parametrize(
    "text", ["paths: [", "", "[]", "info: {}", "paths: 5", "paths: {/v1: 5}", "paths: {1: {}}\n\t"]
)
def test_a_file_that_is_no_contract_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(ContractError, match=r"^things\.v1\.yaml cannot be read as OpenAPI"):
        read_contracts(contracts(tmp_path, things=text))


def test_a_folder_without_contracts_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="no contract in "):
        read_contracts(contracts(tmp_path))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rate": 5}, "unknown rate; known are public_url, listen, services"),
        ({"listen": "absent"}, "missing listen"),
        ({"public_url": "absent", "services": "absent"}, "missing public_url, services"),
        ({"listen": "8080"}, "listen: '8080' is no host:port"),
        ({"listen": "0.0.0.0:80800"}, "listen: '0.0.0.0:80800' is no host:port"),
        ({"listen": 8080}, "listen: 8080 is no host:port"),
        ({"admin": "localhost"}, "admin: 'localhost' is no host:port"),
        ({"services": {"things": "things-api"}}, "services: 'things-api' is no host:port"),
        ({"services": ["things"]}, "services: "),
        ({"public_url": "gateway.example"}, "public_url: 'gateway.example' is no http or https address"),
        ({"rate_requests": "300"}, "rate_requests: '300' is no whole number from 1 on"),
        ({"rate_seconds": 0}, "rate_seconds: 0 is no whole number from 1 on"),
        ({"rate_seconds": 1.5}, "rate_seconds: 1.5 is no whole number from 1 on"),
        ({"extra_routes": [{"prefix": "/x"}]}, "extra_routes: '' is no host:port"),
        ({"extra_routes": [{"address": "localhost:1"}]}, "extra_routes: "),
        ({"tls": {"certificate": "chain.pem"}}, "tls: "),
    ],
)
def test_a_setting_that_is_wrong_is_named(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings(settings(tmp_path, **changes))
    assert str(refused.value).startswith(f"settings.json: {words}")


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"'])
def test_a_settings_file_that_is_no_json_object_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "settings.json"
    file.write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=r"^settings\.json (is no JSON|holds no JSON object)"):
        read_settings(file)


def test_settings_that_are_right_are_read(tmp_path: Path) -> None:
    read = read_settings(settings(tmp_path, public_url="https://gateway.example/", admin=None, rate_requests=5))
    assert (read.public_url, read.listen) == ("https://gateway.example", Address("127.0.0.1", 8080))
    assert read.services["things"] == Address("things-api", 8000)
    assert (read.admin, read.rate_requests, read.rate_seconds) == (None, 5, 60)


def test_settings_and_contracts_must_speak_of_the_same_services(tmp_path: Path) -> None:
    operations = read_contracts(contracts(tmp_path, things={"/v1/things": {"get": TOKEN}}))
    without = read_settings(settings(tmp_path, services={"things": "things-api:8000"}))
    with pytest.raises(ContractError, match="the settings give no address for identity"):
        envoy_configuration(operations, without, PROBLEMS)
    mistyped = read_settings(settings(tmp_path, services={**SETTINGS["services"], "thigns": "things-api:8000"}))
    with pytest.raises(SettingsError, match="services: there is no contract of thigns"):
        envoy_configuration(operations, mistyped, PROBLEMS)


def test_each_answer_of_the_gateway_s_own_needs_its_words(tmp_path: Path) -> None:
    operations = read_contracts(contracts(tmp_path, things={"/v1/things": {"get": TOKEN}}))
    known = {code: words for code, words in PROBLEMS.items() if code != "rate-limited"}
    with pytest.raises(ContractError, match=r"problems\.yaml says nothing of rate-limited"):
        envoy_configuration(operations, read_settings(settings(tmp_path)), known)


def compiled(folder: Path) -> "subprocess.CompletedProcess[str]":
    places = (f"--contracts={folder}", f"--settings={folder / 'settings.json'}", f"--output={folder / 'envoy.json'}")
    command = [sys.executable, "-m", "parvis_gateway", "compile", *places]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=180)


def test_the_command_says_what_is_wrong_and_leaves_the_last_good_configuration(tmp_path: Path) -> None:
    (tmp_path / "problems.yaml").write_bytes(CATALOGUE.read_bytes())
    settings(contracts(tmp_path, things={"/v1/things": {"get": TOKEN}}))
    done = compiled(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    good = (tmp_path / "envoy.json").read_bytes()
    contracts(tmp_path, things={"/v1/things": {"get": {}}})
    refused = compiled(tmp_path)
    words = "parvis-gateway: things.v1.yaml: GET /v1/things says no x-parvis-class: token, service or public\n"
    assert (refused.returncode, refused.stderr) == (1, words)
    contracts(tmp_path, things={"/v1/things": {"get": TOKEN}})
    settings(tmp_path, listen="8080")
    refused = compiled(tmp_path)
    words = "parvis-gateway: settings.json: listen: '8080' is no host:port\n"
    assert (refused.returncode, refused.stderr) == (1, words)
    (tmp_path / "settings.json").unlink()
    refused = compiled(tmp_path)
    assert refused.returncode == 1
    assert "settings.json" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert (tmp_path / "envoy.json").read_bytes() == good
