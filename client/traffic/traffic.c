/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/traffic/traffic.h"

#include "client/crowd/random.h"
#include "client/traffic/envelope.h"
#include "client/traffic/scatter.h"
#include "client/traffic/templates.h"
#include "wire/bytes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LINE = 64,
	/* Offsets in a datagram. */
	CHANNEL = 2,
	BATCHES = 4,
	SEQUENCE = 12,
	PORT_MIN = 49152, // dynamic ones (RFC 6335)
	PORTS = 16384,
};

/* 0 to n - 1 from 32 bits of chance. */
static inline uint32_t below(uint64_t chance, uint32_t n)
{
	return (uint32_t)((chance & UINT32_MAX) * n >> 32);
}

/* The places of all forms in a row, then shuffled (Fisher and Yates). */
static void shuffle_places(struct traffic *t)
{
	struct random chance;

	random_seed(&chance, t->spec.seed);
	for (uint32_t i = TRAFFIC_WHOLE - 1; i > 0; i--) {
		uint32_t other = random_below(&chance, i + 1);
		struct traffic_place was = t->places[i];

		t->places[i] = t->places[other];
		t->places[other] = was;
	}
}

/* Text and batches of a viewer follow each other in one sequence. */
static enum traffic_form turn_of(enum traffic_form form)
{
	return form == TRAFFIC_TEXT ? TRAFFIC_BATCHES : form;
}

static void make_places(struct traffic *t)
{
	const struct traffic_spec *s = &t->spec;
	const unsigned upto[] = {
		s->text, s->text + s->unsequenced, s->text + s->unsequenced + s->hostile};

	for (unsigned i = 0; i < TRAFFIC_WHOLE; i++)
		t->places[i].form = i < upto[0]   ? TRAFFIC_TEXT
				    : i < upto[1] ? TRAFFIC_UNSEQUENCED
				    : i < upto[2] ? TRAFFIC_HOSTILE
						  : TRAFFIC_BATCHES;
	shuffle_places(t);
	for (unsigned i = 0; i < TRAFFIC_WHOLE; i++)
		t->places[i].rank = t->turns[turn_of(t->places[i].form)]++;
}

int traffic_init(struct traffic *t, const struct traffic_spec *spec, char *error, size_t error_cap)
{
	int ret = traffic_spec_check(spec, error, error_cap);

	if (ret < 0)
		return ret;
	*t = (struct traffic){
		.spec = *spec,
		.ip_at = envelope_ip_at(spec),
		.udp_at = envelope_ip_at(spec) + envelope_ip_len(spec->v6),
		.host_mask = envelope_host_mask(spec),
		.channels = (uint32_t)spec->last_channel - spec->first_channel + 1,
	};
	make_places(t);
	ret = templates_make(t);
	if (ret < 0) {
		traffic_free(t);
		snprintf(error, error_cap, "no memory for its frames");
	}
	return ret;
}

void traffic_free(struct traffic *t)
{
	free(t->templates);
	free(t->block);
	t->templates = NULL;
	t->block = NULL;
}

/* The first datagram already repeats batches, with numbers from 1 on: only its newest counts. */
static uint32_t first_sequence(const struct traffic_spec *s)
{
	return s->batches == 1 ? 1 : s->batches + 1u;
}

uint64_t traffic_frames_max(const struct traffic *t)
{
	uint64_t rounds = UINT32_MAX - (uint64_t)first_sequence(&t->spec);
	unsigned __int128 frames = (unsigned __int128)rounds * t->spec.sessions;

	if (t->turns[TRAFFIC_BATCHES] != 0)
		frames = frames * TRAFFIC_WHOLE / t->turns[TRAFFIC_BATCHES];
	return frames > UINT64_MAX / 2 ? UINT64_MAX / 2 : (uint64_t)frames;
}

/* Whole lines: neither template nor room ends within one. */
static inline void copy_lines(uint8_t *to, const uint8_t *from, unsigned len)
{
	for (unsigned i = 0; i < len; i += LINE)
		memcpy(to + i, from + i, LINE);
}

