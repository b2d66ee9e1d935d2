/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/engine.h"
#include "fanout_rig.h"

#include <criterion/criterion.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

/* The table grows while the wave goes round it. */
Test(fanout_wave, misses_nobody_while_others_come)
{
	enum { SUBSCRIBERS = 1200, ROUNDS = 20, COME = 30 };
	struct rig rig = rig_start(1, 5000);
	int subscribers[SUBSCRIBERS], others[ROUNDS * COME], n = 0;

	for (int i = 0; i < SUBSCRIBERS; i++) {
		subscribers[i] = client_connect(rig.tcp, 0);
		client_send(subscribers[i], "SUB 1\n");
	}
	rig_await(&rig, offsetof(struct fanout_stats, accepted), SUBSCRIBERS);
	for (uint32_t round = 1; round <= ROUNDS; round++) {
		rig_publish(&rig, 1, round, 100);
		for (int i = 0; i < COME; i++)
			others[n++] = client_connect(rig.tcp, 0);
		for (int i = 0; i < SUBSCRIBERS; i++)
			cr_assert_eq(client_frame(subscribers[i], 1, 100), round);
	}
	for (int i = 0; i < SUBSCRIBERS; i++)
		close(subscribers[i]);
	for (int i = 0; i < n; i++)
		close(others[i]);
	rig_stop(&rig);
}

/* Between two steps the thread deals with whatever else has come. */
Test(fanout_wave, does_not_look_at_everybody_at_once_where_nothing_is_to_be_sent)
{
	enum { CONNECTIONS = 3 * WAVE_LOOKS + 1 };
	struct engine_thread *t = calloc(1, sizeof(*t));
	unsigned steps = 0;

	cr_assert_eq(connection_table_init(&t->connections, CONNECTIONS), 0);
	for (unsigned i = 0; i < CONNECTIONS; i++)
		t->connections.slots[i].fd = i % 2 == 0 ? -1 : 0; // gone, or no subscriber
	t->connections.high = t->wave.left = CONNECTIONS;
	for (; t->wave.left > 0; steps++) {
		uint32_t before = t->wave.left;

		wave_step(t);
		cr_assert_leq(before - t->wave.left, WAVE_LOOKS);
	}
	cr_assert_eq(steps, 4);
	connection_table_fini(&t->connections);
	free(t);
}
