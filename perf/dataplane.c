/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What counting costs: the worker's own burst function over recycled packet buffers, against
 * touching them (receive, read the first line of each frame, free). Both in the same run, over the
 * same frames, round by round in turn. docs/performance.md says how to read the figures.
 *
 * The source is a memory pool without a cache: a first-in first-out ring, so that exactly so many
 * buffers are in use as the working set says.
 */

#include "control/catalogue.h"
#include "dataplane/worker.h"
#include "perf/frames.h"
#include "perf/report.h"

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 15, BURSTS = 4096, ROWS = 4096, STRIDE = 64, SESSIONS = 1 << 20, DATA_ROOM = 512 };

struct bench {
	struct rte_mempool *pool;
	struct worker worker;
	struct worker_block block;
	struct policy policy;
	struct reactors_head reactors_head;
};

static unsigned get_burst(struct bench *b, struct rte_mbuf **frames)
{
	return rte_mempool_get_bulk(b->pool, (void **)frames, WORKER_BURST) == 0 ? WORKER_BURST : 0;
}

/* Ticks a frame. */
static double time_touch(struct bench *b)
{
	struct rte_mbuf *frames[WORKER_BURST];
	uint64_t sum = 0, begin = rte_rdtsc();

	for (unsigned i = 0; i < BURSTS; i++) {
		unsigned n = get_burst(b, frames);

		for (unsigned j = 0; j < n; j++)
			sum += *rte_pktmbuf_mtod(frames[j], uint64_t *);
		rte_pktmbuf_free_bulk(frames, n);
	}
	uint64_t ticks = rte_rdtsc() - begin;
	__asm__ volatile("" : : "r"(sum));
	return (double)ticks / (BURSTS * WORKER_BURST);
}

static double time_count(struct bench *b)
{
	struct rte_mbuf *frames[WORKER_BURST];
	uint64_t begin = rte_rdtsc();

	for (unsigned i = 0; i < BURSTS; i++) {
		unsigned n = get_burst(b, frames);
		worker_burst(&b->worker, frames, (uint16_t)n);
	}
	return (double)(rte_rdtsc() - begin) / (BURSTS * WORKER_BURST);
}

/* Writes a frame into every buffer of the pool; it stays there, for nothing is sent. */
static bool fill(struct bench *b, const struct frames_case *c, unsigned n)
{
	struct rte_mbuf **all = calloc(n, sizeof(*all));
	bool good = all != NULL && rte_mempool_get_bulk(b->pool, (void **)all, n) == 0;

	for (unsigned i = 0; good && i < n; i++) {
		rte_pktmbuf_reset(all[i]);
		all[i]->pkt_len = frames_make(c, i, rte_pktmbuf_mtod(all[i], uint8_t *), DATA_ROOM);
		all[i]->data_len = (uint16_t)all[i]->pkt_len;
		all[i]->ol_flags =
			RTE_MBUF_F_RX_IP_CKSUM_GOOD | (c->verify ? 0 : RTE_MBUF_F_RX_L4_CKSUM_GOOD);
		good = all[i]->pkt_len != 0;
	}
	if (good)
		rte_mempool_put_bulk(b->pool, (void **)all, n);
	free(all);
	return good;
}

static bool run_case(struct bench *b, const struct frames_case *c, struct report *report)
{
	struct report_row row = {.name = c->name, .working_set = c->working_set};
	char name[RTE_MEMPOOL_NAMESIZE];

	snprintf(name, sizeof(name), "set%u", c->working_set);
	b->pool = rte_mempool_lookup(name);
	if (b->pool == NULL)
		b->pool = rte_pktmbuf_pool_create_by_ops(name, c->working_set, 0, 0,
			DATA_ROOM + RTE_PKTMBUF_HEADROOM, SOCKET_ID_ANY, "ring_sp_sc");
	if (b->pool == NULL || !fill(b, c, c->working_set)) {
		fprintf(stderr, "no memory for %u buffers: %s\n", c->working_set,
			rte_strerror(rte_errno));
		return false;
	}
	uint64_t accepted = b->block.stats.accepted;
	time_touch(b);
	time_count(b);
	report_begin(&row);
	for (unsigned i = 0; i < ROUNDS; i++) {
		row.touch[i] = time_touch(b);
		row.count[i] = time_count(b);
	}
	row.rounds = ROUNDS;
	report_end(&row);
	/* A benchmark of refusals would be a fast one. */
	uint64_t wanted = (uint64_t)(ROUNDS + 1) * BURSTS * WORKER_BURST;
	if (b->block.stats.accepted - accepted != wanted) {
		fprintf(stderr, "%s: %lu of %lu datagrams were accepted\n", c->name,
			(unsigned long)(b->block.stats.accepted - accepted), (unsigned long)wanted);
		return false;
	}
	report_add(report, &row);
	return true;
}

