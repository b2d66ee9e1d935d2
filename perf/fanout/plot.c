/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Bars of the cost of a delivery over that of the floor, a panel a number of subscribers, with
 * error bars over the middle half.
 */

#include "client/gnuplot.h"
#include "perf/fanout/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { PANELS_MAX = 16 };

enum { WIDTH = 1000, TOP = 60, ROW = 24, AROUND = 64 }; // pixels; around the rows of a panel

static const char setup[] =
	"set terminal svg size %u,%u noenhanced font 'sans,12' background '#ffffff'\n"
	"set output '%s'\n"
	"set multiplot title \"A delivery at saturation, times the send() loop; middle "
	"half\\n%s\"\n"
	"set style fill solid 0.7 noborder\n"
	"set grid xtics lc '#dddddd'\n"
	"set lmargin 32\n"
	"set rmargin 6\n"
	"set xrange [0:*]\n"
	"set offsets 0, graph 0.06, 0, 0\n"
	"set ytics scale 0\n"
	"unset key\n"
	"set bars 0.4\n";

static const char panel[] =
	"set size 1,%.4f\n"
	"set origin 0,%.4f\n"
	"set title '%u subscribers' offset 0,-0.6\n"
	"set yrange [%u.5:-0.5]\n"
	"plot $rows%u using (0):0:(0):2:($0-0.32):($0+0.32):ytic(1) with boxxyerror lc '#2b7a78', "
	"'' using 2:0:3:4 with xerrorbars pt 0 lc '#17252a', "
	"'' using 4:0:(sprintf('  %%.2f', $2)) with labels left\n";

struct panels {
	unsigned n, height;
	struct panel {
		unsigned subscribers, rows;
	} of[PANELS_MAX];
};

static unsigned write_rows(
	FILE *to, const struct fanout_report *r, unsigned subscribers, unsigned number)
{
	unsigned n = 0;

	fprintf(to, "$rows%u << EOD\n", number);
	for (unsigned i = 0; i < r->n; i++) {
		const struct fanout_row *row = &r->rows[i];
		struct figure f = row_figure(row, M_WALL_X);

		if (row->subscribers != subscribers || !row_has(row, M_WALL_X))
			continue;
		fprintf(to, "\"%s%s\" %.4f %.4f %.4f\n", row->name,
			row->disturbed ? " (disturbed)" : "", f.median, f.low, f.high);
		n++;
	}
	fprintf(to, "EOD\n");
	return n;
}

static void write_data(FILE *to, const struct fanout_report *r, struct panels *p)
{
	p->height = TOP;
	for (unsigned i = 0; i < r->n && p->n < PANELS_MAX; i++) {
		unsigned subscribers = r->rows[i].subscribers;

		if (!row_has(&r->rows[i], M_WALL_X) ||
			(p->n > 0 && p->of[p->n - 1].subscribers == subscribers))
			continue;
		p->of[p->n] = (struct panel){subscribers, write_rows(to, r, subscribers, p->n)};
		p->height += AROUND + ROW * p->of[p->n++].rows;
	}
}

static void write_script(FILE *to, const struct fanout_report *r, const char *file)
{
	struct panels p = {0};

	write_data(to, r, &p);
	fprintf(to, setup, WIDTH, p.height, file, r->machine.processor);
	for (unsigned i = 0, y = TOP; i < p.n; i++) {
		unsigned height = AROUND + ROW * p.of[i].rows;

		y += height;
		fprintf(to, panel, (double)height / p.height, 1 - (double)y / p.height,
			p.of[i].subscribers, p.of[i].rows - 1, i);
	}
	fprintf(to, "unset multiplot\n");
}

int fanout_plot(const struct fanout_report *r, const char *file)
{
	FILE *to = gnuplot_begin(file);

	if (to == NULL)
		return -EINVAL;
	write_script(to, r, file);
	return gnuplot_end(to, file);
}
