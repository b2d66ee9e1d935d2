/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Sessions: each (session, sequence) counts once, in whatever order and however often it comes, and
 * whoever takes it. Beside the table stands a model that remembers everything.
 */

#include "counting_rig.h"
#include "seeded_random.h"
#include "wire/bytes.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SESSIONS = 40, SEQUENCES = 400, PAYLOAD = 256 };

static struct counting_rig *rig;

static void set_up(void)
{
	rig = counting_rig_new();
}

static void tear_down(void)
{
	counting_rig_free(rig);
}

TestSuite(dataplane_sessions, .init = set_up, .fini = tear_down);

/* What the batch of a sequence holds follows from it. */
static uint8_t reaction_of(uint64_t session, uint32_t sequence)
{
	return (uint8_t)((session * 7 + sequence) % 24);
}

static uint8_t taps_of(uint64_t session, uint32_t sequence)
{
	return (uint8_t)(1 + (session + sequence * 3) % 200);
}

static size_t make(uint8_t *out, uint64_t session, uint32_t sequence, unsigned batches)
{
	const struct reaction_datagram d = {.session = session,
		.sequence = sequence,
		.channel = 1,
		.batches = (uint8_t)batches};
	size_t len = reaction_put_header(out, PAYLOAD, &d);

	for (unsigned i = 0; i < batches; i++) {
		const uint8_t pair[2] = {
			reaction_of(session, sequence - i), taps_of(session, sequence - i)};
		len = reaction_put_batch(out, PAYLOAD, len, pair, 1);
	}
	cr_assert_neq(len, 0);
	return len;
}

static void deliver(struct counter *c, uint64_t session, uint32_t sequence, unsigned batches)
{
	uint8_t payload[PAYLOAD];
	size_t len = make(payload, session, sequence, batches);

	cr_assert_eq(counter_take(c, payload, len), REFUSED_none);
}

/* The model: which sequences were counted, and what that makes in all. */
struct model {
	bool known[SESSIONS + 1];
	uint32_t newest[SESSIONS + 1];
	bool counted[SESSIONS + 1][SEQUENCES + 1];
	uint64_t tallies[RIG_STRIDE];
	uint64_t batches_counted, batches_duplicate, batches_stale;
};

static void model_count(struct model *m, uint64_t session, uint32_t sequence)
{
	m->counted[session][sequence] = true;
	m->tallies[reaction_of(session, sequence)] += taps_of(session, sequence);
	m->batches_counted++;
}

static void model_first(struct model *m, uint64_t session, uint32_t sequence, unsigned batches)
{
	m->known[session] = true;
	m->newest[session] = sequence;
	for (unsigned i = 0; i < batches; i++) {
		if (i == 0 || sequence == batches)
			model_count(m, session, sequence - i);
		else
			m->batches_stale++;
	}
	memset(m->counted[session], true, sequence + 1);
}

static void model_take(struct model *m, uint64_t session, uint32_t sequence, unsigned batches)
{
	if (!m->known[session]) {
		model_first(m, session, sequence, batches);
		return;
	}
	if (sequence > m->newest[session])
		m->newest[session] = sequence;
	for (unsigned i = 0; i < batches; i++) {
		if (m->newest[session] - (sequence - i) >= SESSION_WINDOW)
			m->batches_stale++;
		else if (m->counted[session][sequence - i])
			m->batches_duplicate++;
		else
			model_count(m, session, sequence - i);
	}
}

static void expect_same(const struct model *m)
{
	const struct worker_stats *s = &rig->block.stats;

	cr_expect_eq(s->batches_counted, m->batches_counted);
	cr_expect_eq(s->batches_duplicate, m->batches_duplicate);
	cr_expect_eq(s->batches_stale, m->batches_stale);
	cr_expect_eq(memcmp(rig->tallies[RIG_ROW_OF_1], m->tallies, sizeof(m->tallies)), 0);
	cr_expect_eq(s->taps_counted, counting_rig_all_taps(rig));
	cr_expect_eq(s->sessions_displaced, 0);
}

Test(dataplane_sessions, what_counts_is_what_a_model_counts_that_remembers_everything)
{
	struct seeded_random random = seeded_random_new("sessions");
	struct model *m = calloc(1, sizeof(*m));

	for (unsigned n = 0; n < 60000; n++) {
		uint64_t session = 1 + random_below(&random, SESSIONS);
		/* Around a place that moves on, with reordering beyond the window. */
		uint32_t place = 1 + n * (SEQUENCES - 50) / 60000;
		uint32_t sequence = place + random_below(&random, 50);
		unsigned most = sequence < WIRE_BATCHES_MAX ? sequence : WIRE_BATCHES_MAX;
		unsigned batches = 1 + random_below(&random, most);

		deliver(&rig->counter, session, sequence, batches);
		model_take(m, session, sequence, batches);
	}
	expect_same(m);
	free(m);
}

