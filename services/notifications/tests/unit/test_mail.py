# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis_notifications.domain.mail import LONGEST_RETRY_SECONDS, Refusal, Stage, Verdict, retry_seconds
from parvis_notifications.outgoing.mail_format import Mail, mail_bytes

CHANCES = st.floats(0, 1)


@pytest.mark.parametrize(
    ("stage", "code", "verdict"),
    [
        (Stage.RECIPIENT, 550, Verdict.FAILED),
        (Stage.CONTENT, 554, Verdict.FAILED),
        (Stage.RECIPIENT, 450, Verdict.RETRY),
        (Stage.CONTENT, 452, Verdict.RETRY),
        (Stage.CONTENT, 0, Verdict.RETRY),
        (Stage.SENDER, 451, Verdict.RETRY),
        (Stage.SENDER, 550, Verdict.PAUSE),
        (Stage.CONNECTION, 535, Verdict.PAUSE),
        (Stage.CONNECTION, 0, Verdict.PAUSE),
        (Stage.RECIPIENT, 421, Verdict.PAUSE),
        (Stage.CONTENT, 421, Verdict.PAUSE),
    ],
)
def test_what_an_answer_means(stage: Stage, code: int, verdict: Verdict) -> None:
    assert Refusal(stage, code).verdict is verdict


@given(st.sampled_from(Stage), st.integers(0, 599))
def test_a_mail_is_given_up_only_for_a_permanent_answer_about_itself(stage: Stage, code: int) -> None:
    if Refusal(stage, code).verdict is Verdict.FAILED:
        assert code >= 500
        assert stage in {Stage.RECIPIENT, Stage.CONTENT}


def test_pauses_double_from_a_minute_to_four_hours() -> None:
    assert [retry_seconds(attempts, 1) for attempts in (1, 2, 3, 4)] == [60, 120, 240, 480]
    assert retry_seconds(10_000, 1) == LONGEST_RETRY_SECONDS == 14_400


@given(st.integers(1, 10_000), CHANCES)
def test_half_of_a_pause_is_by_chance(attempts: int, chance: float) -> None:
    assert retry_seconds(attempts, 1) / 2 <= retry_seconds(attempts, chance) <= retry_seconds(attempts, 1)


@pytest.mark.parametrize("end", ["\u2028", "\x85", "\x0b", "\r\n"])
def test_a_subject_is_written_on_one_line_whatever_was_put_into_it(end: str) -> None:
    words = ("Ville", "zoe@example.org", f"Reçu{end}le 3", "Texte", "<p>Texte</p>", "fr")
    mail = Mail(UUID(int=1), "ville@example.org", *words, datetime(2026, 1, 1, tzinfo=UTC), "")
    assert message_from_bytes(mail_bytes(mail), policy=SMTP)["Subject"] == "Reçu le 3"
