/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* The simulated crowd keeps its rate, its word about what it sent, and the rules for clients. */

#include "client/crowd/audience.h"
#include "client/crowd/feeder.h"
#include "key_text.h"
#include "openssl_ticket.h"
#include "wire/reaction.h"
#include "wire/utf8.h"

#include <criterion/criterion.h>
#include <time.h>

#define MS 1000000ull
#define SECOND 1000000000ull

static const char json[] =
	"{\"reactions\":["
	"{\"reaction\":7,\"name\":\"fire\",\"emoji\":\"🔥\",\"weight\":0.6},"
	"{\"reaction\":3,\"name\":\"clap\",\"emoji\":\"👏\",\"weight\":0.5},"
	"{\"reaction\":200,\"name\":\"heart\",\"emoji\":\"❤️\",\"weight\":0.9},"
	"{\"reaction\":0,\"name\":\"rage\",\"emoji\":\"😡\",\"weight\":-0.9},"
	"{\"reaction\":9,\"name\":\"mute\",\"weight\":-0.5}"
	"],\"channels\":[{\"channel\":0},{\"channel\":1},{\"channel\":2},{\"channel\":40}]}";

static struct catalogue catalogue;
static struct audience audience;
static struct tapper tapper;
static struct feeder feeder;

static void set_up(void)
{
	char why[CATALOGUE_WHY_MAX];

	cr_assert_eq(catalogue_parse(json, sizeof(json) - 1, &catalogue, why), 0, "%s", why);
	audience_choose(&catalogue, &audience);
	cr_assert_eq(tapper_init(&tapper, &catalogue, audience.channels, audience.n, 500, 42), 0);
}

static void tear_down(void)
{
	tapper_free(&tapper);
	catalogue_free(&catalogue);
}

TestSuite(client_crowd, .init = set_up, .fini = tear_down);

static unsigned taps_in_text(const uint8_t *text, size_t len)
{
	unsigned taps = 0;

	while (len > 0) {
		size_t used = 1;

		for (unsigned i = 0; i < catalogue.reactions; i++) {
			const char *emoji = catalogue.reaction[i].emoji;

			if (emoji[0] != '\0' && len >= strlen(emoji) &&
				memcmp(text, emoji, strlen(emoji)) == 0) {
				taps++;
				used = strlen(emoji);
				break;
			}
		}
		cr_assert(used > 1 || text[0] == ' ', "there is nothing but emoji and blanks");
		text += used;
		len -= used;
	}
	return taps;
}

/* Of the newest batch, or the text. */
static unsigned taps_in(const struct reaction_datagram *d)
{
	unsigned taps = 0;

	if ((d->flags & REACTION_TEXT) != 0) {
		cr_assert(utf8_valid(d->body, d->body_len));
		return taps_in_text(d->body, d->body_len);
	}
	struct reaction_batch batch = reaction_batch_at(d->body);
	for (unsigned i = 0; i < batch.n; i++) {
		cr_assert_not_null(catalogue_reaction(&catalogue, batch.pairs[2 * i]));
		taps += batch.pairs[2 * i + 1];
	}
	return taps;
}

Test(client_crowd, every_datagram_is_well_formed_and_holds_the_taps_it_claims)
{
	struct match match;
	struct datagram g;
	struct reaction_datagram d;
	unsigned texts = 0, channels[3] = {0};
	uint32_t *sequences = calloc(tapper.n, sizeof(*sequences));

	match_start(&match, 1, 0);
	for (unsigned i = 0; i < 50000; i++) {
		match_advance(&match, i * MS);
		unsigned taps = tapper_taps(&tapper);
		cr_assert(taps >= 1 && taps <= TAPPER_TAPS_MAX);
		tapper_make(&tapper, &match, taps, &g);
		cr_assert_eq(reaction_decode(g.payload, g.len, &d), REFUSED_none);
		cr_assert_eq(g.taps, taps);
		cr_assert_eq(taps_in(&d), taps);
		cr_assert((d.flags & REACTION_TEXT) == 0 || d.batches == 1);
		cr_assert(d.channel == 1 || d.channel == 2 || d.channel == 40, "never channel 0");
		cr_assert_lt(g.viewer, tapper.n);
		cr_assert_eq(d.session, tapper.viewers[g.viewer].session);
		cr_assert_eq(d.sequence, ++sequences[g.viewer], "a session starts at 1 and adds 1");
		texts += (d.flags & REACTION_TEXT) != 0;
		channels[d.channel == 40 ? 2 : d.channel - 1]++;
	}
	cr_expect(texts > 5000 && texts < 25000, "%u", texts);
	cr_expect(channels[0] > channels[1] && channels[1] > channels[2] && channels[2] > 0);
	free(sequences);
}