/* Each datagram repeats the last three batches; many are lost, doubled or late. */
Test(dataplane_sessions, what_a_client_repeats_makes_up_for_what_is_lost)
{
	struct seeded_random random = seeded_random_new("history");
	uint64_t taps = 0;

	for (uint64_t session = 1; session <= SESSIONS; session++) {
		unsigned lost = 0;

		for (uint32_t sequence = 1; sequence <= SEQUENCES; sequence++) {
			unsigned batches = sequence < 4 ? sequence : 4;

			taps += taps_of(session, sequence);
			/* Never more than three in a row, and not the last. */
			if (sequence < SEQUENCES && lost < 3 && random_below(&random, 2) == 0) {
				lost++;
				continue;
			}
			lost = 0;
			for (unsigned copies = 1 + random_below(&random, 3); copies > 0; copies--)
				deliver(&rig->counter, session, sequence, batches);
		}
	}
	cr_expect_eq(counting_rig_taps(rig, RIG_ROW_OF_1), taps);
	cr_expect_eq(rig->block.stats.sessions_begun, SESSIONS);
}

Test(dataplane_sessions, sequences_at_the_ends_of_their_range_are_sequences)
{
	deliver(&rig->counter, 1, UINT32_MAX - 1, 1);
	deliver(&rig->counter, 1, UINT32_MAX, 8);
	deliver(&rig->counter, 1, UINT32_MAX, 8);
	deliver(&rig->counter, 1, 1, 1);
	deliver(&rig->counter, (1ull << 56) - 1, 1, 1);
	deliver(&rig->counter, (1ull << 56) - 1, 2, 2);
	cr_expect_eq(rig->block.stats.batches_counted, 4);
	cr_expect_eq(rig->block.stats.batches_stale, 1);
	cr_expect_eq(rig->block.stats.sessions_begun, 2);
}

/* Sessions that share the bucket of the first one. */
static void find_neighbours(uint64_t *out, unsigned n)
{
	const struct sessions *s = &rig->counter.sessions;
	const struct session_bucket *b = session_bucket(s, session_hash(s, 1));

	out[0] = 1;
	for (uint64_t session = 2; n > 1; session++) {
		if (session_bucket(s, session_hash(s, session)) == b)
			out[--n] = session;
	}
}

Test(dataplane_sessions, a_full_bucket_forgets_the_session_that_came_into_it_first)
{
	enum { N = 5 * SESSION_SLOTS };
	uint64_t who[N];

	find_neighbours(who, N);
	for (unsigned i = 0; i < N; i++) {
		deliver(&rig->counter, who[i], 10, 1);
		cr_expect_eq(rig->block.stats.sessions_displaced,
			i < SESSION_SLOTS ? 0 : i + 1 - SESSION_SLOTS);
		/* The last three are known, whatever they do. */
		for (unsigned j = i < 2 ? 0 : i - 2; j <= i; j++)
			deliver(&rig->counter, who[j], 10, 1);
		cr_expect_eq(rig->block.stats.batches_counted, i + 1);
	}
	/* A forgotten one is seen for the first time again, so nothing that it repeats counts. */
	deliver(&rig->counter, who[0], 12, 8);
	cr_expect_eq(rig->block.stats.batches_counted, N + 1);
	cr_expect_eq(rig->block.stats.batches_stale, 7);
}

/* Sessions without a place among 7168 in 2^18 buckets; by chance one in 170 keys has one. */
static unsigned crowded_out(const uint64_t key[2], uint8_t *of_bucket)
{
	struct sessions s = {.key = {key[0], key[1]}, .n = 1 << 18};
	unsigned out = 0;

	memset(of_bucket, 0, s.n);
	for (uint64_t session = 1; session <= 7168; session++)
		out += ++of_bucket[session_hash(&s, session) & (s.n - 1)] > SESSION_SLOTS;
	return out;
}

