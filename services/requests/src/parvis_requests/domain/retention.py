# SPDX-License-Identifier: EUPL-1.2
"""For how long a request is kept once it has ended (article 5, paragraph 1, e of the GDPR).

The period (*durée d'utilité administrative*) is that of the version of the type that the request was filed with. It
counts from day to day, as other periods in months do, and ends with its last day in Paris.
"""

from datetime import datetime

from parvis_requests.domain.calendar import add_months, day_of, end_of


def due_at(ended_at: datetime, months: int) -> datetime:
    """The instant from which a request that ended then is kept no longer."""
    return end_of(add_months(day_of(ended_at), months))
