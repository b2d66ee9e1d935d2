/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/kafka_standing.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

/* There are fewer sentences; one more would go unsaid. */
enum { SENTENCES = 64 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	uint64_t kind;
	unsigned parts; // in this trouble; 0: the place is free
} standing[SENTENCES];
static unsigned troubled; // parts
static atomic_bool told;  // that something is wrong, and not yet that it is over

/* FNV-1a. */
uint64_t kafka_standing_kind(const char *sentence)
{
	const char *tail = strstr(sentence, "; librdkafka: ");
	const char *end = tail != NULL ? tail : sentence + strlen(sentence);
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (const char *c = sentence; c < end; c++)
		hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
	return hash | 1;
}

/* The number of those that were in it. */
static unsigned add_part(uint64_t kind)
{
	unsigned place = SENTENCES;

	for (unsigned i = 0; i < SENTENCES; i++) {
		if (standing[i].parts > 0 && standing[i].kind == kind)
			return standing[i].parts++;
		if (standing[i].parts == 0)
			place = i;
	}
	if (place == SENTENCES)
		return 1;
	standing[place].kind = kind;
	standing[place].parts = 1;
	return 0;
}

static void remove_part(uint64_t kind)
{
	for (unsigned i = 0; i < SENTENCES; i++) {
		if (standing[i].parts > 0 && standing[i].kind == kind) {
			standing[i].parts--;
			return;
		}
	}
}

bool kafka_standing_enter(uint64_t kind)
{
	pthread_mutex_lock(&lock);
	bool first = add_part(kind) == 0;
	troubled++;
	atomic_store(&told, true);
	pthread_mutex_unlock(&lock);
	return first;
}

void kafka_standing_leave(uint64_t kind)
{
	pthread_mutex_lock(&lock);
	remove_part(kind);
	troubled--;
	pthread_mutex_unlock(&lock);
}

/* It is asked with every record, so without the lock where all is well. */
bool kafka_standing_is_over(void)
{
	if (!atomic_load_explicit(&told, memory_order_relaxed))
		return false;
	pthread_mutex_lock(&lock);
	bool over = troubled == 0 && atomic_exchange(&told, false);
	pthread_mutex_unlock(&lock);
	return over;
}
