/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/dataplane.h"

#include "dataplane/eal.h"
#include "dataplane/exception.h"
#include "dataplane/interrupts.h"
#include "dataplane/log.h"
#include "dataplane/port.h"
#include "dataplane/secondaries.h"
#include "dataplane/vdev.h"
#include "dataplane/worker.h"
#include "dataplane/worker_nodes.h"

#include <errno.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

LOG_MODULE_DEFINE(dataplane_log, "dataplane")

struct dataplane {
	unsigned n_ports;
	unsigned n_workers;
	bool running;
	atomic_bool stop; // control: wo, workers: ro
	struct policy_notice notice;
	struct capture_ending ending;
	const char *name;
	struct port ports[DATAPLANE_PORTS_MAX];
	struct exception exceptions[DATAPLANE_PORTS_MAX]; // by port
	struct exception_thread exception_thread;
	struct worker workers[DATAPLANE_WORKERS_MAX];
	char why[512];
};

unsigned dataplane_workers(const struct dataplane_config *config)
{
	unsigned n = 0;

	for (unsigned i = 0; i < config->n_ports; i++)
		n += config->ports[i].queues;
	return n;
}

/* The first choice that works; d->why gathers why those before it did not. */
static int open_auto(struct dataplane *d, struct port *p, const struct dataplane_config *config,
	const struct dataplane_port *wanted, char *error, size_t cap)
{
	size_t used = 0;
	int ret = 0;

	for (unsigned i = 0; i < VDEV_CHOICES; i++) {
		struct dataplane_port choice = *wanted;
		char device[DATAPLANE_DEVICE_MAX];

		ret = vdev_choice(i, d->n_ports, config->name, config->runtime_folder, device,
			sizeof(device));
		if (ret == 0) {
			choice.device = device;
			choice.local = -1;
			ret = port_open(p, &choice, config->reaction_port, error, cap);
		}
		if (ret == 0)
			return 0;
		if (used < sizeof(d->why))
			used += (size_t)snprintf(d->why + used, sizeof(d->why) - used, "%s%s",
				i == 0 ? "" : "; ", error);
	}
	snprintf(error, cap, "no device works here: %s", d->why);
	return ret;
}

/* Where one is wanted; the others stay as they are, closed. */
static int open_exceptions(
	struct dataplane *d, const struct dataplane_config *config, char *error, size_t cap)
{
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < d->n_ports; i++) {
		const struct port *p = &d->ports[i];
		const struct exception_wanted wanted = {
			.port = p->id,
			.number = i,
			.device = p->device,
			.interface = config->ports[i].exception_interface,
			.per_second = config->ports[i].exception_per_second,
			.lanes = p->queues,
			.pool = p->pool,
		};

		if (!p->exception)
			continue;
		ret = exception_open(&d->exceptions[i], &wanted, error, cap);
		if (ret == 0)
			d->exception_thread.of[d->exception_thread.n++] = &d->exceptions[i];
	}
	return ret;
}

static int open_ports(
	struct dataplane *d, const struct dataplane_config *config, char *error, size_t cap)
{
	for (unsigned i = 0; i < config->n_ports; i++) {
		struct port *p = &d->ports[d->n_ports];
		struct dataplane_port wanted = config->ports[i];
		int ret;

		wanted.records = config->runtime_folder;
		if (strcmp(wanted.device, DATAPLANE_DEVICE_AUTO) == 0)
			ret = open_auto(d, p, config, &wanted, error, cap);
		else
			ret = port_open(p, &wanted, config->reaction_port, error, cap);
		if (ret < 0)
			return ret;
		d->n_ports++;
		LOG_INFO("receiving through %s (%s), %u queue%s", p->device, p->driver, p->queues,
			p->queues == 1 ? "" : "s");
	}
	port_await_links(d->ports, d->n_ports);
	return 0;
}

/* Each queue of each port gets the next worker, each worker the next lcore. */
static int place_workers(
	struct dataplane *d, const struct dataplane_config *config, char *error, size_t cap)
{
	unsigned lcore = rte_get_next_lcore(-1, 1, 0), w = 0;

