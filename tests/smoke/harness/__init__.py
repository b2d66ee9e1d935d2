# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026 the uproar authors

"""What the smoke tests are made of: one concern a module. See tests/README.md."""
