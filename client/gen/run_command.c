/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* `uproar-gen run`: a rate, kept. */

#include "client/command.h"
#include "client/gen/command.h"

#include <errno.h>

static const double without_end = 10 * 365 * 86400.0; // seconds

int gen_run(const struct bench *b, struct report *r)
{
	static struct trial t;
	const struct gen_options *o = r->options;
	double seconds = o->seconds > 0 ? o->seconds : without_end;
	int ret = trial_run(b, o->rate, seconds, table_progress, r, &t);

	table_progress_end();
	if (ret < 0 && ret != -EINTR && ret != -ERANGE)
		return EXIT_FAILED;
	r->trials = &t;
	r->ceiling = t.sent.ceiling;
	if (t.sent.sum.tally.frames > 0)
		r->frame_bytes = (double)t.sent.sum.tally.bytes / (double)t.sent.sum.tally.frames;
	(o->json ? json_run : table_run)(r);
	return ret == -ERANGE ? EXIT_FAILED : EXIT_OK;
}
