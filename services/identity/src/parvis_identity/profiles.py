# SPDX-License-Identifier: EUPL-1.2
"""The use cases of people's own profiles, each with what it needs."""

from dataclasses import dataclass

from parvis_identity.accounts import letters_of
from parvis_identity.domain.phone_code import country_codes
from parvis_identity.service.change_email import ChangeEmail
from parvis_identity.service.change_profile import ChangeProfile
from parvis_identity.service.confirm_phone import ConfirmPhone
from parvis_identity.service.postal_addresses import PostalAddresses
from parvis_identity.service.throttle import Throttle
from parvis_identity.service.verify_phone import VerifyPhone
from parvis_identity.settings import Settings
from parvis_kit.runtime import Runtime
from parvis_kit.web.idempotency import Idempotency


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiles:
    """What routes call."""

    change_profile: ChangeProfile
    change_email: ChangeEmail
    addresses: PostalAddresses
    verify_phone: VerifyPhone
    confirm_phone: ConfirmPhone
    idempotency: Idempotency


def assemble_profiles(runtime: Runtime[Settings]) -> Profiles:
    """The parts of one process."""
    database, master, persons, index = runtime.database, runtime.master, runtime.persons, runtime.blind_index
    throttle = Throttle(database, master)
    return Profiles(
        change_profile=ChangeProfile(database, persons, index),
        change_email=ChangeEmail(database, master, persons, index, letters_of(runtime), throttle),
        addresses=PostalAddresses(database, persons, index),
        verify_phone=VerifyPhone(database, persons, index),
        confirm_phone=_confirm_phone(runtime, throttle),
        idempotency=runtime.idempotency,
    )


def _confirm_phone(runtime: Runtime[Settings], throttle: Throttle) -> ConfirmPhone:
    settings = runtime.settings
    return ConfirmPhone(
        runtime.database,
        runtime.persons,
        runtime.blind_index,
        throttle,
        offered=settings.text_messages,
        countries=country_codes(settings.text_message_countries),
        per_hour=settings.text_messages_per_hour,
    )
