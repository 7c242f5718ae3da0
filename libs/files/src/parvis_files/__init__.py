# SPDX-License-Identifier: EUPL-1.2
"""Files of others: known by their content, cleaned, looked at, and bounded while they come in."""
