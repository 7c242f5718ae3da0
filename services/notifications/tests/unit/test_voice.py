# SPDX-License-Identifier: EUPL-1.2
from base64 import b64encode
from hmac import digest
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis_notifications.domain.voice import CHARACTERS_A_SECOND, Speech, call_minutes, minutes, seconds, shortened
from parvis_notifications.outgoing.twilio_signing import TwilioSigning
from parvis_notifications.outgoing.twilio_voice import LONGEST_TWIML, twiml
from parvis_notifications.outgoing.voice import Call
from parvis_notifications.service.alert_speech import alert_speech
from parvis_notifications.voice_settings import VoiceProviderSettings

KEYS = "https://town.example/v1/alert-calls/first/keys?t=x&y"


def provider(**changes: str) -> VoiceProviderSettings:
    given = {"name": "first", "account": "AC1", "secret": "12345", "sender": "+33199001234"} | changes
    return VoiceProviderSettings.model_validate(given)


def test_whole_sentences_are_kept_and_a_long_one_loses_its_last_words() -> None:
    assert shortened("Un. Deux !  Trois ?", 1) == "Un. Deux !"
    assert shortened("Un.\n\nDeux.", 60) == "Un. Deux."
    long = "mot " * 100
    assert shortened(long, 2) == ("mot " * 7).strip()
    assert len(shortened("x" * 100, 2)) == 2 * CHARACTERS_A_SECOND


@pytest.mark.parametrize(("spoken", "paid"), [(0, 0), (1, 1), (60, 1), (61, 2)])
def test_begun_minutes_are_paid(spoken: int, paid: int) -> None:
    assert minutes(spoken) == paid


def test_a_call_is_paid_for_the_text_twice_and_the_keys() -> None:
    speech = Speech("fr", "x" * CHARACTERS_A_SECOND * 25, "y" * CHARACTERS_A_SECOND * 11)
    assert (seconds(speech.text), call_minutes(speech)) == (25, 2)


@given(text=st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=6_000))
def test_what_is_said_is_well_formed_and_fits_whatever_the_words(text: str) -> None:
    speech = alert_speech("fr", {"subject": "Crue", "body": text}, "Ville <& fils>", "Quais", exercise=True)
    made = twiml(Call("+33612345678", speech, KEYS, KEYS))
    assert len(made) <= LONGEST_TWIML
    (gather,) = ET.fromstring(made)  # noqa: S314 - ours
    assert gather.get("action") == KEYS
    said = [each.text for each in gather if each.tag == "Say"]
    assert said[0] == said[1]
    assert said[2] == speech.keys


def test_a_signature_holds_for_its_address_and_fields_alone() -> None:
    # The example of https://www.twilio.com/docs/usage/security#validating-requests.
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    signed, signing = "RSOYDt4T1cUTdK1PDd93/VVr8B8=", TwilioSigning(provider().signing)
    assert signing.signed(url, fields, signed)
    assert not signing.signed(url + "3", fields, signed)
    assert not signing.signed(url, fields | {"Digits": "1"}, signed)
    assert not signing.signed(url, fields, "é")
    other = b64encode(digest(b"54321", url.encode(), "sha1")).decode()
    assert not signing.signed(url, {}, other)


def test_a_provider_needs_an_address_and_a_number() -> None:
    for wrong in ({"url": "ftp://calls.example"}, {"url": "https://"}, {"sender": "Ville"}):
        with pytest.raises(ValueError, match=r"."):
            provider(**wrong)
