# SPDX-License-Identifier: EUPL-1.2
"""The pages for developers: what the contracts say, readable; no JavaScript, nothing from elsewhere."""
