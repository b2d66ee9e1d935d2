/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/mood_line.h"

#include <inttypes.h>

const char *mood_label(const struct catalogue *catalogue, uint8_t reaction, char scratch[8])
{
	const struct catalogue_reaction *r =
		catalogue == NULL ? NULL : catalogue_reaction(catalogue, reaction);

	if (r != NULL && r->emoji[0] != '\0')
		return r->emoji;
	if (r != NULL && r->name[0] != '\0')
		return r->name;
	snprintf(scratch, 8, "#%u", reaction);
	return scratch;
}

void mood_print_entries(FILE *to, const struct catalogue *catalogue,
	const struct frame_entry *entries, unsigned n, unsigned max)
{
	char scratch[8];

	for (unsigned i = 0; i < n && i < max; i++) {
		fprintf(to, " %s %u%%", mood_label(catalogue, entries[i].reaction, scratch),
			(entries[i].share + FRAME_SHARE_ONE / 200) / (FRAME_SHARE_ONE / 100));
	}
	if (n > max)
		fputs(" …", to);
}

void mood_print_frame(FILE *to, const struct catalogue *catalogue, const struct frame *f)
{
	const struct catalogue_channel *c =
		catalogue == NULL ? NULL : catalogue_channel(catalogue, f->channel);

	fprintf(to, "window %" PRIu32 "  channel %u", f->window, f->channel);
	if (c != NULL && c->name[0] != '\0')
		fprintf(to, " (%s)", c->name);
	fprintf(to, "  taps %" PRIu32, f->taps);
	if (f->reactors > 0)
		fprintf(to, " from about %" PRIu32 " %s", f->reactors,
			f->reactors == 1 ? "person" : "people");
	fprintf(to, "  total %" PRIu64 "  score %+.2f  intensity %.2f ", f->total,
		(double)f->score / FRAME_SHARE_ONE, (double)f->intensity / FRAME_INTENSITY_ONE);
	mood_print_entries(to, catalogue, f->entries, f->n, 8);
	if ((f->flags & FRAME_SURGE) != 0)
		fputs("  surge", to);
	if ((f->flags & FRAME_CLOSED) != 0)
		fputs("  closed", to);
	fputc('\n', to);
}