Test(dataplane_sessions, sessions_that_are_numbered_through_are_scattered)
{
	/* A key under which one multiplication crowded out hundreds. */
	uint64_t key[2] = {0x9bfeedeb7dd07369, 0x97080add5bfd71a2};
	uint8_t *of_bucket = malloc(1 << 18);
	unsigned out = 0;

	cr_expect_leq(crowded_out(key, of_bucket), 1);
	for (unsigned i = 0; i < 500; i++) {
		key[0] = key[0] * 6364136223846793005 + 1442695040888963407; // MMIX, by Knuth
		key[1] = key[1] * 6364136223846793005 + 1442695040888963407;
		out += crowded_out(key, of_bucket);
	}
	cr_expect_leq(out, 12, "%u in 500 tables", out);
	free(of_bucket);
}

Test(dataplane_sessions, a_duplicate_does_not_begin_a_session_anew)
{
	deliver(&rig->counter, 1, 3, 3);
	deliver(&rig->counter, 1, 3, 3);
	deliver(&rig->counter, 1, 2, 2);
	cr_expect_eq(rig->block.stats.batches_counted, 3);
	cr_expect_eq(rig->block.stats.batches_duplicate, 5);
	cr_expect_eq(rig->block.stats.sessions_begun, 1);
}

/* Three workers, the same datagrams, the same table. */
struct racer {
	struct counting_rig *rig;
	struct counter counter;
	struct worker_block block;
	struct undo undo;
	uint64_t tallies[RIG_ROWS][RIG_STRIDE];
	pthread_t thread;
	pthread_barrier_t *together;
	unsigned seed;
};

enum { RACERS = 3, RACE_SESSIONS = 16, RACE_SEQUENCES = 20000 };

static void *race(void *argument)
{
	struct racer *r = argument;
	struct seeded_random random = {r->seed};

	for (uint32_t sequence = 1; sequence <= RACE_SEQUENCES; sequence++) {
		unsigned first = random_below(&random, RACE_SESSIONS);

		for (unsigned i = 0; i < RACE_SESSIONS; i++) {
			unsigned batches = sequence < 6 ? sequence : 6;

			deliver(&r->counter, 1 + (first + i) % RACE_SESSIONS, sequence, batches);
		}
	}
	return NULL;
}

static void run_race(void *(*run)(void *), uint64_t *batches, uint64_t *taps)
{
	struct racer *racers = aligned_alloc(64, RACERS * sizeof(*racers));
	pthread_barrier_t together;

	*batches = *taps = 0;
	memset(racers, 0, RACERS * sizeof(*racers));
	pthread_barrier_init(&together, NULL, RACERS);
	for (unsigned i = 0; i < RACERS; i++) {
		struct racer *r = &racers[i];

		r->counter = rig->counter;
		r->counter.stats = &r->block.stats;
		r->counter.tallies = r->tallies[0];
		r->counter.undo = &r->undo;
		r->counter.owner = i;
		r->together = &together;
		r->seed = i;
		cr_assert_eq(pthread_create(&r->thread, NULL, run, r), 0);
	}
	for (unsigned i = 0; i < RACERS; i++) {
		pthread_join(racers[i].thread, NULL);
		for (unsigned j = 0; j < RIG_STRIDE; j++)
			*taps += racers[i].tallies[RIG_ROW_OF_1][j];
		*batches += racers[i].block.stats.batches_counted;
	}
	pthread_barrier_destroy(&together);
	free(racers);
}

Test(dataplane_sessions, workers_that_get_the_same_datagrams_count_each_batch_once)
{
	uint64_t expected = 0, counted, batches;

	run_race(race, &batches, &counted);
	for (uint64_t session = 1; session <= RACE_SESSIONS; session++) {
		for (uint32_t sequence = 1; sequence <= RACE_SEQUENCES; sequence++)
			expected += taps_of(session, sequence);
	}
	/* A worker may fall behind the others by more than the window; nothing is lost, for they
	 * were first. */
	cr_expect_eq(batches, RACE_SESSIONS * RACE_SEQUENCES);
	cr_expect_eq(counted, expected);
}

enum { NEW_ROUNDS = 20000 };

/* New sessions, as many as a bucket holds, in another order for each worker; then the next. */
static void *bring_new_sessions(void *argument)
{
	struct racer *r = argument;
	struct seeded_random random = {r->seed};

	for (uint64_t round = 0; round < NEW_ROUNDS; round++) {
		unsigned first = random_below(&random, SESSION_SLOTS);

		pthread_barrier_wait(r->together);
		for (unsigned i = 0; i < SESSION_SLOTS; i++)
			deliver(&r->counter,
				1 + round * SESSION_SLOTS + (first + i) % SESSION_SLOTS, 1, 1);
	}
	return NULL;
}

