# SPDX-License-Identifier: EUPL-1.2
"""A device that keeps passkeys (WebAuthn level 3), written apart from what checks it: it can lie about everything."""

import json
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from typing import Any

import cbor2
import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, MAY_SYNC, SYNCED, WITH_KEY = 0x01, 0x04, 0x08, 0x10, 0x40
ORIGIN = "http://localhost:8080"


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(encoded: str) -> bytes:
    return urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))


def asked_by(page: httpx.Response) -> tuple[dict[str, Any], str]:
    """The options on a page, and the question that goes back with the answer."""
    options = re.search(r'data-passkey="([^"]+)"', page.text)
    sealed = re.search(r'name="asked" value="([^"]+)"', page.text)
    assert options, page.text
    assert sealed
    return json.loads(unescape(options[1])), sealed[1]


@dataclass
class KeyHolder:
    """One device with one passkey; what it says of itself can be changed at any time."""

    origin: str = ORIGIN
    domain: str = "localhost"
    flags: int = PRESENT | VERIFIED
    counter: int = 0
    counts: bool = True
    identifier: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    owner: bytes = b""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any]) -> str:
        """What a browser sends for a new key (section 7.1)."""
        self.owner = raw(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        named = b"\0" * 16 + len(self.identifier).to_bytes(2, "big") + self.identifier
        data = self._data(self.flags | WITH_KEY) + named + cbor2.dumps(public)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            clientDataJSON=text(self._client_data("webauthn.create", options)),
            attestationObject=text(attestation),
            transports=["internal", "hybrid", "telepathy"],
        )

    def sign(self, options: dict[str, Any]) -> str:
        """What a browser sends for a signature (section 7.2)."""
        self.counter += 1 if self.counts else 0
        client_data, data = self._client_data("webauthn.get", options), self._data(self.flags)
        signature = self.key.sign(data + sha256(client_data).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            clientDataJSON=text(client_data),
            authenticatorData=text(data),
            signature=text(signature),
            userHandle=text(self.owner),
        )

    def _client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _data(self, flags: int) -> bytes:
        return sha256(self.domain.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _answer(self, **response: Any) -> str:
        named = {"id": text(self.identifier), "rawId": text(self.identifier), "type": "public-key"}
        return json.dumps({**named, "response": response})
