# SPDX-License-Identifier: EUPL-1.2
"""The local stack's look-alikes of FranceConnect and ProConnect, a program of its own that shares no code with us."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx

from parvis_local.ports import free_port

SECRET = "the secret that both sides know"
PROFILES = ("franceconnect", "proconnect")
MODULE = "parvis_local.franceconnect"


@dataclass(frozen=True)
class LookAlike:
    """Where it answers, and what its issuers' names begin with."""

    base: str
    known_as: str

    def address(self, profile: str) -> str:
        return f"{self.base}/{profile}/api/v2"

    def settings(self) -> list[dict[str, Any]]:
        """Both providers, as the setting of the identity service names them."""
        return [
            {
                "profile": profile,
                "issuer": f"{self.known_as}/{profile}/api/v2",
                "metadata_url": f"{self.address(profile)}/.well-known/openid-configuration",
                "client_id": "parvis",
                "client_secret": SECRET,
                "scopes": ["identite_pivot", "email"] if profile == "franceconnect" else [],
            }
            for profile in PROFILES
        ]


@contextmanager
def running_look_alike(
    public_url: str, folder: Path, *, code_seconds: int | None = None, known_as: str | None = None
) -> Iterator[LookAlike]:
    """Start it for an identity service at ``public_url``; its codes live for 30 s, unless said otherwise."""
    port = free_port()
    base = f"http://127.0.0.1:{port}/simulators"
    known = [
        {
            "provider": profile,
            "client_id": "parvis",
            "client_secret": SECRET,
            "redirect_uris": [f"{public_url}/login/{profile}/callback"],
            "post_logout_redirect_uris": [f"{public_url}/logout/callback"],
            "entity": "parvis",
        }
        for profile in PROFILES
    ]
    file = folder / "registrations.json"
    file.write_text(json.dumps(known), "utf-8")
    known_as = known_as or base
    options = ("--port", str(port), "--base-url", base, "--known-as", known_as, "--registrations", str(file))
    process = subprocess.Popen([sys.executable, *_program(code_seconds), *options])
    try:
        _wait(f"http://127.0.0.1:{port}/healthz", process)
        yield LookAlike(base, known_as)
    finally:
        process.terminate()
        process.wait(60)


def form_of(page: httpx.Response, **choice: str) -> tuple[str, dict[str, str]]:
    """Address and fields of the only form of a page, with what the person chose."""
    action = re.search(r'<form method="post" action="([^"]+)"', page.text)
    assert action, page.text
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    fields = {name: unescape(value) for name, value in hidden}
    return urljoin(str(page.url), unescape(action[1])), fields | choice


def _program(code_seconds: int | None) -> tuple[str, ...]:
    if code_seconds is None:
        return ("-m", MODULE)
    shortened = f"import {MODULE}.provider as p; p._CODE_SECONDS = {code_seconds}"
    return ("-c", f"{shortened}; from {MODULE}.__main__ import main; main()")


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "the look-alike ended"
        try:
            if httpx.get(url, timeout=1).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("the look-alike does not answer")
