/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "fanout/mqtt_clients.h"

#include "fanout/mqtt_header.h"

#include <errno.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { KEY_LEN = 16, HASH_LEN = 16, NONE = 0 };

enum state { FREE, HAS_ID, TAKEN_OVER, TOLD };

struct entry {
	uint8_t hash[HASH_LEN];
	struct mqtt_client client;
	int next; // in its bucket, in its thread's list, or in the list of free entries
	enum state state;
};

struct mqtt_clients {
	pthread_mutex_t lock;
	uint8_t key[KEY_LEN]; // so that nobody can choose ids that meet in one bucket
	unsigned mask;        // of buckets
	int capacity;
	int high; // entries above were never used: their pages cost nothing
	int free;
	int *buckets;
	int *taken_over;       // by thread: its list
	struct entry *entries; // the first is nobody's
};

static unsigned power_of_two(unsigned at_least)
{
	unsigned n = 1;

	while (n < at_least)
		n *= 2;
	return n;
}

struct mqtt_clients *mqtt_clients_new(unsigned connections, unsigned threads)
{
	unsigned buckets = power_of_two(connections);
	struct mqtt_clients *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	pthread_mutex_init(&c->lock, NULL);
	c->mask = buckets - 1;
	c->capacity = (int)connections;
	c->buckets = calloc(buckets, sizeof(c->buckets[0]));
	c->taken_over = calloc(threads, sizeof(c->taken_over[0]));
	c->entries = calloc(connections + 1, sizeof(c->entries[0]));
	if (c->buckets == NULL || c->taken_over == NULL || c->entries == NULL ||
		getrandom(c->key, sizeof(c->key), 0) != sizeof(c->key)) {
		mqtt_clients_free(c);
		return NULL;
	}
	return c;
}

void mqtt_clients_free(struct mqtt_clients *c)
{
	if (c == NULL)
		return;
	pthread_mutex_destroy(&c->lock);
	free(c->buckets);
	free(c->taken_over);
	free(c->entries);
	free(c);
}

/* An id is not longer than the packet that it came in. */
static void hash_id(const struct mqtt_clients *c, struct mqtt_text id, uint8_t out[HASH_LEN])
{
	unsigned char text[KEY_LEN + MQTT_PACKET_MAX], digest[SHA256_DIGEST_LENGTH];
	size_t len = id.len < MQTT_PACKET_MAX ? id.len : MQTT_PACKET_MAX;

	memcpy(text, c->key, KEY_LEN);
	memcpy(text + KEY_LEN, id.at, len);
	SHA256(text, KEY_LEN + len, digest);
	memcpy(out, digest, HASH_LEN);
}

static int *bucket_of(struct mqtt_clients *c, const uint8_t hash[HASH_LEN])
{
	uint32_t head;

	memcpy(&head, hash, sizeof(head));
	return &c->buckets[head & c->mask];
}

/* Where the number of the entry with this hash stands, or the end of its bucket. */
static int *find(struct mqtt_clients *c, const uint8_t hash[HASH_LEN])
{
	int *at = bucket_of(c, hash);

	while (*at != NONE && memcmp(c->entries[*at].hash, hash, HASH_LEN) != 0)
		at = &c->entries[*at].next;
	return at;
}

static void push(struct mqtt_clients *c, int *list, int entry)
{
	c->entries[entry].next = *list;
	*list = entry;
}

static int take_entry(struct mqtt_clients *c)
{
	int entry = c->free;

	if (entry != NONE)
		c->free = c->entries[entry].next;
	else if (c->high < c->capacity)
		entry = ++c->high;
	return entry;
}

/* Out of its bucket, into the list of its thread. Returns the thread, or -1 without such an id. */
static int take_over(struct mqtt_clients *c, const uint8_t hash[HASH_LEN])
{
	int *at = find(c, hash), entry = *at;

	if (entry == NONE)
		return -1;
	struct entry *old = &c->entries[entry];
	*at = old->next;
	old->state = TAKEN_OVER;
	push(c, &c->taken_over[old->client.thread], entry);
	return (int)old->client.thread;
}

int mqtt_clients_take(
	struct mqtt_clients *c, struct mqtt_text id, struct mqtt_client client, int *taken_over)
{
	uint8_t hash[HASH_LEN];

	hash_id(c, id, hash);
	pthread_mutex_lock(&c->lock);
	int entry = take_entry(c);
	if (entry != NONE) {
		struct entry *e = &c->entries[entry];

		*taken_over = take_over(c, hash);
		*e = (struct entry){.client = client, .state = HAS_ID};
		memcpy(e->hash, hash, HASH_LEN);
		push(c, bucket_of(c, hash), entry);
	}
	pthread_mutex_unlock(&c->lock);
	return entry == NONE ? -ENOSPC : entry;
}

static void unlink_from(struct mqtt_clients *c, int *list, int entry)
{
	while (*list != entry)
		list = &c->entries[*list].next;
	*list = c->entries[entry].next;
}

void mqtt_clients_give_back(struct mqtt_clients *c, int entry)
{
	struct entry *e = &c->entries[entry];

	pthread_mutex_lock(&c->lock);
	if (e->state == HAS_ID)
		unlink_from(c, bucket_of(c, e->hash), entry);
	else if (e->state == TAKEN_OVER)
		unlink_from(c, &c->taken_over[e->client.thread], entry);
	e->state = FREE;
	push(c, &c->free, entry);
	pthread_mutex_unlock(&c->lock);
}

bool mqtt_clients_next_taken_over(struct mqtt_clients *c, uint32_t thread, struct mqtt_client *out)
{
	pthread_mutex_lock(&c->lock);
	int *list = &c->taken_over[thread], entry = *list;
	if (entry != NONE) {
		struct entry *e = &c->entries[entry];

		*list = e->next;
		*out = e->client;
		e->state = TOLD;
	}
	pthread_mutex_unlock(&c->lock);
	return entry != NONE;
}
