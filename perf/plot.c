/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Bars of ticks over the base with error bars over the middle half, a panel a way to measure.
 */

#include "client/gnuplot.h"
#include "perf/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { PANELS_MAX = 8 };

enum { WIDTH = 1000, TOP = 60, ROW = 24, AROUND = 64 }; // pixels; around the rows of a panel

static const char setup[] =
	"set terminal svg size %u,%u noenhanced font 'sans,12' background '#ffffff'\n"
	"set output '%s'\n"
	"set multiplot title \"Ticks of the TSC a datagram, over the base; middle half\\n%s, TSC "
	"%.0f MHz\"\n"
	"set style fill solid 0.7 noborder\n"
	"set grid xtics lc '#dddddd'\n"
	"set lmargin 52\n"
	"set rmargin 6\n"
	"set xrange [0:*]\n"
	"set offsets 0, graph 0.06, 0, 0\n"
	"set ytics scale 0\n"
	"unset key\n"
	"set bars 0.4\n";

/* Horizontal bars, for the names are long. */
static const char panel[] =
	"set size 1,%.4f\n"
	"set origin 0,%.4f\n"
	"set title '%s' offset 0,-0.6\n"
	"set yrange [%u.5:-0.5]\n"
	"plot $rows%u using (0):0:(0):2:($0-0.32):($0+0.32):ytic(1) with boxxyerror lc '#2b7a78', "
	"'' using 2:0:3:4 with xerrorbars pt 0 lc '#17252a', "
	"'' using 4:0:(sprintf('  %%.1f', $2)) with labels left\n";

static bool shown(const struct report_row *row, const char *group)
{
	return strcmp(row->group, group) == 0 && row->skipped[0] == '\0';
}

/* One data block a group: name, median, low, high. Returns how many rows it has. */
static unsigned write_rows(FILE *to, const struct report *r, const char *group, unsigned number)
{
	unsigned n = 0;

	fprintf(to, "$rows%u << EOD\n", number);
	for (unsigned i = 0; i < r->n; i++) {
		const struct report_row *row = &r->rows[i];
		const struct spread *s = row->whole ? &row->of_all : &row->over;

		if (!shown(row, group))
			continue;
		fprintf(to, "\"%s", row->name);
		if (row->buffers > 0)
			fprintf(to, ", %u buffers", row->buffers);
		if (row->workers > 1)
			fprintf(to, ", %u workers", row->workers);
		if (row->disturbed)
			fprintf(to, " (disturbed)");
		fprintf(to, "\" %.3f %.3f %.3f\n", s->median, s->low, s->high);
		n++;
	}
	fprintf(to, "EOD\n");
	return n;
}

struct panels {
	unsigned n;
	unsigned height; // of the plot
	struct panel {
		const char *group;
		unsigned rows;
	} of[PANELS_MAX];
};

static void write_data(FILE *to, const struct report *r, struct panels *p)
{
	p->height = TOP;
	for (unsigned i = 0; i < r->n && p->n < PANELS_MAX; i++) {
		const char *group = r->rows[i].group;

		if (!shown(&r->rows[i], group) ||
			(p->n > 0 && strcmp(p->of[p->n - 1].group, group) == 0))
			continue;
		p->of[p->n] = (struct panel){group, write_rows(to, r, group, p->n)};
		p->height += AROUND + ROW * p->of[p->n++].rows;
	}
}

static void write_script(FILE *to, const struct report *r, const char *file)
{
	struct panels p = {0};

	write_data(to, r, &p);
	fprintf(to, setup, WIDTH, p.height, file, r->machine.processor, r->machine.tsc_hz / 1e6);
	for (unsigned i = 0, y = TOP; i < p.n; i++) {
		unsigned height = AROUND + ROW * p.of[i].rows;

		y += height;
		fprintf(to, panel, (double)height / p.height, 1 - (double)y / p.height,
			report_title(p.of[i].group), p.of[i].rows - 1, i);
	}
	fprintf(to, "unset multiplot\n");
}

int plot_write(const struct report *r, const char *file)
{
	FILE *to = gnuplot_begin(file);

	if (to == NULL)
		return -EINVAL;
	write_script(to, r, file);
	return gnuplot_end(to, file);
}
