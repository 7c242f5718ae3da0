# SPDX-License-Identifier: EUPL-1.2
"""Settings of the providers of text messages."""

import re
from hmac import compare_digest
from typing import Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

# SMPP 3.4 section 4.1.5, without the octet that ends each.
_SYSTEM_ID: Final = 15
_SMPP_PASSWORD: Final = 8
_OVH: Final = "https://eu.api.ovh.com"
_HOOK_KEY: Final = re.compile(r"[A-Za-z0-9_-]{24,100}")


class SmsProviderSettings(BaseModel):
    """One provider of text messages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$", description="The town's own word for it: shown with attempts")
    kind: Literal["twilio", "smpp", "ovh"] = Field(
        description="The protocol: `twilio` is its REST API, which others serve as well; `smpp` is SMPP 3.4; `ovh` is"
        " version 1.0 of OVHcloud's API"
    )
    url: str = Field(
        default="https://api.twilio.com",
        description="Address without a path; with `smpp` smpps://host:port (TLS), or smpp:// in a private network;"
        " with `ovh` https://eu.api.ovh.com where none is given",
    )
    account: str = Field(
        min_length=1,
        description="Account SID, or a key's; with `smpp` the system_id, with `ovh` the service, such as sms-ab12345-1",
    )
    secret: SecretStr = Field(
        description="Its token, or the key's secret; with `smpp` the password, of 8 characters, with `ovh` the"
        " application's secret"
    )
    application_key: str = Field(default="", description="With `ovh`: the application's key")
    consumer_key: SecretStr = Field(
        default=SecretStr(""),
        description="With `ovh`: the key of who let the application GET and POST below /sms/<service>",
    )
    signing_secret: SecretStr | None = Field(
        default=None,
        description="With `twilio`: the account's token, with which text messages that come in are signed, where"
        " `secret` is a key's; with `ovh` what stands at the end of the address at which it tells of receipts, at"
        " least 24 letters, digits, - and _",
    )
    sender: str = Field(min_length=1, max_length=20, description="A number, or at most 11 letters and digits")
    answerable: bool = Field(
        default=False,
        description="With `ovh`: send from a short number of theirs in the place of `sender`, to which people in France"
        " answer within 48 hours",
    )
    collectivity: str = Field(
        default="",
        pattern=r"^([a-z][a-z0-9-]{1,31})?$",
        description="With `ovh`: short name of the town to which people answer, whose messages alone are answerable"
        " then; empty: answers are not fetched",
    )
    segment_millicents: int = Field(
        default=0,
        ge=0,
        description="Thousandths of a eurocent that a segment costs, where the provider does not say; with `ovh` a"
        " credit",
    )
    per_second: float = Field(default=10, gt=0, le=10_000, description="Messages a second that the contract allows")
    window: int = Field(default=10, ge=1, le=200, description="With `smpp`: requests under way at a time")

    @model_validator(mode="before")
    @classmethod
    def _where_it_is(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("kind") == "ovh":
            return {"url": _OVH} | values
        return values

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        if self.kind != "ovh":
            return self
        if not self.application_key or not self.consumer_key.get_secret_value():
            raise ValueError("with OVHcloud an application has a key, and the key of who let it send")
        if self.signing_secret and not _HOOK_KEY.fullmatch(self.signing_secret.get_secret_value()):
            raise ValueError("what ends the address of receipts has at least 24 letters, digits, - and _")
        return self

    @model_validator(mode="after")
    def _fits_its_protocol(self) -> Self:
        scheme = urlsplit(self.url).scheme
        if self.kind != "smpp":
            return self
        if scheme not in {"smpp", "smpps"} or not urlsplit(self.url).hostname:
            raise ValueError("an SMPP provider has an address of smpp:// or smpps://")
        if len(self.account) > _SYSTEM_ID or len(self.secret.get_secret_value()) > _SMPP_PASSWORD:
            raise ValueError("SMPP 3.4 has room for 15 characters of system_id and 8 of password")
        return self

    @property
    def signing(self) -> SecretStr | None:
        """With what it signs what it brings; None where it brings nothing by HTTP."""
        return self.signing_secret or self.secret if self.kind == "twilio" else None

    def rings_with(self, key: str) -> bool:
        """Whether the address at which OVHcloud tells of receipts ends so."""
        if self.kind != "ovh" or self.signing_secret is None:
            return False
        return compare_digest(self.signing_secret.get_secret_value().encode(), key.encode("utf-8", "replace"))
