/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/traffic/templates.h"

#include "client/traffic/envelope.h"
#include "client/traffic/hostile.h"
#include "client/traffic/scatter.h"
#include "client/traffic/texts.h"
#include "wire/reaction.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	ROOM = FRAME_BUILD_MAX + 3 * ENVELOPE_TAG_LEN + 8 * 8, // for a frame and its faults
	LINE = 64,
};

/* The block is a row of lines, each template at the beginning of one. */
static int append(struct traffic *t, unsigned at, const uint8_t *frame, uint32_t len,
	const struct traffic_kind *kind)
{
	size_t lines = (len + LINE - 1) / LINE * LINE;
	uint8_t *block = realloc(t->block, t->block_len + lines);

	if (block == NULL)
		return -ENOMEM;
	t->block = block;
	memset(block + t->block_len, 0, lines);
	memcpy(block + t->block_len, frame, len);
	t->templates[at] = (struct traffic_template){
		.kind = *kind, .at = (uint32_t)t->block_len, .len = (uint16_t)len};
	t->block_len += lines;
	return 0;
}

/* From a sum over everything to what is left when the fields themselves are zero. */
static uint16_t take_sum(uint8_t *field)
{
	uint16_t sum;

	memcpy(&sum, field, sizeof(sum));
	memset(field, 0, sizeof(sum));
	return (uint16_t)~sum;
}

/* A datagram with gaps in its header, in a frame without a sender. */
static int append_with_gaps(struct traffic *t, unsigned at, uint8_t *payload, size_t len,
	const struct traffic_kind *kind)
{
	const struct flow flow = envelope_flow(&t->spec, 0, 0);
	uint8_t frame[ROOM];

	memset(payload + 5, 0, WIRE_HEADER_LEN - 5);
	uint32_t frame_len = envelope_put(&t->spec, &flow, payload, len, frame);
	uint16_t udp_sum = take_sum(frame + t->udp_at + 6);
	uint16_t ip_sum = t->spec.v6 ? 0 : take_sum(frame + t->ip_at + 10);
	int ret = append(t, at, frame, frame_len, kind);

	if (ret == 0) {
		t->templates[at].udp_sum = udp_sum;
		t->templates[at].ip_sum = ip_sum;
	}
	return ret;
}

static size_t put_header(unsigned batches, unsigned flags, uint8_t out[WIRE_PAYLOAD_MAX])
{
	const struct reaction_datagram d = {.session = 1,
		.sequence = batches,
		.batches = (uint8_t)batches,
		.flags = (uint8_t)flags};

	return reaction_put_header(out, WIRE_PAYLOAD_MAX, &d);
}

static int append_batches(struct traffic *t, unsigned at, unsigned batches)
{
	const struct traffic_spec *s = &t->spec;
	const struct traffic_kind kind = {
		.taps = (uint16_t)(s->reactions * s->taps), .batches = (uint8_t)batches};
	uint8_t payload[WIRE_PAYLOAD_MAX], pairs[2 * WIRE_PAIRS_MAX];
	size_t len = put_header(batches, 0, payload);

	for (unsigned b = 0; b < batches; b++) {
		uint64_t chance = scatter_mix(s->seed + at + b * 7919ull);

		for (unsigned i = 0; i < s->reactions; i++) {
			pairs[2 * i] = (uint8_t)((chance + i) % s->reaction_ids);
			pairs[2 * i + 1] = s->taps;
		}
		len = reaction_put_batch(payload, sizeof(payload), len, pairs, s->reactions);
	}
	return append_with_gaps(t, at, payload, len, &kind);
}

static int append_text(struct traffic *t, unsigned at, unsigned which)
{
	const struct traffic_text *text = &traffic_texts[which % TRAFFIC_TEXTS];
	const struct traffic_kind kind = {.taps = text->taps, .batches = 1};
	uint8_t payload[WIRE_PAYLOAD_MAX];
	size_t len = put_header(1, REACTION_TEXT, payload);

	len = reaction_put_text(payload, sizeof(payload), len, text->text);
	return append_with_gaps(t, at, payload, len, &kind);
}

static int append_hostile(struct traffic *t, unsigned at, enum refusal reason, unsigned which)
{
	const struct traffic_kind kind = {.refusal = reason};
	uint64_t chance = scatter_mix(t->spec.seed + at);
	uint8_t frame[ROOM];
	uint32_t len = hostile_put(&t->spec, reason, 1 + which, (uint32_t)(chance >> 32) | 1,
		(uint16_t)(49152 + chance % 16384), frame);

	return append(t, at, frame, len, &kind);
}

static int make_form(struct traffic *t, enum traffic_form form, unsigned at, unsigned n)
{
	int ret = 0;

	for (unsigned i = 0; i < n && ret == 0; i++) {
		if (form == TRAFFIC_TEXT)
			ret = append_text(t, at + i, i);
		else
			ret = append_batches(
				t, at + i, form == TRAFFIC_BATCHES ? t->spec.batches : 1);
	}
	return ret;
}

static int make_hostile(struct traffic *t, unsigned at)
{
	int ret = 0;

	for (enum refusal r = REFUSED_none + 1; r < REFUSALS; r++) {
		for (unsigned i = 0; i < TEMPLATES_HOSTILE && ret == 0; i++) {
			if ((t->spec.reasons & HOSTILE_BIT(r)) != 0)
				ret = append_hostile(t, at++, r, i);
		}
	}
	return ret;
}

int templates_make(struct traffic *t)
{
	const struct traffic_spec *s = &t->spec;
	const unsigned n[TRAFFIC_FORMS] = {
		[TRAFFIC_BATCHES] = TEMPLATES_BATCHES,
		[TRAFFIC_TEXT] = s->text != 0 ? TRAFFIC_TEXTS : 0,
		[TRAFFIC_UNSEQUENCED] = s->unsequenced != 0 ? TEMPLATES_UNSEQUENCED : 0,
		[TRAFFIC_HOSTILE] =
			s->hostile != 0
				? TEMPLATES_HOSTILE * (unsigned)__builtin_popcountll(s->reasons)
				: 0,
	};
	int ret = 0;

	for (unsigned i = 0; i < TRAFFIC_FORMS; i++)
		t->first_template[i + 1] = (uint16_t)(t->first_template[i] + n[i]);
	t->templates = calloc(t->first_template[TRAFFIC_FORMS], sizeof(t->templates[0]));
	if (t->templates == NULL)
		return -ENOMEM;
	for (enum traffic_form form = 0; form < TRAFFIC_HOSTILE && ret == 0; form++)
		ret = make_form(t, form, t->first_template[form], n[form]);
	if (ret == 0 && n[TRAFFIC_HOSTILE] != 0)
		ret = make_hostile(t, t->first_template[TRAFFIC_HOSTILE]);
	return ret;
}
