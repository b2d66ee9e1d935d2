/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Which connection has which MQTT client id, over all threads. An id has one connection: a new one
 * that comes with the same id takes it over, and the old one is to be closed by the thread that it
 * belongs to, which finds it in its list here (MQTT 5, 3.1.4).
 *
 * There is one entry for each connection that may be open, so nothing is allocated later. An entry
 * is the old connection's until that one gives it back, also when its id has been taken over. Ids
 * are kept as keyed hashes of 128 bits. One mutex: it is taken when clients come and go only.
 */
#ifndef FANOUT_MQTT_CLIENTS_H
#define FANOUT_MQTT_CLIENTS_H

#include "fanout/mqtt_reader.h"

struct mqtt_clients;

/* A connection, as its thread finds it again. */
struct mqtt_client {
	uint32_t thread;
	uint32_t connection; // index in that thread's table
	uint32_t generation; // of the slot there
};

/* NULL if there is no memory, or no randomness. */
struct mqtt_clients *mqtt_clients_new(unsigned connections, unsigned threads);
void mqtt_clients_free(struct mqtt_clients *clients);

/*
 * The client has this id now. Returns the entry to give back when its connection ends, or -ENOSPC.
 * *taken_over is the thread that now has a connection to close, or -1: the id was free.
 */
int mqtt_clients_take(struct mqtt_clients *clients, struct mqtt_text id, struct mqtt_client client,
	int *taken_over);

void mqtt_clients_give_back(struct mqtt_clients *clients, int entry);

/* The next connection of the thread of which the id was taken over; each comes once. */
bool mqtt_clients_next_taken_over(
	struct mqtt_clients *clients, uint32_t thread, struct mqtt_client *out);

#endif
