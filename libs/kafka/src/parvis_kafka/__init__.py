# SPDX-License-Identifier: EUPL-1.2
"""How services reach Kafka and are let in."""
