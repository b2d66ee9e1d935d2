/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/complain.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { LINE_MAX_BYTES = 1024, HELD_BYTES = 4096 };

static struct {
	pthread_mutex_t lock;
	bool holding;
	unsigned left_out;
	size_t len;
	char text[HELD_BYTES];
} held = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* The lock is held. */
static void keep(const char *line)
{
	size_t len = strlen(line);

	// one that is left out leaves out all behind it: the first say what led to the others
	if (held.left_out > 0 || len > sizeof(held.text) - held.len) {
		held.left_out++;
		return;
	}
	memcpy(held.text + held.len, line, len);
	held.len += len;
}

void complain(const char *format, ...)
{
	char text[LINE_MAX_BYTES], line[LINE_MAX_BYTES + 64];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	snprintf(line, sizeof(line), "%.60s: %s\n", program_invocation_short_name, text);
	pthread_mutex_lock(&held.lock);
	if (held.holding) {
		keep(line);
	} else {
		fflush(stdout);
		fputs(line, stderr);
	}
	pthread_mutex_unlock(&held.lock);
}

void complain_hold(void)
{
	pthread_mutex_lock(&held.lock);
	held.holding = true;
	pthread_mutex_unlock(&held.lock);
}

void complain_release(void)
{
	pthread_mutex_lock(&held.lock);
	fflush(stdout);
	fwrite(held.text, 1, held.len, stderr);
	if (held.left_out > 0)
		fprintf(stderr, "%s: and %u complaints more\n", program_invocation_short_name,
			held.left_out);
	held.holding = false;
	held.len = 0;
	held.left_out = 0;
	pthread_mutex_unlock(&held.lock);
}
