# SPDX-License-Identifier: EUPL-1.2
"""The envelope around a ballot: HPKE (RFC 9180), base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.

P-256 because every browser's WebCrypto has it. The poll and the commitment are the ``info``: an envelope cannot be
moved to another poll or put under another commitment.
"""

from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from parvis_participation.domain.errors import BallotError, BallotFault, BoardKeyError, EnvelopeError
from parvis_participation.domain.paper import commitment_of, paper_size

_SUITE: Final = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
# An uncompressed point, and the tag of AES-GCM.
_AROUND: Final = 65 + 16


def public_key(encoded: bytes) -> EllipticCurvePublicKey:
    """The board's public key, an uncompressed point of P-256; raises BoardKeyError."""
    try:
        return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), encoded)
    except ValueError as error:
        raise BoardKeyError from error


def envelope_size(most: int) -> int:
    """The bytes of every sealed ballot of a poll whose ballots name at most ``most`` options."""
    return paper_size(most) + _AROUND


def check_envelope(sealed: bytes, most: int) -> None:
    """Raise EnvelopeError for what cannot be a ballot of that poll; what is inside only the board will see."""
    if len(sealed) != envelope_size(most):
        raise EnvelopeError
    try:
        public_key(sealed[:65])
    except BoardKeyError as error:
        raise EnvelopeError from error


def seal(content: bytes, poll: UUID, key: EllipticCurvePublicKey) -> bytes:
    """Close the envelope; what a voter's browser does, and a desk without one."""
    return _SUITE.encrypt(content, key, info=_info(poll, commitment_of(content)))


def unseal(sealed: bytes, poll: UUID, commitment: bytes, key: EllipticCurvePrivateKey) -> bytes:
    """Open the envelope; raises BallotError unless it holds what was committed to."""
    try:
        content = _SUITE.decrypt(sealed, key, info=_info(poll, commitment))
    except (InvalidTag, ValueError) as error:
        raise BallotError(BallotFault.UNREADABLE) from error
    if commitment_of(content) != commitment:
        raise BallotError(BallotFault.UNREADABLE)
    return content


def _info(poll: UUID, commitment: bytes) -> bytes:
    return b"parvis-ballot-v1" + poll.bytes + commitment