	for (unsigned i = 0; i < d->n_ports; i++) {
		for (uint16_t q = 0; q < d->ports[i].queues; q++, w++) {
			if (lcore >= RTE_MAX_LCORE) {
				snprintf(error, cap,
					"each queue needs an lcore besides the main one, %u in "
					"all, and DPDK was given %u: change -l or --lcores, or use "
					"fewer queues",
					d->n_workers, rte_lcore_count() - 1);
				return -ERANGE;
			}
			d->workers[w] = (struct worker){
				.port = d->ports[i].id,
				.queue = q,
				.lcore = lcore,
				.id = w,
				.stop = &d->stop,
				.notice = &d->notice,
				.tick_hz = rte_get_tsc_hz(),
				.idle_us = config->idle_us,
				.rules = {.port = config->reaction_port,
					.partial_checksums = d->ports[i].local},
				.answering = {.able = d->ports[i].sends},
				.other_queue = q == 0 ? d->ports[i].other_queue : NO_QUEUE,
			};
			exception_join(&d->exceptions[i], q, &d->workers[w].exception);
			d->workers[w].runs_errands = d->workers[w].other_queue != NO_QUEUE ||
						     d->workers[w].exception.from_kernel != NULL;
			LOG_DEBUG("worker %u on lcore %u polls queue %u of %s", w, lcore, q,
				d->ports[i].device);
			lcore = rte_get_next_lcore(lcore, 1, 0);
		}
	}
	return 0;
}

int dataplane_init(
	struct dataplane **out, const struct dataplane_config *config, char *error, size_t cap)
{
	struct dataplane *d = aligned_alloc(_Alignof(struct dataplane), sizeof(*d));
	int ret;

	if (d == NULL)
		return -ENOMEM;
	memset(d, 0, sizeof(*d));
	d->n_workers = dataplane_workers(config);
	d->name = config->name;
	ret = eal_start(config, d->n_workers, error, cap);
	if (ret < 0) {
		free(d);
		return ret;
	}
	secondaries_admit();
	ret = open_ports(d, config, error, cap);
	if (ret == 0)
		ret = open_exceptions(d, config, error, cap);
	if (ret == 0)
		ret = place_workers(d, config, error, cap);
	if (ret < 0) {
		dataplane_free(d);
		return ret;
	}
	*out = d;
	return 0;
}

static int arm(struct worker *w, unsigned i, unsigned workers, const struct policy_edition *first,
	const struct dataplane_memory *memory, struct rte_rcu_qsbr *grace)
{
	w->grace = grace;
	w->block = &memory->blocks[i];
	w->linear = malloc(WORKER_FRAME_MAX);
	if (w->linear == NULL)
		return -ENOMEM;
	w->counter = (struct counter){
		.policy = first->policy,
		.scanner = first->scanners[i],
		.stats = &w->block->stats,
		.tallies = memory->tallies + (size_t)i * memory->rows * memory->stride,
		.stride = memory->stride,
		.moved = memory->moved + (size_t)i * memory->rows_marked,
		.owner = i,
		.sessions = memory->sessions,
		.undo = &memory->undo[i],
		.reactors = {.head = memory->reactors_head,
			.rows = memory->reactors != NULL
					? memory->reactors + (size_t)i * memory->rows
					: NULL},
	};
	w->answering.board = memory->board;
	worker_prepare(w, workers);
	return 0;
}

static void say_who_is_not_answered(const struct dataplane *d)
{
	for (unsigned i = 0; i < d->n_ports; i++) {
		if (!d->ports[i].sends)
			LOG_NOTICE("%s only receives: nobody who sends through it is answered",
				d->ports[i].device);
	}
}

int dataplane_start(struct dataplane *d, const struct policy_edition *first,
	const struct dataplane_memory *memory, char *error, size_t cap)
{
	struct rte_rcu_qsbr *grace = grace_begin(d->n_workers + 1);

	atomic_store(&d->stop, false);
	for (unsigned i = 0; i < d->n_workers; i++) {
		if (grace == NULL ||
			arm(&d->workers[i], i, d->n_workers, first, memory, grace) < 0) {
			snprintf(error, cap, "no memory for worker %u", i);
			return -ENOMEM;
		}
	}
	worker_nodes_place(d->workers, d->n_workers, memory);
	if (first->policy->answers_per_second != 0)
		say_who_is_not_answered(d);
	for (unsigned i = 0; i < d->n_workers; i++) {
		int ret = rte_eal_remote_launch(worker_run, &d->workers[i], d->workers[i].lcore);

		if (ret < 0) {
			snprintf(error, cap, "lcore %u does not take worker %u: %s",
				d->workers[i].lcore, i, strerror(-ret));
			return ret;
		}
		d->running = true;
	}
	d->exception_thread.grace = grace;
	d->exception_thread.grace_id = d->n_workers;
	int ret = exception_thread_start(&d->exception_thread);
	if (ret < 0)
		snprintf(error, cap, "no thread for the exception ports: %s", strerror(-ret));
	return ret;
}

