/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/host_report.h"

#include <jansson.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { NAME_WIDTH = 14, VERDICT_WIDTH = 16, WIDTH_MIN = 60, WIDTH_MAX = 110 };

static const char *colour_of(enum host_verdict verdict)
{
	static const char *const colours[] = {
		[HOST_READY] = "\033[32m",
		[HOST_NOT_APPLICABLE] = "\033[2m",
		[HOST_ADVICE] = "\033[36m",
		[HOST_TODO] = "\033[33m",
		[HOST_BY_HAND] = "\033[33m",
		[HOST_REFUSED] = "\033[31m",
	};

	return colours[verdict];
}

static int width_of(FILE *to)
{
	struct winsize size;

	if (ioctl(fileno(to), TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return WIDTH_MAX;
	return size.ws_col < WIDTH_MIN   ? WIDTH_MIN
	       : size.ws_col > WIDTH_MAX ? WIDTH_MAX
					 : size.ws_col;
}

/* A sentence in lines that do not reach beyond the width, each begun below the first. */
static void print_wrapped(FILE *to, const char *text, int width)
{
	const int indent = NAME_WIDTH + VERDICT_WIDTH;
	int column = indent;

	while (*text != '\0') {
		int len = (int)strcspn(text, " ");

		if (column > indent && column + 1 + len > width) {
			fprintf(to, "\n%*s", indent, "");
			column = indent;
		} else if (column > indent) {
			fputc(' ', to);
			column++;
		}
		fprintf(to, "%.*s", len, text);
		column += len;
		text += len + (text[len] == ' ');
	}
	fputc('\n', to);
}

/* Commands stay whole, however long: they are copied. */
static void print_lines(FILE *to, const char *what, const char *lines)
{
	for (const char *at = lines; *at != '\0';) {
		int len = (int)strcspn(at, "\n");

		fprintf(to, "%*s%-9s %.*s\n", NAME_WIDTH, "", at == lines ? what : "", len, at);
		at += len + (at[len] == '\n');
	}
}

static void print_one(FILE *to, const struct host_report_stage *s, bool colours, int width)
{
	const struct host_finding *f = &s->finding;

	fprintf(to, "%-*s%s%-*s%s", NAME_WIDTH, host_stages[s->stage].name,
		colours ? colour_of(f->verdict) : "", VERDICT_WIDTH, host_verdict_name(f->verdict),
		colours ? "\033[0m" : "");
	print_wrapped(to, f->said, width);
	print_lines(to, "mend", f->mend);
	print_lines(to, "for good", f->lasting);
}

unsigned host_report_open(const struct host_report_stage *stages, unsigned n)
{
	unsigned open = 0;

	for (unsigned i = 0; i < n; i++)
		open += host_verdict_is_open(stages[i].finding.verdict);
	return open;
}

void host_report_print(FILE *to, const struct host_report_stage *stages, unsigned n)
{
	bool colours = isatty(fileno(to));
	int width = width_of(to);
	unsigned open = host_report_open(stages, n);

	for (unsigned i = 0; i < n; i++)
		print_one(to, &stages[i], colours, width);
	if (open == 0)
		fprintf(to, "\nThis host is ready.\n");
	else
		fprintf(to, "\n%u of %u stages have something to do.\n", open, n);
}

static json_t *lines_json(const char *lines)
{
	json_t *list = json_array();

	for (const char *at = lines; *at != '\0';) {
		size_t len = strcspn(at, "\n");

		json_array_append_new(list, json_stringn(at, len));
		at += len + (at[len] == '\n');
	}
	return list;
}

void host_report_json(FILE *to, const struct host_report_stage *stages, unsigned n)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < n; i++) {
		const struct host_finding *f = &stages[i].finding;

		json_array_append_new(
			list, json_pack("{s:s, s:s, s:b, s:s, s:o, s:o}", "stage",
				      host_stages[stages[i].stage].name, "verdict",
				      host_verdict_name(f->verdict), "open",
				      host_verdict_is_open(f->verdict), "said", f->said, "mend",
				      lines_json(f->mend), "for_good", lines_json(f->lasting)));
	}
	json_t *root =
		json_pack("{s:b, s:o}", "ready", host_report_open(stages, n) == 0, "stages", list);
	json_dumpf(root, to, JSON_COMPACT);
	fputc('\n', to);
	json_decref(root);
}
