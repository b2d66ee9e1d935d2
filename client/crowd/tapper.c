/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/crowd/tapper.h"

#include "wire/reaction.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	TEXT_SHARE = 4, // one datagram in so many is text
	TICKET_SECONDS = 365 * 24 * 3600,
};

struct choice {
	unsigned place; // in the catalogue
	uint8_t count;
};

static uint64_t new_session(struct random *chance)
{
	uint64_t session;

	do
		session = random_next(chance) >> 8;
	while (session == 0);
	return session;
}

/* The earlier a channel, the more viewers. */
static unsigned pick_channel(struct random *chance, unsigned n)
{
	double u = random_unit(chance);

	return (unsigned)(u * u * n);
}

int tapper_init(struct tapper *t, const struct catalogue *catalogue, const uint16_t *channels,
	unsigned channel_count, unsigned viewers, uint64_t seed)
{
	t->viewers = calloc(viewers, sizeof(*t->viewers));
	if (t->viewers == NULL)
		return -ENOMEM;
	t->n = viewers;
	t->issuer = NULL;
	t->catalogue = catalogue;
	random_seed(&t->chance, seed);
	palette_make(&t->palette, catalogue);
	for (unsigned i = 0; i < viewers; i++) {
		unsigned place = pick_channel(&t->chance, channel_count);

		t->viewers[i].session = new_session(&t->chance);
		t->viewers[i].channel = channels[place];
		// the first channel is everybody's, the others take sides
		t->viewers[i].side = place == 0 ? random_below(&t->chance, 2) : place & 1;
	}
	return 0;
}

static int issue(const struct tapper *t, struct viewer *v)
{
	const struct ticket ticket = {
		.session = v->session,
		.expires = (uint32_t)(time(NULL) + TICKET_SECONDS),
		.channel = v->channel,
	};

	return ticket_issue(t->issuer, &ticket, v->ticket);
}

int tapper_use_tickets(struct tapper *t, struct ticket_issuer *issuer)
{
	int ret = 0;

	t->issuer = issuer;
	for (unsigned i = 0; i < t->n && ret == 0; i++)
		ret = issue(t, &t->viewers[i]);
	return ret;
}

void tapper_free(struct tapper *t)
{
	free(t->viewers);
	t->viewers = NULL;
}

unsigned tapper_taps(struct tapper *t)
{
	unsigned taps = 1;

	while (taps < TAPPER_TAPS_MAX && random_below(&t->chance, 3) != 0)
		taps++;
	return taps;
}

/* Most people hammer on one emoji; some mix in another. Returns how many kinds. */
static unsigned choose(struct tapper *t, const struct match *match, unsigned side, unsigned taps,
	struct choice choices[TAPPER_KINDS_MAX])
{
	enum mood mood = match_mood(match, side, &t->chance);
	unsigned kinds = 0;

	while (taps > 0) {
		unsigned count = taps, k = 0;
		unsigned place = palette_pick(&t->palette, mood, random_unit(&t->chance));

		if (kinds < TAPPER_KINDS_MAX - 1 && random_below(&t->chance, 2) == 0)
			count = 1 + random_below(&t->chance, taps);
		while (k < kinds && choices[k].place != place)
			k++;
		if (k == kinds)
			choices[kinds++] = (struct choice){.place = place};
		choices[k].count = (uint8_t)(choices[k].count + count);
		taps -= count;
	}
	return kinds;
}

/* Only of emoji that text can say, and within what a datagram holds. */
static bool can_be_text(const struct tapper *t, const struct choice *choices, unsigned kinds)
{
	size_t len = 0;

	for (unsigned i = 0; i < kinds; i++) {
		size_t emoji = strlen(t->catalogue->reaction[choices[i].place].emoji);

		if (emoji == 0)
			return false;
		len += choices[i].count * emoji + 1;
	}
	return len <= WIRE_TEXT_MAX;
}

/* A blank stands between different emoji, so that no two of them read as a third. */
static size_t put_text(const struct tapper *t, const struct choice *choices, unsigned kinds,
	struct datagram *out, size_t len)
{
	char text[WIRE_TEXT_MAX + 1], *at = text;

	for (unsigned i = 0; i < kinds; i++) {
		if (i > 0)
			*at++ = ' ';
		for (unsigned n = 0; n < choices[i].count; n++)
			at = stpcpy(at, t->catalogue->reaction[choices[i].place].emoji);
	}
	*at = '\0';
	return reaction_put_text(out->payload, sizeof(out->payload), len, text);
}

static struct tapper_batch batch_of(
	const struct tapper *t, const struct choice *choices, unsigned kinds)
{
	struct tapper_batch b = {.n = (uint8_t)kinds};

	for (unsigned i = 0; i < kinds; i++) {
		b.pairs[2 * i] = t->catalogue->reaction[choices[i].place].id;
		b.pairs[2 * i + 1] = choices[i].count;
	}
	return b;
}

static size_t put_batch(const struct tapper_batch *b, struct datagram *out, size_t len)
{
	return reaction_put_batch(out->payload, sizeof(out->payload), len, b->pairs, b->n);
}

/* How many there are. */
static unsigned repeats(const struct viewer *v)
{
	unsigned n = 0;

	while (n < TAPPER_REPEATS && v->last[n].n != 0)
		n++;
	return n;
}

static void remember(struct viewer *v, struct tapper_batch newest)
{
	memmove(v->last + 1, v->last, sizeof(v->last) - sizeof(v->last[0]));
	v->last[0] = newest;
}

/* The number of the viewer's next batch; a session that has no more makes way for a new one. */
static uint32_t next_sequence(struct tapper *t, struct viewer *v)
{
	if (v->sequence == UINT32_MAX) {
		v->session = new_session(&t->chance);
		v->sequence = 0;
		memset(v->last, 0, sizeof(v->last));
		if (t->issuer != NULL)
			issue(t, v);
	}
	return ++v->sequence;
}

void tapper_make(struct tapper *t, const struct match *match, unsigned taps, struct datagram *out)
{
	struct choice choices[TAPPER_KINDS_MAX];
	struct viewer *v;

	out->viewer = random_below(&t->chance, t->n);
	out->taps = (uint16_t)taps;
	v = &t->viewers[out->viewer];
	unsigned kinds = choose(t, match, v->side, taps, choices);
	bool text = random_below(&t->chance, TEXT_SHARE) == 0 && can_be_text(t, choices, kinds);
	uint32_t sequence = next_sequence(t, v); // may change the session, too
	unsigned repeated = text ? 0 : repeats(v);
	struct tapper_batch newest = batch_of(t, choices, kinds);
	struct reaction_datagram d = {
		.sequence = sequence,
		.session = v->session,
		.channel = v->channel,
		.flags = (uint8_t)((text ? REACTION_TEXT : 0) |
				   (t->issuer != NULL ? REACTION_TICKET : 0)),
		.batches = (uint8_t)(1 + repeated),
		.ticket = v->ticket,
	};
	size_t len = reaction_put_header(out->payload, sizeof(out->payload), &d);
	len = text ? put_text(t, choices, kinds, out, len) : put_batch(&newest, out, len);
	for (unsigned i = 0; i < repeated; i++)
		len = put_batch(&v->last[i], out, len);
	remember(v, newest);
	out->len = (uint16_t)len;
}
