/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Open connections by address, and the hash under a key that finds them.
 */

#include "fanout/siphash.h"
#include "fanout/sources.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static source_t source(const char *text)
{
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	struct sockaddr_in in = {.sin_family = AF_INET};

	if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
		return source_of((struct sockaddr *)&in);
	cr_assert_eq(inet_pton(AF_INET6, text, &in6.sin6_addr), 1, "%s", text);
	return source_of((struct sockaddr *)&in6);
}

Test(fanout_sources, an_address_and_a_network_of_64_bits_are_sources)
{
	static const char *const same[][2] = {
		{"192.0.2.1", "::ffff:192.0.2.1"},
		{"2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"},
	};
	static const char *const others[][2] = {
		{"192.0.2.1", "192.0.2.2"},
		{"2001:db8:1:2::1", "2001:db8:1:3::1"},
		{"0.0.0.1", "::1"},
		{"192.0.2.1", "::192.0.2.1"},
	};
	char text[SOURCE_TEXT_MAX];

	for (unsigned i = 0; i < 2; i++)
		cr_expect_eq(source(same[i][0]), source(same[i][1]), "%s", same[i][0]);
	for (unsigned i = 0; i < 4; i++)
		cr_expect_neq(source(others[i][0]), source(others[i][1]), "%s", others[i][0]);
	cr_expect_str_eq(source_text(source("192.0.2.1"), text), "192.0.2.1");
	cr_expect_str_eq(source_text(source("::ffff:192.0.2.1"), text), "192.0.2.1");
	cr_expect_str_eq(source_text(source("2001:db8:1:2::1"), text), "2001:db8:1:2::/64");
	cr_expect_str_eq(source_text(source("::1"), text), "::/64");
}

Test(fanout_sources, each_source_has_as_many_as_the_limit_and_gets_back_what_it_gave_back)
{
	struct sources *s = sources_new(10, 2);
	uint32_t first = sources_take(s, 1), second = sources_take(s, 1);

	cr_assert_neq(first, 0);
	cr_assert_neq(second, 0);
	cr_assert_eq(sources_take(s, 1), 0, "a third is one too many");
	cr_assert_neq(sources_take(s, 2), 0, "but not of another");
	sources_release(s, first);
	cr_assert_neq(sources_take(s, 1), 0);
	cr_assert_eq(sources_take(s, 1), 0);
	sources_free(s);
}

/* A small generator with a fixed seed, so that a failure comes again. */
static uint32_t below(uint32_t *state, uint32_t n)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state % n;
}

Test(fanout_sources, a_table_that_is_full_again_and_again_counts_as_a_plain_array_does)
{
	enum { CONNECTIONS = 500, ADDRESSES = 300, LIMIT = 3, STEPS = 200000 };
	struct sources *s = sources_new(CONNECTIONS, LIMIT);
	uint32_t entries[CONNECTIONS] = {0}, count[ADDRESSES] = {0}, state = 2463534242;
	uint32_t whose[CONNECTIONS] = {0};

	for (unsigned step = 0; step < STEPS; step++) {
		uint32_t i = below(&state, CONNECTIONS), a = below(&state, ADDRESSES);

		if (entries[i] != 0) {
			sources_release(s, entries[i]);
			count[whose[i]]--;
		}
		entries[i] = sources_take(s, (source_t)a << 40);
		cr_assert_eq(entries[i] != 0, count[a] < LIMIT, "step %u", step);
		whose[i] = a;
		count[a] += entries[i] != 0;
	}
	sources_free(s);
}

Test(fanout_sources, there_is_room_for_every_connection_from_a_source_of_its_own)
{
	enum { CONNECTIONS = 20000 };
	struct sources *s = sources_new(CONNECTIONS, 1);

	for (unsigned round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < CONNECTIONS; i++)
			cr_assert_neq(sources_take(s, i), 0, "%u", i);
		cr_assert_eq(sources_take(s, CONNECTIONS), 0);
		for (uint32_t entry = 1; entry <= CONNECTIONS; entry++)
			sources_release(s, entry);
	}
	sources_free(s);
}

static void *take_and_release(void *arg)
{
	for (unsigned i = 0; i < 100000; i++) {
		uint32_t entry = sources_take(arg, i % 7);

		if (entry != 0)
			sources_release(arg, entry);
	}
	return NULL;
}

Test(fanout_sources, threads_share_the_table)
{
	struct sources *s = sources_new(16, 4);
	pthread_t threads[4];

	for (unsigned i = 0; i < 4; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, take_and_release, s), 0);
	for (unsigned i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	for (unsigned i = 0; i < 4; i++)
		cr_expect_neq(sources_take(s, 3), 0, "all was given back");
	cr_expect_eq(sources_take(s, 3), 0);
	sources_free(s);
}

static uint64_t openssl_siphash(const uint8_t key[16], uint64_t value)
{
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "SIPHASH", NULL);
	EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);
	size_t size = 8, len = 0;
	const OSSL_PARAM params[] = {OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
		OSSL_PARAM_construct_end()};
	uint64_t out = 0;

	cr_assert_eq(EVP_MAC_init(context, key, 16, params), 1);
	cr_assert_eq(EVP_MAC_update(context, (uint8_t *)&value, sizeof(value)), 1);
	cr_assert_eq(EVP_MAC_final(context, (uint8_t *)&out, &len, sizeof(out)), 1);
	cr_assert_eq(len, sizeof(out));
	EVP_MAC_CTX_free(context);
	EVP_MAC_free(mac);
	return le64toh(out);
}

Test(fanout_sources, the_hash_is_siphash)
{
	uint8_t bytes[16];
	struct siphash_key key;
	uint32_t state = 88172645;

	for (uint8_t i = 0; i < 16; i++)
		bytes[i] = i;
	memcpy(&key, bytes, sizeof(key));
	cr_assert_eq(siphash_u64(&key, 0x0706050403020100), 0x93f5f5799a932462,
		"the vector of the paper's authors for 8 bytes");
	for (unsigned round = 0; round < 1000; round++) {
		uint64_t value =
			(uint64_t)below(&state, UINT32_MAX) << 32 | below(&state, UINT32_MAX);

		for (unsigned i = 0; i < 16; i++)
			bytes[i] = (uint8_t)below(&state, 256);
		memcpy(&key, bytes, sizeof(key));
		cr_assert_eq(siphash_u64(&key, value), openssl_siphash(bytes, value));
	}
}