/* In one bucket, so that each has to take the place of another. */
Test(dataplane_sessions, a_session_that_all_see_first_at_once_gets_one_place)
{
	uint64_t batches, taps;

	rig->counter.sessions.n = 1;
	run_race(bring_new_sessions, &batches, &taps);
	cr_expect_eq(batches, NEW_ROUNDS * SESSION_SLOTS);
}

/* However it came about: the table must not be left. */
Test(dataplane_sessions, a_bucket_that_has_a_session_twice_does_no_harm)
{
	const struct sessions *s = &rig->counter.sessions;
	struct session_bucket *b = session_bucket(s, session_hash(s, 1));

	for (unsigned i = 0; i < SESSION_SLOTS; i++)
		b->slots[i] =
			(struct session_slot){session_who(1, 0, 1), session_seen(1, UINT32_MAX)};
	deliver(&rig->counter, 1, 2, 2);
	cr_expect_eq(rig->block.stats.batches_counted, 1);
}

static void *table_of(struct sessions *s, uint32_t buckets, const struct sessions *key)
{
	void *memory = aligned_alloc(64, sessions_size(buckets));

	memset(memory, 0, sessions_size(buckets));
	memcpy(memory, key->key, sizeof(key->key));
	sessions_view(s, memory, buckets);
	return memory;
}

Test(dataplane_sessions, a_table_of_another_size_knows_the_same_sessions)
{
	static const uint32_t sizes[] = {RIG_BUCKETS, 2 * RIG_BUCKETS, RIG_BUCKETS / 2};

	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct sessions was = rig->counter.sessions, is;
		uint64_t begun = rig->block.stats.sessions_begun;
		void *memory = table_of(&is, sizes[i], &was);

		for (uint64_t session = 1; session <= SESSIONS; session++)
			deliver(&rig->counter, session, 5 + i, 5);
		cr_expect_eq(sessions_carry(&was, &is), 0);
		rig->counter.sessions = is;
		uint64_t counted = rig->block.stats.batches_counted;
		for (uint64_t session = 1; session <= SESSIONS; session++)
			deliver(&rig->counter, session, 5 + i, 5);
		cr_expect_eq(rig->block.stats.batches_counted, counted, "nothing counts again");
		cr_expect_eq(rig->block.stats.sessions_begun, i == 0 ? SESSIONS : begun);
		rig->counter.sessions = was;
		free(memory);
	}
}

Test(dataplane_sessions, a_table_that_is_too_small_says_how_many_had_to_go)
{
	enum { N = 3 * SESSION_SLOTS };
	struct sessions was = rig->counter.sessions, is;
	void *memory = table_of(&is, 1, &was);
	uint64_t who[SESSION_SLOTS];

	find_neighbours(who, SESSION_SLOTS);
	for (unsigned i = 0; i < SESSION_SLOTS; i++)
		deliver(&rig->counter, who[i], 5, 1);
	cr_expect_eq(sessions_carry(&was, &is), 0);
	for (unsigned i = 0; i < N; i++)
		deliver(&rig->counter, 1000 + i, 5, 1);
	cr_expect_gt(sessions_carry(&was, &is), 0, "one bucket holds three");
	for (unsigned i = 0; i < SESSION_SLOTS; i++)
		cr_expect_neq(is.buckets[0].slots[i].who, 0);
	free(memory);
}

Test(dataplane_sessions, the_key_is_made_once)
{
	struct session_head head = {{0}}, before;

	cr_assert_eq(sessions_make_key(&head), 0);
	cr_expect((head.key[0] | head.key[1]) != 0);
	before = head;
	cr_assert_eq(sessions_make_key(&head), 0);
	cr_expect_eq(memcmp(&head, &before, sizeof(head)), 0);
}

Test(dataplane_sessions, a_table_has_room_for_two_sessions_a_bucket)
{
	static const uint32_t sessions[] = {1, 2, 3, 4, 1024, 1025, 1 << 20, 1 << 24};

	for (unsigned i = 0; i < sizeof(sessions) / sizeof(sessions[0]); i++) {
		uint32_t buckets = sessions_buckets(sessions[i]);

		cr_expect_eq(buckets & (buckets - 1), 0);
		cr_expect_geq(2ull * buckets, sessions[i]);
		cr_expect(buckets == 1 || buckets < sessions[i], "%u", sessions[i]);
	}
}
