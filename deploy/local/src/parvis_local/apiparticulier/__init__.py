# SPDX-License-Identifier: EUPL-1.2
"""A look-alike of API Particulier: the *quotient familial* of a few invented people, by their civil status."""
