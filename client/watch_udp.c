/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/watch_udp.h"

#include "client/command.h"
#include "client/complain.h"
#include "client/mood_line.h"
#include "client/udp_feed.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum {
	PATIENCE = 3, // questions in a row, with --once
	JSON_MAX = 1 << 16,
};

struct printer {
	const struct watch_udp *w;
	uint64_t left; // frames until the end
	char *labels[WIRE_REACTIONS_MAX];
};

/* "name":"fire","emoji":"🔥", as frame_encode_json() wants it. */
static char *make_label(const struct catalogue_reaction *r)
{
	json_t *object = json_pack("{s:s, s:s}", "name", r->name, "emoji", r->emoji);
	char *text = object != NULL ? json_dumps(object, JSON_COMPACT) : NULL;

	json_decref(object);
	if (text == NULL)
		return NULL;
	size_t len = strlen(text);
	memmove(text, text + 1, len - 2);
	text[len - 2] = '\0';
	return text;
}

static void make_labels(struct printer *p, const struct catalogue *c)
{
	for (unsigned i = 0; c != NULL && i < c->reactions; i++)
		p->labels[c->reaction[i].id] = make_label(&c->reaction[i]);
}

static void free_labels(struct printer *p)
{
	for (unsigned i = 0; i < WIRE_REACTIONS_MAX; i++)
		free(p->labels[i]);
}

static void print_json(const struct printer *p, const struct frame *f)
{
	char json[JSON_MAX];

	if (frame_encode_json(f, (const char *const *)p->labels, json, sizeof(json)) != 0)
		puts(json);
}

static int show(void *ctx, const struct frame *f)
{
	struct printer *p = ctx;

	if (p->w->json)
		print_json(p, f);
	else
		mood_print_frame(stdout, p->w->catalogue, f);
	if (fflush(stdout) != 0)
		return -errno;
	return p->w->windows > 0 && --p->left == 0 ? -ECANCELED : 0;
}

/* Says so once for each row of them. */
static void say_unanswered(const struct udp_feed *f, bool once)
{
	char where[ENDPOINT_TEXT_MAX];

	if (f->unanswered == (once ? PATIENCE : 1))
		complain("no answer from UDP %s (%s)%s%s", endpoint_write(&f->from, where),
			f->error == 0 ? "nothing came back" : endpoint_why(f->error),
			f->error == 0 ? endpoint_hint_unanswered(&f->from) : "",
			once ? "" : "; asking again");
}

static int follow(struct udp_feed *f, struct printer *p)
{
	for (;;) {
		struct pollfd fd = udp_feed_poll(f);

		if (poll(&fd, 1, udp_feed_timeout(f)) < 0 && errno != EINTR)
			return -errno;
		int ret = udp_feed_turn(f, fd.fd < 0 ? 0 : fd.revents, show, p);
		if (ret < 0)
			return ret;
		if (ret == 1)
			say_unanswered(f, p->w->once);
		if (p->w->once && f->unanswered == PATIENCE)
			return -ETIMEDOUT;
	}
}

int watch_udp(const struct watch_udp *w)
{
	struct printer p = {.w = w, .left = w->windows * w->n};
	char where[ENDPOINT_TEXT_MAX];
	struct udp_feed f;

	if (udp_feed_init(&f, &w->from, w->session, w->ticket, w->channels, w->n) < 0) {
		complain("no memory for %u channels", w->n);
		return EXIT_FAILED;
	}
	make_labels(&p, w->json ? w->catalogue : NULL);
	int ret = follow(&f, &p);
	if (ret == -EPERM)
		complain("%s refuses: unknown channel %u", endpoint_write(&w->from, where),
			f.channels[f.turn].id);
	free_labels(&p);
	udp_feed_close(&f);
	return ret == -ECANCELED ? EXIT_OK : EXIT_FAILED;
}
