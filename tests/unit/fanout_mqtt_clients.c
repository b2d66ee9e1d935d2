/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/mqtt_clients.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static int take(struct mqtt_clients *c, const char *id, uint32_t thread, uint32_t connection,
	int *taken_over)
{
	struct mqtt_client client = {thread, connection, connection + 100};

	return mqtt_clients_take(c, (struct mqtt_text){(const uint8_t *)id, (uint16_t)strlen(id)},
		client, taken_over);
}

Test(fanout_mqtt_clients, another_id_takes_nothing_over)
{
	struct mqtt_clients *c = mqtt_clients_new(10, 2);
	struct mqtt_client told;
	int over;

	cr_assert_geq(take(c, "a", 0, 1, &over), 0);
	cr_assert_eq(over, -1);
	cr_assert_geq(take(c, "b", 0, 2, &over), 0);
	cr_assert_eq(over, -1);
	cr_assert_not(mqtt_clients_next_taken_over(c, 0, &told));
	mqtt_clients_free(c);
}

Test(fanout_mqtt_clients, the_same_id_names_the_old_connection_to_its_thread_once)
{
	struct mqtt_clients *c = mqtt_clients_new(10, 2);
	struct mqtt_client told;
	int over;
	int old = take(c, "a", 1, 7, &over), next = take(c, "a", 0, 8, &over);

	cr_assert_eq(over, 1);
	cr_assert_not(mqtt_clients_next_taken_over(c, 0, &told));
	cr_assert(mqtt_clients_next_taken_over(c, 1, &told));
	cr_assert_eq(told.connection, 7);
	cr_assert_eq(told.generation, 107);
	cr_assert_not(mqtt_clients_next_taken_over(c, 1, &told));
	mqtt_clients_give_back(c, old);

	take(c, "a", 1, 9, &over); // the id is the newer one's still
	cr_assert_eq(over, 0);
	cr_assert(mqtt_clients_next_taken_over(c, 0, &told));
	cr_assert_eq(told.connection, 8);
	mqtt_clients_give_back(c, next);
	mqtt_clients_free(c);
}

Test(fanout_mqtt_clients, one_that_goes_before_it_is_told_is_not_named)
{
	struct mqtt_clients *c = mqtt_clients_new(10, 1);
	struct mqtt_client told;
	int over;
	int first = take(c, "a", 0, 1, &over), second = take(c, "a", 0, 2, &over);

	take(c, "a", 0, 3, &over);
	mqtt_clients_give_back(c, first);
	cr_assert(mqtt_clients_next_taken_over(c, 0, &told));
	cr_assert_eq(told.connection, 2);
	cr_assert_not(mqtt_clients_next_taken_over(c, 0, &told));
	mqtt_clients_give_back(c, second);
	mqtt_clients_free(c);
}

Test(fanout_mqtt_clients, a_free_id_takes_nothing_over)
{
	struct mqtt_clients *c = mqtt_clients_new(2, 1);
	int over;

	for (unsigned i = 0; i < 10; i++) {
		int entry = take(c, "a", 0, i, &over);

		cr_assert_geq(entry, 0);
		cr_assert_eq(over, -1);
		mqtt_clients_give_back(c, entry);
	}
	mqtt_clients_free(c);
}

Test(fanout_mqtt_clients, there_are_as_many_entries_as_connections)
{
	enum { MANY = 1000 };
	struct mqtt_clients *c = mqtt_clients_new(MANY, 1);
	int over, entries[MANY];
	char id[16];

	for (unsigned i = 0; i < MANY; i++) {
		sprintf(id, "client-%u", i);
		entries[i] = take(c, id, 0, i, &over);
		cr_assert_geq(entries[i], 0);
		cr_assert_eq(over, -1);
	}
	cr_assert_eq(take(c, "one more", 0, MANY, &over), -ENOSPC);
	mqtt_clients_give_back(c, entries[MANY / 2]);
	cr_assert_eq(take(c, "one more", 0, MANY, &over), entries[MANY / 2]);
	mqtt_clients_free(c);
}

enum { THREADS = 4, ROUNDS = 20000 };

struct fight {
	struct mqtt_clients *clients;
	uint32_t thread;
	unsigned lost;
};

/* Takes one id again and again, as the one connection of its thread. */
static void *fight(void *arg)
{
	struct fight *f = arg;
	struct mqtt_client told;
	int over, entry = -1;

	for (uint32_t i = 0; i < ROUNDS; i++) {
		while (mqtt_clients_next_taken_over(f->clients, f->thread, &told))
			f->lost++;
		if (entry >= 0)
			mqtt_clients_give_back(f->clients, entry);
		entry = take(f->clients, "one", f->thread, i, &over);
	}
	mqtt_clients_give_back(f->clients, entry);
	return NULL;
}

Test(fanout_mqtt_clients, threads_may_fight_for_an_id)
{
	struct fight fights[THREADS] = {{0}};
	struct mqtt_clients *c = mqtt_clients_new(THREADS, THREADS);
	pthread_t threads[THREADS];
	struct mqtt_client told;
	int over;

	for (unsigned i = 0; i < THREADS; i++) {
		fights[i] = (struct fight){c, i, 0};
		cr_assert_eq(pthread_create(&threads[i], NULL, fight, &fights[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (unsigned i = 0; i < THREADS; i++) {
		cr_assert_leq(fights[i].lost, ROUNDS);
		cr_assert_not(mqtt_clients_next_taken_over(c, i, &told));
	}
	for (uint32_t i = 0; i < THREADS; i++) // every entry came back
		cr_assert_geq(take(c, i % 2 == 0 ? "even" : "odd", 0, i, &over), 0);
	mqtt_clients_free(c);
}
