# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""The tables, one a protocol: rows(world) with the statements, and how the server's bytes are read."""
