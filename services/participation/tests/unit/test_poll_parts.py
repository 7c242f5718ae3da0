# SPDX-License-Identifier: EUPL-1.2
import json
import os
import sys
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from elections import elections
from hypothesis import given
from hypothesis import strategies as st

from parvis_participation.__main__ import main
from parvis_participation.domain.counting.ballot import Kind
from parvis_participation.domain.counting.election import Election
from parvis_participation.domain.errors import BallotError, BoardKeyError, SharesError
from parvis_participation.domain.merkle import root_of
from parvis_participation.domain.paper import commitment_of, fold, paper_size, unfold
from parvis_participation.service.board_keys import make_board_key, restore
from parvis_participation.service.envelope import envelope_size, public_key, seal, unseal


@given(elections(Kind.POINTS), st.binary(min_size=32, max_size=32))
def test_every_choice_of_a_poll_fills_a_paper_of_one_size(election: Election, nonce: bytes) -> None:
    for choice in election.ballots:
        content = fold(choice, nonce, 7)
        assert len(content) == paper_size(7)
        assert unfold(content) == choice
        assert commitment_of(content) != commitment_of(fold(choice, os.urandom(32), 7))


def test_the_longest_choice_fits() -> None:
    choice = tuple((f"{number:02}" + "x" * 30, 10_000) for number in range(100))
    assert len(fold(choice, bytes(32), 100)) == paper_size(100)


@given(st.binary(max_size=80))
def test_noise_is_no_choice(noise: bytes) -> None:
    with pytest.raises(BallotError):
        unfold(bytes(32) + b"\xff" + noise)


@given(st.integers(2, 6).flatmap(lambda n: st.tuples(st.just(n), st.integers(2, n))), st.randoms())
def test_enough_members_and_no_fewer_restore_the_boards_key(board: tuple[int, int], chance: object) -> None:
    members, threshold = board
    key, shares = make_board_key(members, threshold)
    chance.shuffle(shares)  # type: ignore[attr-defined]
    restore(shares[:threshold], key, threshold)
    for wrong in (shares[: threshold - 1], [shares[0]] * threshold, [(n, os.urandom(16)) for n, _ in shares]):
        with pytest.raises(SharesError):
            restore(wrong, key, threshold)
    if threshold > 2:
        with pytest.raises(SharesError):
            restore(shares[: threshold - 1], key, threshold - 1)


def test_the_ceremony_writes_one_private_file_a_member_and_never_over_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["parvis-participation", "board-keys", "3", "2", str(tmp_path / "board")])
    main()
    key = bytes.fromhex(capsys.readouterr().out)
    files = sorted((tmp_path / "board").iterdir())
    assert [(file.name, file.stat().st_mode & 0o777) for file in files] == [
        (f"member-{number}.json", 0o600) for number in (1, 2, 3)
    ]
    told = [json.loads(file.read_text("utf-8")) for file in files]
    restore([(share["number"], bytes.fromhex(share["share"])) for share in told[1:]], key, 2)
    with pytest.raises(FileExistsError):
        main()
    for members, threshold in (("2", "3"), ("16", "2"), ("3", "1")):
        monkeypatch.setattr(sys, "argv", ["parvis-participation", "board-keys", members, threshold, str(tmp_path)])
        with pytest.raises(SystemExit):
            main()


def test_an_envelope_opens_for_its_poll_its_commitment_and_its_board_alone() -> None:
    key, shares = make_board_key(2, 2)
    private, poll = restore(shares, key, 2), uuid4()
    content = fold((("park", 1),), os.urandom(32), 3)
    commitment = commitment_of(content)
    sealed = seal(content, poll, public_key(key))
    assert len(sealed) == envelope_size(3)
    assert unseal(sealed, poll, commitment, private) == content
    other = restore((made := make_board_key(2, 2))[1], made[0], 2)
    altered = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for attempt in (
        (sealed, uuid4(), commitment, private),
        (sealed, poll, bytes(32), private),
        (sealed, poll, commitment, other),
        (altered, poll, commitment, private),
        (b"", poll, commitment, private),
    ):
        with pytest.raises(BallotError):
            unseal(*attempt)


def test_a_point_off_the_curve_is_no_key() -> None:
    for wrong in (b"", bytes(65), b"\x04" + bytes(64)):
        with pytest.raises(BoardKeyError):
            public_key(wrong)


@given(st.lists(st.binary(min_size=1, max_size=4), max_size=40))
def test_the_root_is_that_of_rfc_6962(leaves: list[bytes]) -> None:
    def head(part: list[bytes]) -> bytes:
        if len(part) == 1:
            return sha256(b"\0" + part[0]).digest()
        split = max(2**power for power in range(6) if 2**power < len(part))
        return sha256(b"\1" + head(part[:split]) + head(part[split:])).digest()

    assert root_of(leaves) == (head(leaves) if leaves else sha256(b"").digest())
