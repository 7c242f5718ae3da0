# SPDX-License-Identifier: EUPL-1.2
"""Settings of the providers of text messages."""

from typing import Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

# SMPP 3.4 section 4.1.5, without the octet that ends each.
_SYSTEM_ID: Final = 15
_SMPP_PASSWORD: Final = 8


class SmsProviderSettings(BaseModel):
    """One provider of text messages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$", description="The town's own word for it: shown with attempts")
    kind: Literal["twilio", "smpp"] = Field(
        description="The protocol: `twilio` is its REST API, which others serve as well; `smpp` is SMPP 3.4"
    )
    url: str = Field(
        default="https://api.twilio.com",
        description="Address without a path; with `smpp` smpps://host:port (TLS), or smpp:// in a private network",
    )
    account: str = Field(min_length=1, description="Account SID, or a key's; with `smpp` the system_id")
    secret: SecretStr = Field(description="Its token, or the key's secret; with `smpp` the password, of 8 characters")
    signing_secret: SecretStr | None = Field(
        default=None,
        description="With `twilio`: the account's token, with which text messages that come in are signed, where"
        " `secret` is a key's",
    )
    sender: str = Field(min_length=1, max_length=20, description="A number, or at most 11 letters and digits")
    segment_millicents: int = Field(
        default=0, ge=0, description="Thousandths of a eurocent that a segment costs, where the provider does not say"
    )
    per_second: float = Field(default=10, gt=0, le=10_000, description="Messages a second that the contract allows")
    window: int = Field(default=10, ge=1, le=200, description="With `smpp`: requests under way at a time")

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
        return None if self.kind == "smpp" else self.signing_secret or self.secret
