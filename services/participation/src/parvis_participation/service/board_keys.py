# SPDX-License-Identifier: EUPL-1.2
"""The board's key: made at a ceremony on a machine of the board's own, split so that k of n members restore it.

What is split (Shamir) is a seed of 128 bits, as strong as the curve; the private key is derived from it when it is
needed, and kept nowhere.
"""

import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from Cryptodome.Protocol.SecretSharing import Shamir
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, derive_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from parvis_participation.domain.errors import SharesError

_SEED_BYTES: Final = 16
# The order of P-256 (FIPS 186-5, SP 800-186): private keys are 1 to one less.
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_LEAST: Final = 2
_MOST: Final = 15
Share = tuple[int, bytes]


def make_board_key(members: int, threshold: int) -> tuple[bytes, list[Share]]:
    """A new public key, and one share for each member; ``threshold`` of the shares restore the private one."""
    seed = secrets.token_bytes(_SEED_BYTES)
    return encoded(_private_key(seed)), Shamir.split(threshold, members, seed, ssss=False)


def write_board_keys(members: int, threshold: int, folder: Path) -> str:
    """Write each member's share into a file of its own that only the caller may read; returns the public key.

    Raises SystemExit for numbers that make no board; an existing file is never written over.
    """
    if not _LEAST <= threshold <= members <= _MOST:
        raise SystemExit(f"a board has {_LEAST} to {_MOST} members, and at most as many are needed to count")
    public, shares = make_board_key(members, threshold)
    folder.mkdir(parents=True, exist_ok=True)
    for number, share in shares:
        file = os.open(folder / f"member-{number}.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "w", encoding="utf-8") as opened:
            json.dump({"number": number, "share": share.hex()}, opened)
    return public.hex()


def restore(shares: Sequence[Share], public_key: bytes, threshold: int) -> EllipticCurvePrivateKey:
    """The private key that these shares make; raises SharesError unless it is that of ``public_key``."""
    if len({number for number, _ in shares}) != len(shares) or len(shares) < threshold:
        raise SharesError
    try:
        key = _private_key(Shamir.combine(list(shares[:threshold]), ssss=False))
    except ValueError as error:
        raise SharesError from error
    if encoded(key) != public_key:
        raise SharesError
    return key


def encoded(key: EllipticCurvePrivateKey) -> bytes:
    """The public key as an uncompressed point, 65 bytes."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _private_key(seed: bytes) -> EllipticCurvePrivateKey:
    # 48 bytes for a number of 32: the remainder is even to one part in 2^128 (FIPS 186-5, A.2.1).
    wide = HKDF(SHA256(), 48, None, b"parvis-board-key-v1").derive(seed)
    return derive_private_key(int.from_bytes(wide) % (_ORDER - 1) + 1, SECP256R1())