enum { HEARD = 8 };

/* What an appliance that counts each batch once has heard of a viewer. */
struct heard {
	uint32_t sequences[HEARD]; // counted; by sequence modulo HEARD
	unsigned taps[HEARD];
	unsigned lost; // datagrams in a row
};

/* The taps that are new in a datagram; what was counted before must be what it was. */
static unsigned hear(struct heard *h, const struct reaction_datagram *d)
{
	struct reaction_datagram one = *d;
	unsigned fresh = 0;

	for (uint32_t i = 0; i < d->batches; i++) {
		uint32_t sequence = d->sequence - i;
		unsigned taps = taps_in(&one), *known = &h->taps[sequence % HEARD];

		if (h->sequences[sequence % HEARD] == sequence)
			cr_assert_eq(*known, taps, "a batch is repeated as it was");
		else
			fresh += *known = taps;
		h->sequences[sequence % HEARD] = sequence;
		one.body = reaction_batch_end(reaction_batch_at(one.body));
	}
	return fresh;
}

static bool is_lost(struct heard *h, struct random *chance)
{
	bool lost = h->lost < TAPPER_REPEATS && random_below(chance, 2) == 0;

	h->lost = lost ? h->lost + 1 : 0;
	return lost;
}

/* By viewers who send no text, which cannot repeat anything. */
Test(client_crowd, what_up_to_three_lost_datagrams_held_comes_with_the_next)
{
	struct heard *heard = calloc(tapper.n, sizeof(*heard));
	uint64_t sent = 0, counted = 0, open = 0;
	struct random chance;
	struct match match;
	struct datagram g;
	struct reaction_datagram d;

	for (unsigned i = 0; i < catalogue.reactions; i++)
		catalogue.reaction[i].emoji[0] = '\0';
	random_seed(&chance, 8);
	match_start(&match, 1, 0);
	for (unsigned i = 0; i < 50000 || open > 0; i++) {
		tapper_make(&tapper, &match, tapper_taps(&tapper), &g);
		cr_assert_eq(reaction_decode(g.payload, g.len, &d), REFUSED_none);
		cr_assert_eq(d.batches, d.sequence < 4 ? d.sequence : 4);
		sent += g.taps;
		struct heard *h = &heard[g.viewer];
		open -= h->lost > 0;
		if (i < 50000 && is_lost(h, &chance)) {
			open++;
			continue;
		}
		counted += hear(h, &d);
		h->lost = 0;
	}
	cr_expect_eq(counted, sent);
	free(heard);
}

Test(client_crowd, a_session_at_its_end_makes_way_for_a_new_one)
{
	struct match match;
	struct datagram g;
	struct reaction_datagram d;

	match_start(&match, 1, 0);
	tapper.n = 1;
	tapper.viewers[0].sequence = UINT32_MAX - 1;
	uint64_t before = tapper.viewers[0].session;
	tapper_make(&tapper, &match, 1, &g);
	cr_assert_eq(reaction_decode(g.payload, g.len, &d), REFUSED_none);
	cr_expect_eq(d.sequence, UINT32_MAX);
	cr_expect_eq(d.session, before);
	tapper_make(&tapper, &match, 1, &g);
	cr_assert_eq(reaction_decode(g.payload, g.len, &d), REFUSED_none);
	cr_expect_eq(d.sequence, 1);
	cr_expect_neq(d.session, before);
}

Test(client_crowd, sessions_are_random_and_distinct)
{
	for (unsigned i = 0; i < tapper.n; i++) {
		cr_assert_neq(tapper.viewers[i].session, 0);
		cr_assert_eq(tapper.viewers[i].session >> 56, 0);
		for (unsigned j = 0; j < i; j++)
			cr_assert_neq(tapper.viewers[i].session, tapper.viewers[j].session);
	}
}

