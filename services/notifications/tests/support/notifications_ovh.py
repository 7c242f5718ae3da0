# SPDX-License-Identifier: EUPL-1.2
"""A service of OVHcloud's SMS on loopback, and the settings by which the service is its sender."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from notifications_served import served

from parvis_local.smssink.faults import Fault
from parvis_local.smssink.ovh import Keys, OvhService
from parvis_local.smssink.store import Text, TextStore
from parvis_notifications.sms_settings import SmsProviderSettings

KEYS = Keys("application", "secret-of-the-application", "consumer")
RECEIPTS_KEY = "k" * 32


@dataclass
class OvhProvider:
    """The local stack's simulator; the faults come one after the other, then all goes well. It counts its jobs."""

    name: str
    store: TextStore = field(default_factory=TextStore)
    faults: list[Fault | None] = field(default_factory=list)
    asked: int = 0
    url: str = ""
    service: OvhService | None = None

    def fault(self, _number: str) -> Fault | None:
        self.asked += 1
        return self.faults.pop(0) if self.faults else None

    def texts(self) -> list[Text]:
        return self.store.newest(None, 1_000)

    def settle(self) -> None:
        """As if the time had passed in which messages arrive."""
        for text in self.texts():
            text.taken_at -= 10

    def settings(self, **changes: Any) -> SmsProviderSettings:
        values = {
            "name": self.name,
            "kind": "ovh",
            "url": self.url,
            "account": "sms-ab12345-1",
            "secret": KEYS.secret,
            "application_key": KEYS.application,
            "consumer_key": KEYS.consumer,
            "signing_secret": RECEIPTS_KEY,
            "sender": "Ville",
            "segment_millicents": 6_000,
            "per_second": 1_000,
        }
        return SmsProviderSettings.model_validate(values | changes)


@contextmanager
def ovh_provider(name: str) -> Iterator[OvhProvider]:
    provider = OvhProvider(name)

    def routes(url: str) -> Any:
        provider.service = OvhService(provider.store, "sms-ab12345-1", KEYS, url, provider.fault)
        return provider.service.routes()

    with served(routes) as provider.url:
        yield provider
