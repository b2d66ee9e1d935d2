/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* What was measured, and on what: as tables while it comes, as JSON, as a plot. */
#ifndef CLIENT_GEN_REPORT_H
#define CLIENT_GEN_REPORT_H

#include "client/device/machine.h"
#include "client/gen/options.h"
#include "client/gen/trial.h"

struct report {
	const struct gen_options *options;
	struct machine machine;
	const char *driver;
	double frame_bytes; // on average, without the frame check; 0: nothing was sent yet
	double ceiling;     // frames a second that the generator can make and hand over; 0: unknown
	const struct search *search; // NULL: a run
	const struct trial *trials;  // beside those of the search, or the one of a run
	const char *cut_short;       // why the search has not ended by itself, or NULL
};

/* table.c */
void table_heading(const struct report *r);
void table_progress(void *report, const struct crew_progress *now); // a line drawn again and again
void table_progress_end(void);
void table_run(const struct report *r);
void table_ceiling(const struct report *r);
void table_trial(const struct report *r, unsigned i);
void table_results(const struct report *r);

/* json.c: one object on standard output. */
void json_run(const struct report *r);
void json_search(const struct report *r);

/* plot.c: an SVG made by gnuplot. 0, or -errno after a complaint. */
int plot_search(const struct report *r, const char *file);

/* "NDR", or "PDR 0.5 %". Returns out. */
const char *goal_name(double goal, char out[24]);

/* "12.345M", for people. Returns out. */
const char *rate_text(double rate, char out[24]);

#endif