void dataplane_switch(struct dataplane *d, const struct policy_edition *e)
{
	policy_notice_put(&d->notice, e);
}

uint64_t dataplane_grace(struct dataplane *d)
{
	return rte_rcu_qsbr_start(d->workers[0].grace);
}

bool dataplane_grace_passed(struct dataplane *d, uint64_t grace)
{
	return rte_rcu_qsbr_check(d->workers[0].grace, grace, false) != 0;
}

/* What waits in the queues is still counted, if the workers get to its end soon. */
static void drain(struct dataplane *d)
{
	uint64_t deadline = rte_get_timer_cycles() + rte_get_timer_hz() / 5;
	uint64_t seen[DATAPLANE_WORKERS_MAX];

	for (unsigned i = 0; i < d->n_ports; i++)
		port_pause(&d->ports[i]);
	for (unsigned i = 0; i < d->n_workers; i++)
		seen[i] = worker_block_empty_polls(d->workers[i].block);
	for (unsigned i = 0; i < d->n_workers; i++) {
		while (worker_block_empty_polls(d->workers[i].block) - seen[i] < 2 &&
			rte_get_timer_cycles() < deadline)
			rte_delay_us_sleep(100);
	}
}

void dataplane_stop(struct dataplane *d)
{
	if (d->running)
		drain(d);
	atomic_store(&d->stop, true);
	if (d->running)
		rte_eal_mp_wait_lcore();
	d->running = false;
}

void dataplane_free(struct dataplane *d)
{
	dataplane_stop(d);
	exception_thread_stop(&d->exception_thread);
	for (unsigned i = 0; i < d->n_ports; i++) {
		exception_close(&d->exceptions[i]);
		port_close(&d->ports[i]);
	}
	for (unsigned i = 0; i < d->n_workers; i++)
		free(d->workers[i].linear);
	secondaries_dismiss();
	interrupts_park();
	eal_stop();
	free(d);
}

unsigned dataplane_ports(const struct dataplane *d)
{
	return d->n_ports;
}

void dataplane_watch(struct dataplane *d)
{
	for (unsigned i = 0; i < d->n_ports; i++) {
		port_watch(&d->ports[i]);
		exception_watch(&d->exceptions[i]);
	}
	secondaries_turn(&d->ending, d->name);
}

/* What the workers of the port did of it; one of them has the way back. */
static void add_returns(const struct dataplane *d, unsigned port, struct dataplane_exception *out)
{
	for (unsigned w = 0; w < d->n_workers; w++) {
		const struct exception_lane *lane = &d->workers[w].exception;

		if (d->workers[w].port != d->ports[port].id)
			continue;
		out->returned += __atomic_load_n(&lane->returned, __ATOMIC_RELAXED);
		out->return_full += __atomic_load_n(&lane->return_full, __ATOMIC_RELAXED);
	}
}

void dataplane_port_info(const struct dataplane *d, unsigned port, struct dataplane_port_info *out)
{
	port_info(&d->ports[port], out);
	exception_info(&d->exceptions[port], &out->exception);
	add_returns(d, port, &out->exception);
}

struct dataplane_queue dataplane_worker_queue(const struct dataplane *d, unsigned worker)
{
	unsigned port = 0;

	while (d->ports[port].id != d->workers[worker].port)
		port++;
	return (struct dataplane_queue){.port = port, .queue = d->workers[worker].queue};
}

unsigned dataplane_worker_core(const struct dataplane *d, unsigned worker)
{
	return (unsigned)rte_lcore_to_cpu_id((int)d->workers[worker].lcore);
}

const char *dataplane_why_this_device(const struct dataplane *d)
{
	return d->why;
}