Test(client_crowd, a_palette_is_a_distribution)
{
	for (enum mood mood = 0; mood < MOODS; mood++) {
		double before = 0;

		for (unsigned i = 0; i < tapper.palette.n; i++) {
			cr_expect_gt(tapper.palette.upto[mood][i], before);
			before = tapper.palette.upto[mood][i];
		}
		cr_expect_eq(before, 1.0);
		cr_expect_eq(palette_pick(&tapper.palette, mood, 0), 0);
		cr_expect_eq(palette_pick(&tapper.palette, mood, 0x1.fffffffffffffp-1),
			tapper.palette.n - 1);
	}
}

static double mean_weight(enum mood mood, struct random *chance)
{
	double sum = 0;

	for (unsigned i = 0; i < 20000; i++)
		sum += catalogue.reaction[palette_pick(&tapper.palette, mood, random_unit(chance))]
			       .weight;
	return sum / 20000;
}

Test(client_crowd, moods_differ_as_their_names_say)
{
	struct random chance;

	random_seed(&chance, 3);
	cr_expect_gt(mean_weight(MOOD_JOY, &chance), 0.4);
	cr_expect_lt(mean_weight(MOOD_ANGER, &chance), -0.4);
	cr_expect_gt(mean_weight(MOOD_CALM, &chance), mean_weight(MOOD_SORROW, &chance));
}

Test(client_crowd, credit_is_exact)
{
	struct pace p = {0};
	struct random chance;
	uint64_t earned = 0;
	int64_t paid = 0;

	random_seed(&chance, 5);
	pace_pay(&p, 3, &chance);
	for (unsigned i = 0; i < 200000; i++) {
		uint64_t rate = random_below(&chance, 1000000), ns = random_below(&chance, 5000000);

		pace_earn(&p, rate, ns);
		earned += rate * ns;
		while (pace_due(&p)) {
			paid += p.price;
			pace_pay(&p, 3, &chance);
		}
	}
	cr_expect_eq((int64_t)earned, paid + p.credit, "not a billionth of a tap goes astray");
}

static uint64_t taken_taps;
static unsigned refuse_every; // 0: never

static int count(void *ctx, const struct datagram *datagrams, unsigned n)
{
	static unsigned calls;
	unsigned take = refuse_every != 0 && ++calls % refuse_every == 0 ? n / 2 : n;
	struct reaction_datagram d;

	for (unsigned i = 0; i < take; i++) {
		cr_assert_eq(
			reaction_decode(datagrams[i].payload, datagrams[i].len, &d), REFUSED_none);
		taken_taps += taps_in(&d);
	}
	return (int)take;
}

Test(client_crowd, the_rate_is_kept_over_uneven_ticks)
{
	struct random chance;
	uint64_t now = 1000 * SECOND, expected = 0;

	random_seed(&chance, 6);
	feeder_start(&feeder, &tapper, (struct sink){.send = count}, 5000, 42, now);
	for (unsigned i = 0; i < 60000; i++) { // about three minutes
		uint64_t step = 500000 + random_below(&chance, 5000000);
		struct match probe = feeder.match;

		now += step;
		expected += (uint64_t)(5000 * match_advance(&probe, now)) * step;
		while (feeder_turn(&feeder, now) == 1)
			;
	}
	double mean = (double)expected / SECOND;
	cr_expect_eq(taken_taps, feeder.taps_sent);
	// 5 standard deviations of a compound Poisson process with batches of up to 16 taps
	cr_expect_lt(fabs((double)feeder.taps_sent - mean), 5 * sqrt(mean * 16), "%lu, not %.0f",
		feeder.taps_sent, mean);
}

Test(client_crowd, a_tap_counts_as_sent_only_when_it_was_taken)
{
	uint64_t now = 0;

	refuse_every = 3;
	feeder_start(&feeder, &tapper, (struct sink){.send = count}, 20000, 7, now);
	for (unsigned i = 0; i < 5000; i++)
		cr_assert_geq(feeder_turn(&feeder, now += 2 * MS), 0);
	cr_expect_gt(feeder.taps_sent, 100000);
	cr_expect_eq(taken_taps, feeder.taps_sent);
}

static int take_none(void *ctx, const struct datagram *datagrams, unsigned n)
{
	return 0;
}