static inline uint16_t fold(uint64_t sum)
{
	sum = (sum & UINT32_MAX) + (sum >> 32);
	sum = (sum & UINT32_MAX) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static inline uint64_t halves(uint64_t word)
{
	return (word & UINT32_MAX) + (word >> 32);
}

/* What a viewer's datagrams differ in from those of others, in the order of the wire. */
struct gaps {
	uint32_t host;
	uint16_t port, channel;
	uint64_t session;
	uint32_t sequence;
};

/* The gaps were zero, so what comes in is added to the sums (RFC 1624) in the machine's order. */
static inline void fill(const struct traffic *t, const struct traffic_template *from,
	const struct gaps *g, uint8_t *out)
{
	uint8_t *ip = out + t->ip_at, *udp = out + t->udp_at, *payload = udp + ENVELOPE_UDP_LEN;
	uint8_t *host = ip + (t->spec.v6 ? 20 : 12);
	uint64_t session = htobe64(g->session), sum = htobe32(g->host);
	uint32_t bits;
	uint16_t check;

	memcpy(&bits, host, sizeof(bits));
	bits |= htobe32(g->host);
	memcpy(host, &bits, sizeof(bits));
	if (!t->spec.v6) {
		check = (uint16_t)~fold(from->ip_sum + sum);
		memcpy(ip + 10, &check, sizeof(check));
	}
	store_be16(udp, g->port);
	store_be16(payload + CHANNEL, g->channel);
	store_be64(payload + BATCHES, (uint64_t)from->kind.batches << 56 | g->session);
	store_be32(payload + SEQUENCE, g->sequence);
	sum += (uint64_t)htobe16(g->port) + htobe16(g->channel) + halves(session) +
	       htobe32(g->sequence);
	check = (uint16_t)~fold(from->udp_sum + sum);
	check = check != 0 ? check : 0xffff; // 0 would say that there is none
	memcpy(udp + 6, &check, sizeof(check));
}

/* The gaps of viewer number v; no other has its session. */
static inline struct gaps viewer(const struct traffic *t, uint64_t v, uint32_t sequence)
{
	uint64_t session = scatter_shuffle(((uint64_t)t->spec.seed << 32) + v + 1, 56);
	uint64_t chance = scatter_mix(session), more = scatter_mix(chance);

	return (struct gaps){
		.host = 1 + below(chance >> 32, t->host_mask - 1),
		.port = (uint16_t)(PORT_MIN + below(chance, PORTS)),
		.channel = (uint16_t)(t->spec.first_channel + below(more >> 32, t->channels)),
		.session = session,
		.sequence = sequence,
	};
}

static const struct traffic_template *hostile(const struct traffic *t, uint64_t turn)
{
	unsigned reasons = (unsigned)__builtin_popcountll(t->spec.reasons);
	unsigned which = (unsigned)(turn % reasons) * TEMPLATES_HOSTILE +
			 (unsigned)(turn / reasons % TEMPLATES_HOSTILE);

	return &t->templates[t->first_template[TRAFFIC_HOSTILE] + which];
}

uint32_t traffic_frame(const struct traffic *t, uint64_t i, uint8_t out[TRAFFIC_FRAME_MAX],
	struct traffic_kind *kind)
{
	const struct traffic_place *place = &t->places[i % TRAFFIC_WHOLE];
	enum traffic_form form = place->form;
	uint64_t turn = i / TRAFFIC_WHOLE * t->turns[turn_of(form)] + place->rank;
	const struct traffic_template *from;

	if (form == TRAFFIC_HOSTILE) {
		from = hostile(t, turn);
		copy_lines(out, t->block + from->at, from->len);
		*kind = from->kind;
		return from->len;
	}
	uint64_t round = turn / t->spec.sessions;
	unsigned first = t->first_template[form], n = t->first_template[form + 1] - first;
	from = &t->templates[first + ((turn + round) & (n - 1))];
	uint32_t sequence =
		form == TRAFFIC_UNSEQUENCED ? 0 : first_sequence(&t->spec) + (uint32_t)round;
	struct gaps gaps = viewer(t, turn % t->spec.sessions, sequence);
	copy_lines(out, t->block + from->at, from->len);
	fill(t, from, &gaps, out);
	*kind = from->kind;
	kind->channel = gaps.channel;
	return from->len;
}
