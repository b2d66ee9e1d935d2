/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Words for the person at the terminal: "uproar: what is wrong", one line on standard error. */
#ifndef CLIENT_COMPLAIN_H
#define CLIENT_COMPLAIN_H

__attribute__((format(printf, 1, 2))) void complain(const char *format, ...);

#endif
