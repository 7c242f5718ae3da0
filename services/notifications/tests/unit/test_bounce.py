# SPDX-License-Identifier: EUPL-1.2
import time

import pytest
from notifications_bounces import notification

from parvis_notifications.domain.bounce import Fate, report
from parvis_notifications.incoming.mail_bounds import UnreadableMailError
from parvis_notifications.incoming.report_format import read_report


@pytest.mark.parametrize(
    ("action", "status", "fate"),
    [
        ("failed", "5.1.1", Fate.NO_ADDRESS),
        ("Failed", "5.1.1 (no such user)", Fate.NO_ADDRESS),
        ("failed", "5.1.10", Fate.NO_ADDRESS),
        ("failed", "5.2.1", Fate.NO_ADDRESS),
        ("failed", "5.2.2", Fate.LOST),
        ("failed", "5.7.1", Fate.LOST),
        ("failed", "5.0.0", Fate.LOST),
        ("failed", "4.4.7", Fate.LOST),
        ("failed", "nonsense", Fate.LOST),
        ("delayed", "4.4.1", Fate.DELAYED),
        ("delayed", "5.1.1", Fate.DELAYED),
        ("delivered", "2.0.0", None),
        ("relayed", "2.0.0", None),
        ("expanded", "2.0.0", None),
        ("", "", None),
    ],
)
def test_only_a_failure_is_final_and_only_some_say_that_there_is_no_address(
    action: str, status: str, fate: Fate | None
) -> None:
    assert report(action, status).fate is fate


@pytest.mark.parametrize(
    ("action", "status", "counts"),
    [
        *[("failed", status, True) for status in ("5.1.1", "5.1.4", "5.1.10", "5.2.0", "5.2.1", "5.2.4")],
        *[("failed", status, False) for status in ("5.1.7", "5.1.8", "5.2.2", "5.2.3")],
        *[("failed", status, False) for status in ("5.7.1", "5.7.26", "5.0.0", "5.4.4", "4.2.1", "")],
        ("delayed", "5.1.1", False),
    ],
)
def test_what_a_policy_or_nobody_says_is_no_failure_of_the_address(action: str, status: str, counts: bool) -> None:
    assert report(action, status).of_address is counts


def test_of_several_recipients_a_failure_goes_before_a_delay() -> None:
    found = read_report(notification(("delayed", "4.4.1"), ("failed", "5.1.1")))
    assert found is not None
    assert (found.action, found.status) == ("failed", "5.1.1")


@pytest.mark.parametrize(
    "content",
    [
        b"Subject: Absent\r\nAuto-Submitted: auto-replied\r\n\r\nJe suis absent.\r\n",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\nnothing inside\r\n",
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: x\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n",
        b"",
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_notification_reports_nothing(content: bytes) -> None:
    assert read_report(content) is None


def test_a_notification_that_is_only_quoted_reports_nothing() -> None:
    quoted = notification(("failed", "5.1.1"))
    outer = (
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=outer\r\n\r\n"
        b"--outer\r\nContent-Type: message/rfc822\r\n\r\n" + quoted + b"\r\n--outer--\r\n"
    )
    assert read_report(outer) is None


def test_a_notification_that_is_made_to_be_long_to_read_holds_up_nobody() -> None:
    began = time.process_time()
    with pytest.raises(UnreadableMailError):
        read_report(b'Content-Type: multipart/report; x="' + b"\n ".join([b";" * 900] * 45) + b'"; boundary=a\n\nx')
    assert time.process_time() - began < 1
