/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * `uproar stats --watch`: the statistics as one screen, in the manner of testpmd and top. What does
 * not fit is left out from below.
 */
#ifndef CLIENT_STATS_SCREEN_H
#define CLIENT_STATS_SCREEN_H

#include "client/crowd/screen.h"
#include "client/stats_sample.h"

/* trouble: why the figures are old; "": they are not. */
void stats_screen_draw(struct screen *screen, const struct stats_samples *s, const char *trouble);

#endif
