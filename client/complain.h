/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Words for the person at the terminal: "uproar: what is wrong", one line on standard error. */
#ifndef CLIENT_COMPLAIN_H
#define CLIENT_COMPLAIN_H

/* Thread-safe. */
__attribute__((format(printf, 1, 2))) void complain(const char *format, ...);

/*
 * While something is drawn on the terminal a line in between would spoil it, and be drawn over:
 * from complain_hold() to complain_release() complaints are kept, and then said. Of more than there
 * is room for, the first ones.
 */
void complain_hold(void);
void complain_release(void);

#endif
