/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "store_rig.h"

#include "control/merge.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void store_rig_init(struct store_rig *rig, unsigned workers, unsigned channels, unsigned reactions)
{
	memset(rig, 0, sizeof(*rig));
	snprintf(rig->folder, sizeof(rig->folder), "/dev/shm/unit-XXXXXX");
	cr_assert_neq(mkdtemp(rig->folder), NULL);
	rig->config.name = "test";
	rig->config.arena_folder = rig->folder;
	rig->config.arena_channels = channels;
	rig->config.arena_reactions = reactions;
	rig->config.arena_sessions = 64;
	rig->config.n_ports = 1;
	rig->config.ports[0].queues = workers;
}

int store_rig_try_open(struct store_rig *rig)
{
	rig->error[0] = '\0';
	return store_open(&rig->store, &rig->config, false, rig->error, sizeof(rig->error));
}

void store_rig_open(struct store_rig *rig)
{
	cr_assert_eq(store_rig_try_open(rig), 0, "%s", rig->error);
}

void store_rig_close(struct store_rig *rig)
{
	store_close(&rig->store, false);
}

void store_rig_remove(struct store_rig *rig)
{
	store_close(&rig->store, true);
	cr_expect_neq(access(rig->folder, F_OK), 0, "%s stays", rig->folder);
}

uint64_t store_rig_window(struct store_rig *rig, uint64_t *counts)
{
	struct store *s = &rig->store;
	uint64_t before = store_now_shown(s)->taps_in_windows;
	struct merge m;

	cr_assert_eq(merge_init(&m, s), 0);
	merge_begin(&m);
	for (unsigned row = 0; row < store_rows_used(s); row++) {
		const uint64_t *grown = merge_row(&m, row);
		uint64_t taps = 0;

		for (unsigned r = 0; r < s->stride; r++) {
			taps += grown[r];
			if (counts != NULL)
				counts[row * s->stride + r] = grown[r];
		}
		merge_total(&m, row, taps);
	}
	rig->windows++;
	merge_commit(&m, rig->windows, 1000 * rig->windows);
	merge_free(&m);
	return store_now_shown(s)->taps_in_windows - before;
}

static struct session_claim look(
	const struct store_rig *rig, uint64_t session, uint32_t sequence, unsigned worker)
{
	const struct sessions *t = &rig->store.sessions;
	struct session_claim c;

	session_look(session_bucket(t, session_hash(t, session)), session, sequence, 1, worker, &c);
	return c;
}

bool store_rig_is_fresh(const struct store_rig *rig, uint64_t session, uint32_t sequence)
{
	return look(rig, session, sequence, 0).fresh != 0;
}

void store_rig_begin_batch(
	struct store_rig *rig, const struct store_rig_batch *b, enum store_rig_moment moment)
{
	struct undo *u = &rig->store.undo[b->worker];
	struct session_claim c = look(rig, b->session, b->sequence, b->worker);
	uint64_t *tally = &store_row_tallies(&rig->store, b->worker, b->row)[b->reaction];

	cr_assert_neq(c.fresh, 0);
	u->adds[0] = undo_add_of(b->reaction, b->taps);
	undo_arm(u, &rig->store.sessions, &c, b->row, 1);
	if (moment >= STORE_RIG_CLAIMED)
		cr_assert(session_commit(&c));
	if (moment >= STORE_RIG_ADDING)
		undo_step(u, 1, *tally);
	if (moment >= STORE_RIG_ADDED)
		*tally += b->taps;
}

void store_rig_count_batch(struct store_rig *rig, const struct store_rig_batch *b)
{
	store_rig_begin_batch(rig, b, STORE_RIG_ADDED);
	undo_idle(&rig->store.undo[b->worker]);
}
