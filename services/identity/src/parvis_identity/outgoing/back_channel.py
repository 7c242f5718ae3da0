# SPDX-License-Identifier: EUPL-1.2
"""Posting to the clients' own addresses: no answer is read."""

from parvis_outside.client import FAILURES, NotSentError, Outside


class BackChannel:
    """Posts to outside."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    async def post(self, url: str, form: dict[str, str]) -> str | None:
        """Send the form; None when the client took it, else what happened, for the log."""
        try:
            async with self._outside.stream("POST", url, data=form) as answer:
                return None if answer.is_success else f"status {answer.status_code}"
        except NotSentError as error:
            return str(error)
        except FAILURES as error:
            return type(error).__name__
