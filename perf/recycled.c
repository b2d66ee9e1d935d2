/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What counting costs: the worker's own burst function over recycled packet buffers, against
 * touching them (receive, read the first line of each frame, free). By one worker for all cases,
 * and for some by as many as there are cores.
 */

#include "perf/bench.h"
#include "perf/lanes.h"

#include <errno.h>

static const double seconds = 1.5; // a row

static int measure(struct bench *b, const char *group, const struct bench_case *c, unsigned workers)
{
	static struct lanes lanes;
	static struct samples samples;
	double touch, count;
	int ret = lanes_open(&lanes, c, workers);

	if (ret < 0)
		return ret;
	lanes_sample(&lanes, &touch, &count); // to warm up
	samples_begin(&samples, bench_seconds(b, seconds), 0);
	while (samples_wanted(&samples)) {
		lanes_sample(&lanes, &touch, &count);
		samples_add(&samples, touch, count);
	}
	samples_end(&samples);
	ret = rig_accepted_all(&lanes.rig) ? 0 : -EPROTO;
	lanes_close(&lanes);
	if (ret == 0) {
		struct report_row row = report_row(group, c->name, "touch");

		row.buffers = c->buffers;
		row.workers = workers;
		row.ordinary = lanes.rig.ordinary;
		report_add(&b->report, row, &samples);
	}
	return ret;
}

int recycled_run(struct bench *b)
{
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < bench_cases_n; i++) {
		const struct bench_case *c = &bench_cases[i];

		if ((c->by & BY_RECYCLED) == 0)
			continue;
		if (c->frames.ticket && !ticket_supported())
			report_skip(&b->report, report_row("recycled", c->name, "touch"),
				"the processor has no AES instructions");
		else
			ret = measure(b, "recycled", c, 1);
	}
	return ret;
}

/* One worker once more, beside the others in time. */
static int one_and_all(struct bench *b, const struct bench_case *c)
{
	int ret = measure(b, "workers", c, 1);

	if (ret < 0)
		return ret;
	if (b->cpus.n > 1)
		return measure(b, "workers", c, b->cpus.n);
	struct report_row row = report_row("workers", c->name, "touch");
	row.buffers = c->buffers;
	row.workers = 2;
	report_skip(&b->report, row, "there is one CPU for this process");
	return 0;
}

int workers_run(struct bench *b)
{
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < bench_cases_n; i++) {
		if ((bench_cases[i].by & BY_WORKERS) != 0)
			ret = one_and_all(b, &bench_cases[i]);
	}
	return ret;
}
