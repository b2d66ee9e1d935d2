/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Buckets with chains of entries, entries numbered from 1, 0 ending a chain. One lock for all: it
 * is held for the length of a chain, some tens of nanoseconds, and a connection costs microseconds.
 */

#include "fanout/sources.h"

#include "fanout/siphash.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

struct entry {
	source_t source;
	uint32_t count; // connections that are open
	uint32_t link;  // the next of its bucket, or of the free ones
};

struct sources {
	pthread_mutex_t lock;
	struct siphash_key key;
	uint32_t limit;
	uint32_t mask;     // buckets - 1
	uint32_t high;     // entries from here on were never used
	uint32_t free;     // head of the list of free ones below high
	uint32_t capacity; // entries
	struct entry *entries;
	uint32_t *buckets; // behind the entries
	size_t size;       // of both
};

static const source_t IPV4 = 0xffffffff00000000;

source_t source_of_ipv4(const uint8_t address[4])
{
	return IPV4 | (uint32_t)address[0] << 24 | (uint32_t)address[1] << 16 |
	       (uint32_t)address[2] << 8 | address[3];
}

source_t source_of_ipv6(const uint8_t address[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	source_t network = 0;

	if (memcmp(address, mapped, sizeof(mapped)) == 0)
		return source_of_ipv4(address + sizeof(mapped));
	for (unsigned i = 0; i < 8; i++)
		network = network << 8 | address[i];
	return network;
}

source_t source_of(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET6)
		return source_of_ipv6(((const struct sockaddr_in6 *)address)->sin6_addr.s6_addr);
	const struct sockaddr_in *in = (const struct sockaddr_in *)address;
	return source_of_ipv4((const uint8_t *)&in->sin_addr);
}

const char *source_text(source_t source, char out[SOURCE_TEXT_MAX])
{
	struct in6_addr network = {0};
	char text[INET6_ADDRSTRLEN];

	if (source >= IPV4) {
		snprintf(out, SOURCE_TEXT_MAX, "%u.%u.%u.%u", (unsigned)(source >> 24 & 0xff),
			(unsigned)(source >> 16 & 0xff), (unsigned)(source >> 8 & 0xff),
			(unsigned)(source & 0xff));
		return out;
	}
	for (unsigned i = 0; i < 8; i++)
		network.s6_addr[i] = (uint8_t)(source >> (56 - 8 * i));
	inet_ntop(AF_INET6, &network, text, sizeof(text));
	snprintf(out, SOURCE_TEXT_MAX, "%s/64", text);
	return out;
}

static uint32_t power_of_two_from(uint32_t n)
{
	uint32_t power = 1;

	while (power < n)
		power *= 2;
	return power;
}

/* Pages that were never used cost nothing. */
static bool map(struct sources *s)
{
	size_t entries = ((size_t)s->capacity + 1) * sizeof(s->entries[0]);

	s->size = entries + ((size_t)s->mask + 1) * sizeof(s->buckets[0]);
	void *memory = mmap(NULL, s->size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return false;
	s->entries = memory;
	s->buckets = (uint32_t *)((char *)memory + entries);
	return true;
}

struct sources *sources_new(uint32_t connections, uint32_t limit)
{
	struct sources *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->limit = limit;
	s->capacity = connections;
	s->mask = power_of_two_from(connections) - 1;
	s->high = 1;
	if (getrandom(&s->key, sizeof(s->key), 0) != sizeof(s->key) || !map(s)) {
		free(s);
		return NULL;
	}
	pthread_mutex_init(&s->lock, NULL);
	return s;
}

void sources_free(struct sources *s)
{
	if (s == NULL)
		return;
	munmap(s->entries, s->size);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

void sources_set_limit(struct sources *s, uint32_t limit)
{
	pthread_mutex_lock(&s->lock);
	s->limit = limit != 0 ? limit : UINT32_MAX;
	pthread_mutex_unlock(&s->lock);
}

static uint32_t *bucket_of(const struct sources *s, source_t source)
{
	return &s->buckets[siphash_u64(&s->key, source) & s->mask];
}

/* A new entry at the head of the bucket; 0 if there is none left. */
static uint32_t add(struct sources *s, uint32_t *bucket, source_t source)
{
	uint32_t i = s->free;

	if (i != 0)
		s->free = s->entries[i].link;
	else if (s->high <= s->capacity)
		i = s->high++;
	else
		return 0;
	s->entries[i] = (struct entry){.source = source, .link = *bucket};
	*bucket = i;
	return i;
}

static uint32_t find_or_add(struct sources *s, source_t source)
{
	uint32_t *bucket = bucket_of(s, source);
	uint32_t i = *bucket;

	while (i != 0 && s->entries[i].source != source)
		i = s->entries[i].link;
	return i != 0 ? i : add(s, bucket, source);
}

uint32_t sources_take(struct sources *s, source_t source)
{
	pthread_mutex_lock(&s->lock);
	uint32_t i = find_or_add(s, source);
	if (i != 0 && s->entries[i].count < s->limit)
		s->entries[i].count++;
	else
		i = 0;
	pthread_mutex_unlock(&s->lock);
	return i;
}

static void drop(struct sources *s, uint32_t i)
{
	uint32_t *link = bucket_of(s, s->entries[i].source);

	while (*link != i)
		link = &s->entries[*link].link;
	*link = s->entries[i].link;
	s->entries[i].link = s->free;
	s->free = i;
}

void sources_release(struct sources *s, uint32_t entry)
{
	pthread_mutex_lock(&s->lock);
	if (--s->entries[entry].count == 0)
		drop(s, entry);
	pthread_mutex_unlock(&s->lock);
}