/* The matcher of the default catalogue; every other id is made known, for binary datagrams. */
static bool set_up(struct bench *b)
{
	static struct config config;
	static struct catalogue catalogue;
	char error[512];

	if (config_load(&config, NULL, error, sizeof(error)) < 0 ||
		catalogue_make(&catalogue, &config, error, sizeof(error)) < 0) {
		fprintf(stderr, "%s\n", error);
		return false;
	}
	memset(b->policy.known, 0xff, STRIDE / 8);
	for (unsigned i = 0; i <= WIRE_CHANNELS_MAX; i++)
		b->policy.row_of[i] = i < ROWS ? (uint16_t)i : POLICY_NO_ROW;
	b->policy.plain_text = b->policy.unsequenced = true;
	b->policy.matcher = catalogue.matcher;
	b->worker = (struct worker){
		.block = &b->block,
		.rules = {.port = WIRE_PORT_REACTIONS},
		.counter = {.policy = &b->policy,
			.stats = &b->block.stats,
			.tallies = aligned_alloc(64, sizeof(uint64_t) * ROWS * STRIDE),
			.stride = STRIDE,
			.unsequenced_budget = UINT32_MAX,
			.undo = aligned_alloc(64, sizeof(struct undo)),
			.reactors = {.head = &b->reactors_head,
				.rows = aligned_alloc(64, sizeof(struct reactors_row) * ROWS)}},
	};
	uint32_t buckets = sessions_buckets(SESSIONS);
	void *table = aligned_alloc(4096, sessions_size(buckets));
	memset(table, 0, sessions_size(buckets));
	memset(b->worker.counter.undo, 0, sizeof(struct undo));
	sessions_make_key(table);
	sessions_view(&b->worker.counter.sessions, table, buckets);
	memset(b->worker.counter.reactors.rows, 0, sizeof(struct reactors_row) * ROWS);
	memset(b->worker.counter.tallies, 0, sizeof(uint64_t) * ROWS * STRIDE);
	return text_scanner_new(&b->worker.counter.scanner, b->policy.matcher) == 0;
}

/* Ordinary memory: nothing to set up, and nobody's huge pages are taken. */
static bool start_eal(void)
{
	static const char line[] = "dataplane --no-huge --no-pci --no-telemetry --no-shconf -m 512 "
				   "--log-level=*:error";
	static char words[sizeof(line)];
	char *argv[16];
	int argc = 0;

	memcpy(words, line, sizeof(line));
	for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " "))
		argv[argc++] = word;
	return rte_eal_init(argc, argv) >= 0;
}

int main(int argc, char **argv)
{
	static struct bench b;
	static struct report report;
	bool json = argc > 1 && strcmp(argv[1], "--json") == 0;

	if (argc > 1 && !json) {
		fprintf(stderr, "usage: dataplane [--json]\n");
		return 2;
	}
	if (!start_eal() || !set_up(&b)) {
		fprintf(stderr, "DPDK did not start: %s\n", rte_strerror(rte_errno));
		return 1;
	}
	for (unsigned i = 0; i < frames_cases_n; i++) {
		if (!run_case(&b, &frames_cases[i], &report))
			return 1;
		if (!json)
			report_print_row(&report, report.n - 1);
	}
	if (json)
		report_print_json(&report);
	rte_eal_cleanup();
	return 0;
}
