/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The loss against the load: a point for each load, on an axis that shows small losses; no loss at
 * all lies on its bottom line. Vertical lines are what was found.
 */

#include "client/gen/loads.h"
#include "client/gen/report.h"
#include "client/gnuplot.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const double floor_percent = 1e-6;

static const char setup[] =
	"set terminal svg size 1000,520 noenhanced font 'sans,12' background '#ffffff'\n"
	"set output '%s'\n"
	"set title \"Loss against load, frames of %.0f bytes\\n%s\"\n"
	"set xlabel 'load, millions of frames a second'\n"
	"set ylabel 'lost, %%'\n"
	"set grid lc '#dddddd'\n"
	"set logscale y\n"
	"set yrange [%g:100]\n"
	"set xrange [0:*]\n"
	"set offsets 0, graph 0.06, 0, 0\n"
	"set ytics ('none' %g, '0.0001' 1e-4, '0.001' 1e-3, '0.01' 0.01, '0.1' 0.1, '1' 1, '10' "
	"10, "
	"'100' 100)\n"
	"set key top left\n";

static void write_lines(FILE *to, const struct search *s)
{
	char name[24];

	for (unsigned g = 0; g < s->settings.goals_n; g++) {
		struct search_result f = search_result(s, g);

		if (!f.has_lower)
			continue;
		fprintf(to,
			"set arrow from %.6f,%g to %.6f,100 nohead lw 1.5 dt %u lc '%s'\n"
			"set label '%s%s %.3f M/s' at %.6f,%g rotate by 90 right offset -0.7,0\n",
			f.lower / 1e6, floor_percent, f.lower / 1e6, g + 1,
			g == 0 ? "#2b7a78" : "#c06030", goal_name(f.goal, name),
			f.at_least ? " at least" : "", f.lower / 1e6, f.lower / 1e6, 60.0);
	}
}

static void write_points(FILE *to, const struct search *s)
{
	struct load loads[SEARCH_TRIALS_MAX];
	unsigned n = loads_of(s, loads);

	fprintf(to, "$loads << EOD\n");
	for (unsigned i = 0; i < n; i++) {
		double percent = loads[i].offered > 0
					 ? 100 * (double)loads[i].lost / (double)loads[i].offered
					 : 0;

		fprintf(to, "%.6f %g\n", loads[i].rate / 1e6, fmax(percent, floor_percent));
	}
	fprintf(to, "EOD\n");
}

int plot_search(const struct report *r, const char *file)
{
	FILE *to = gnuplot_begin(file);

	if (to == NULL)
		return -EINVAL;
	fprintf(to, setup, file, r->frame_bytes, r->machine.processor, floor_percent,
		floor_percent);
	write_points(to, r->search);
	write_lines(to, r->search);
	fprintf(to, "plot $loads using 1:2 with linespoints pt 7 ps 0.6 lc '#17252a' title "
		    "'trials that count'\n");
	return gnuplot_end(to, file);
}
