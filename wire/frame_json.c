/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Written by hand because it runs for every channel and window: no tree is built, nothing is
 * allocated, names come already escaped.
 */

#include "wire/frame.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct writer {
	char *at;
	char *end; // room for the closing zero included
	bool full;
};

__attribute__((format(printf, 2, 3))) static void put(struct writer *w, const char *format, ...)
{
	va_list args;

	if (w->full)
		return;
	va_start(args, format);
	int n = vsnprintf(w->at, (size_t)(w->end - w->at), format, args);
	va_end(args);
	if (n < 0 || n >= w->end - w->at)
		w->full = true;
	else
		w->at += n;
}

/* value / one as a decimal number, without trailing zeros. one is a power of ten. */
static void put_fraction(struct writer *w, int value, int one)
{
	int whole = abs(value) / one, rest = abs(value) % one;

	put(w, "%s%d", value < 0 ? "-" : "", whole);
	if (rest == 0)
		return;
	put(w, ".");
	while (rest != 0) {
		one /= 10;
		put(w, "%d", rest / one);
		rest %= one;
	}
}

void wire_time(uint64_t unix_ms, char *out)
{
	time_t seconds = (time_t)(unix_ms / 1000);
	struct tm tm = {0};

	gmtime_r(&seconds, &tm);
	snprintf(out, WIRE_TIME_LEN, "%04d-%02d-%02dT%02d:%02d:%02d.%03uZ", tm.tm_year + 1900,
		tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
		(unsigned)(unix_ms % 1000));
}

static void put_entry(struct writer *w, const struct frame_entry *e, const char *label)
{
	put(w, "{\"reaction\":%u,", e->reaction);
	if (label != NULL)
		put(w, "%s,", label);
	put(w, "\"count\":%" PRIu32 ",\"share\":", e->count);
	put_fraction(w, e->share, FRAME_SHARE_ONE);
	put(w, "}");
}

static const char *truth(bool yes)
{
	return yes ? "true" : "false";
}

size_t frame_encode_json(const struct frame *f, const char *const *labels, char *out, size_t cap)
{
	struct writer w = {.at = out, .end = out + cap, .full = cap == 0};
	char ends[WIRE_TIME_LEN];

	wire_time(f->ends, ends);
	put(&w, "{\"channel\":%u,\"window\":%" PRIu32 ",\"ends\":\"%s\"", f->channel, f->window,
		ends);
	put(&w,
		",\"length\":%" PRIu32 ",\"taps\":%" PRIu32 ",\"total\":%" PRIu64
		",\"reactors\":%" PRIu32,
		f->length, f->taps, f->total, f->reactors);
	put(&w, ",\"score\":");
	put_fraction(&w, f->score, FRAME_SHARE_ONE);
	put(&w, ",\"intensity\":");
	put_fraction(&w, f->intensity, FRAME_INTENSITY_ONE);
	put(&w, ",\"surge\":%s,\"closed\":%s,\"entries\":[", truth((f->flags & FRAME_SURGE) != 0),
		truth((f->flags & FRAME_CLOSED) != 0));
	for (unsigned i = 0; i < f->n && i < WIRE_FRAME_ENTRIES_MAX; i++) {
		if (i > 0)
			put(&w, ",");
		put_entry(&w, &f->entries[i], labels[f->entries[i].reaction]);
	}
	put(&w, "]}");
	return w.full ? 0 : (size_t)(w.at - out);
}