Test(client_crowd, a_sink_that_takes_nothing_costs_nothing)
{
	feeder_start(&feeder, &tapper, (struct sink){.send = take_none}, 1000000, 7, 0);
	for (unsigned i = 1; i < 10000; i++)
		cr_assert_eq(feeder_turn(&feeder, i * 100 * MS), 0);
	cr_expect_eq(feeder.taps_sent, 0);
	cr_expect_leq(feeder.pace.credit, (int64_t)(10 * 1000000 * SECOND));
}

static uint64_t digest;

static int hash(void *ctx, const struct datagram *datagrams, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		for (unsigned k = 0; k < datagrams[i].len; k++)
			digest = (digest ^ datagrams[i].payload[k]) * 0x100000001b3;
	}
	return (int)n;
}

static uint64_t digest_of(uint64_t seed)
{
	struct tapper t;

	digest = 0xcbf29ce484222325;
	cr_assert_eq(tapper_init(&t, &catalogue, audience.channels, audience.n, 300, seed), 0);
	feeder_start(&feeder, &t, (struct sink){.send = hash}, 3000, seed, 77);
	for (unsigned i = 1; i < 10000; i++)
		feeder_turn(&feeder, 77 + i * 2 * MS);
	tapper_free(&t);
	return digest;
}

Test(client_crowd, a_seed_repeats_the_whole_crowd)
{
	uint64_t first = digest_of(11);

	cr_expect_eq(digest_of(11), first);
	cr_expect_neq(digest_of(12), first);
}

Test(client_crowd, a_match_has_moments)
{
	for (uint64_t seed = 0; seed < 50; seed++) {
		struct match m;
		uint64_t before = 0;
		unsigned moments = 0;

		match_start(&m, seed, SECOND);
		for (uint64_t now = SECOND; now < 181 * SECOND; now += 10 * MS) {
			double factor = match_advance(&m, now);

			cr_assert(factor >= 1 && factor <= MATCH_SURGE);
			if (m.moment_at == before)
				continue;
			cr_assert_gt(factor, 0.98 * MATCH_SURGE);
			if (before == 0)
				cr_assert_leq(m.moment_at, 9 * SECOND, "the first comes soon");
			else
				cr_assert(m.moment_at - before >= 15 * SECOND &&
					  m.moment_at - before <= 40 * SECOND);
			before = m.moment_at;
			moments++;
		}
		cr_expect_geq(moments, 4);
	}
}

static unsigned with_ticket;

/* Each datagram has the ticket that a backend would have issued for its session and channel. */
static int check_tickets(void *ctx, const struct datagram *datagrams, unsigned n)
{
	static const uint8_t key[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

	for (unsigned i = 0; i < n; i++) {
		const struct datagram *got = &datagrams[i];
		struct reaction_datagram d;
		uint8_t ticket[WIRE_TICKET_LEN];

		cr_assert_eq(reaction_decode(got->payload, got->len, &d), REFUSED_none);
		cr_assert_not_null(d.ticket);
		uint32_t expires = (uint32_t)d.ticket[0] << 24 | (uint32_t)d.ticket[1] << 16 |
				   (uint32_t)d.ticket[2] << 8 | d.ticket[3];
		cr_assert_gt(expires, time(NULL) + 300 * 24 * 3600);
		openssl_ticket(key, d.session, expires, 1, d.channel, ticket);
		cr_assert_arr_eq(d.ticket, ticket, WIRE_TICKET_LEN);
		with_ticket++;
	}
	return (int)n;
}

Test(client_crowd, each_viewer_can_have_a_ticket_also_for_a_new_session)
{
	char path[KEY_TEXT_PATH], why[TICKET_WHY_MAX];
	struct ticket_issuer *issuer;

	key_text_write(path, "1 000102030405060708090a0b0c0d0e0f\n");
	cr_assert_eq(ticket_issuer_open(&issuer, path, 1, why), 0, "%s", why);
	unlink(path);
	cr_assert_eq(tapper_use_tickets(&tapper, issuer), 0);
	for (unsigned i = 0; i < tapper.n; i += 2)
		tapper.viewers[i].sequence = UINT32_MAX;
	feeder_start(&feeder, &tapper, (struct sink){.send = check_tickets}, 3000, 5, 77);
	for (unsigned i = 1; i < 1000; i++)
		feeder_turn(&feeder, 77 + i * 2 * MS);
	cr_expect_gt(with_ticket, 1000);
	ticket_issuer_close(issuer);
}
