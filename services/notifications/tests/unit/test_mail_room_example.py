# SPDX-License-Identifier: EUPL-1.2
"""The example that puts letters into a folder of the mail room, whole, and tells of them by the marks there."""

import importlib.util
import io
import json
import os
from email.message import Message
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.error import HTTPError

import pytest

PDF = b"%PDF-1.7"
LETTER = {"id": "01a2", "address_lines": ["Mme Zoé", "75011 PARIS"], "sha256": sha256(PDF).hexdigest()}


def example() -> ModuleType:
    file = Path(__file__).parents[4] / "examples" / "mail_room.py"
    spec = importlib.util.spec_from_file_location("mail_room_example", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Api:
    """Two pages of letters, and what was called."""

    def __init__(self, content: bytes = PDF) -> None:
        self.content = content
        self.calls: list[tuple[str, str, Any]] = []

    def __call__(self, method: str, path: str, body: dict[str, Any] | None) -> bytes:
        self.calls.append((method, path, body))
        if path.endswith("/document"):
            return self.content
        second = "cursor=" in path
        item = LETTER | {"id": "01a3"} if second else LETTER
        return json.dumps({"items": [item], "next_cursor": None if second else "a/b"}).encode()


def test_letters_are_put_there_once_with_their_manifest_and_told_of_by_marks(tmp_path: Path) -> None:
    api, module = Api(), example()
    assert module.fetch(api, tmp_path) == 2
    assert module.fetch(api, tmp_path) == 0, "they are there"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["01a2.json", "01a2.pdf", "01a3.json", "01a3.pdf"]
    assert json.loads((tmp_path / "01a2.json").read_text()) == LETTER
    assert ((tmp_path / "01a2.pdf").read_bytes(), (tmp_path / "01a2.pdf").stat().st_mode & 0o077) == (PDF, 0)
    (tmp_path / "01a2.posted").touch()
    api.calls.clear()
    assert module.tell(api, tmp_path) == (1, 0)
    ((method, path, said),) = api.calls
    assert (method, path, said["outcome"]) == ("POST", "/v1/mail-room-letters/01a2/acknowledgements", "posted")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["01a3.json", "01a3.pdf"]


def test_a_mark_is_told_with_the_day_that_the_town_has(tmp_path: Path) -> None:
    api, module = Api(), example()
    days = []
    for zone in ("America/Martinique", "Indian/Reunion"):
        mark = tmp_path / "01a2.posted"
        mark.touch()
        # Half past midnight in Paris.
        os.utime(mark, (1_774_740_600, 1_774_740_600))
        assert module.tell(api, tmp_path, zone) == (1, 0)
        days.append(api.calls[-1][2]["happened_on"])
    assert days == ["2026-03-28", "2026-03-29"]


def test_a_mark_that_is_refused_is_set_aside_and_stops_no_other(tmp_path: Path) -> None:
    module, told = example(), []

    def call(_method: str, path: str, _body: dict[str, Any] | None) -> bytes:
        if "notes" in path:
            raise HTTPError(path, 422, "", Message(), io.BytesIO(b"{}"))
        told.append(path)
        return b""

    for name in ("notes.posted", "01a2.returned"):
        (tmp_path / name).touch()
    assert module.tell(call, tmp_path) == (1, 1)
    assert told == ["/v1/mail-room-letters/01a2/acknowledgements"]
    assert [each.name for each in tmp_path.iterdir()] == ["notes.posted.failed"]
    assert module.tell(call, tmp_path) == (0, 0)


def test_what_is_wrong_with_the_service_loses_no_mark(tmp_path: Path) -> None:
    def call(_method: str, path: str, _body: dict[str, Any] | None) -> bytes:
        raise HTTPError(path, 503, "", Message(), io.BytesIO(b"{}"))

    (tmp_path / "01a2.posted").touch()
    with pytest.raises(HTTPError):
        example().tell(call, tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["01a2.posted"]


def test_a_token_that_holds_no_longer_is_asked_for_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    module, asked, tokens = example(), [], iter(("old", "new", "newer"))

    def answered(request: Any, timeout: float) -> Any:  # noqa: ARG001 - as the standard library has it
        if request.full_url.endswith("/oauth2/token"):
            return io.BytesIO(json.dumps({"access_token": next(tokens)}).encode())
        asked.append(request.get_header("Authorization"))
        if asked[-1] == "Bearer old":
            raise HTTPError(request.full_url, 401, "", Message(), io.BytesIO(b"{}"))
        return io.BytesIO(b"there")

    monkeypatch.setattr("urllib.request.urlopen", answered)
    call = module.caller("https://services.ville.example", "mail-room", "secret")
    assert (call("GET", "/v1/x", None), call("GET", "/v1/x", None)) == (b"there", b"there")
    assert asked == ["Bearer old", "Bearer new", "Bearer new"]


def test_what_came_damaged_is_not_printed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="damaged"):
        example().fetch(Api(b"%PDF-1"), tmp_path)
    assert list(tmp_path.iterdir()) == []
