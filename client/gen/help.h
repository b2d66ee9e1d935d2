/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#ifndef CLIENT_GEN_HELP_H
#define CLIENT_GEN_HELP_H

/* The text of --help. */
void gen_help_print(void);

#endif
