# SPDX-License-Identifier: EUPL-1.2
"""When an address counts as dead, and for how long."""

from datetime import timedelta
from typing import Final

FAILURES: Final = 3
"""So many failures for good where nobody said that there is no such address, each within MEMORY of the one before."""
MEMORY: Final = timedelta(days=90)
REST: Final = timedelta(days=180)
"""After which one that goes to many tries it again: mailboxes come back, numbers are given to others."""
