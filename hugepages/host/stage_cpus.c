/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Stage cpus: the CPUs of the workers have no other work. Interrupts and the governor can be set
 * while the machine runs; to keep other programs and the kernel's clock away takes its command
 * line.
 */

#include "hugepages/cpu_list.h"
#include "hugepages/host/do.h"
#include "hugepages/host/interrupts.h"
#include "hugepages/host/stages.h"
#include "hugepages/host/tree.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

static void workers_of(const struct host *h, cpu_set_t *out)
{
	CPU_ZERO(out);
	for (unsigned i = 0; i < h->needs->n_cores; i++) {
		if (h->needs->cores[i] < CPU_SETSIZE)
			CPU_SET(h->needs->cores[i], out);
	}
}

/* The CPUs that are online and no worker's. */
static void others_of(const struct host *h, const cpu_set_t *workers, cpu_set_t *out)
{
	char list[CPU_LIST_MAX];
	cpu_set_t online, common;

	CPU_ZERO(out);
	if (tree_read(h, list, sizeof(list), "/sys/devices/system/cpu/online") < 0 ||
		!cpu_list_parse(list, &online))
		return;
	CPU_AND(&common, &online, workers);
	CPU_XOR(out, &online, &common);
}

static bool file_covers(const struct host *h, const char *file, const cpu_set_t *workers)
{
	char list[CPU_LIST_MAX];
	cpu_set_t set;

	return tree_read(h, list, sizeof(list), "%s", file) == 0 && cpu_list_parse(list, &set) &&
	       cpu_list_within(workers, &set);
}

static void judge_isolation(const struct host *h, const cpu_set_t *workers, struct host_finding *f)
{
	bool isolated = file_covers(h, "/sys/devices/system/cpu/isolated", workers);
	bool quiet = file_covers(h, "/sys/devices/system/cpu/nohz_full", workers);
	char list[CPU_LIST_MAX];

	cpu_list_write(workers, list, sizeof(list));
	if (isolated && quiet) {
		finding_also(f, HOST_READY,
			"the CPUs of the workers, %s, are isolated and have no clock tick", list);
		return;
	}
	finding_also(f, HOST_ADVICE,
		"the CPUs of the workers, %s, are %sisolated from other programs and %s a clock "
		"tick",
		list, isolated ? "" : "not ", quiet ? "have no" : "have");
	finding_lasting(f,
		"kernel command line: isolcpus=managed_irq,domain,%s nohz_full=%s "
		"rcu_nocbs=%s",
		list, list, list);
}

struct count {
	unsigned n;
	char first[INTERRUPT_FILE_MAX];
	char numbers[HOST_COMMANDS_MAX / 2]; // with a blank before each, as many as fit
	size_t used;
};

static bool count_one(void *context, const char *file)
{
	struct count *c = context;

	if (c->n++ == 0)
		snprintf(c->first, sizeof(c->first), "%s", file);
	if (c->used < sizeof(c->numbers))
		c->used += (size_t)snprintf(c->numbers + c->used, sizeof(c->numbers) - c->used,
			" %u", interrupts_number(file));
	return true;
}

/* The same that init moves, and no others. */
static void say_moves(const struct count *count, const char *list, struct host_finding *f)
{
	if (count->used < sizeof(count->numbers) && strlen(list) < HOST_COMMANDS_MAX / 4)
		finding_mend(f, "for i in%s; do echo %s > /proc/irq/$i/smp_affinity_list; done",
			count->numbers, list);
	else
		finding_mend(f, "uproar host init cpus");
}

static void judge_interrupts(const struct host *h, const cpu_set_t *workers, struct host_finding *f)
{
	struct count count = {0};
	unsigned stuck = interrupts_each(h, workers, count_one, &count);
	char list[CPU_LIST_MAX];
	cpu_set_t others;

	others_of(h, workers, &others);
	if (stuck > 0)
		finding_also(f, HOST_READY, "%u interrupt%s the kernel's own and stay%s there",
			stuck, stuck == 1 ? " is" : "s are", stuck == 1 ? "s" : "");
	if (count.n == 0 || CPU_COUNT(&others) == 0)
		return;
	cpu_list_write(&others, list, sizeof(list));
	finding_also(f, tree_writable(h, count.first) ? HOST_TODO : HOST_ADVICE,
		"%u interrupt%s may come to them", count.n, count.n == 1 ? "" : "s");
	say_moves(&count, list, f);
}

/* irqbalance moves them back, unless it is told. */
static void judge_balancer(const struct host *h, const cpu_set_t *workers, struct host_finding *f)
{
	char list[CPU_LIST_MAX];

	if (!tree_has(h, "/run/irqbalance") ||
		tree_mentions(h, "IRQBALANCE_BANNED_CPULIST", "/etc/default/irqbalance"))
		return;
	cpu_list_write(workers, list, sizeof(list));
	finding_also(f, HOST_ADVICE, "irqbalance runs and may bring interrupts back");
	finding_lasting(f, "echo IRQBALANCE_BANNED_CPULIST=%s >> /etc/default/irqbalance", list);
}

static bool is_slow(const struct host *h, unsigned cpu)
{
	char governor[32];

	return tree_read(h, governor, sizeof(governor),
		       "/sys/devices/system/cpu/cpu%u/cpufreq/scaling_governor", cpu) == 0 &&
	       strcmp(governor, "performance") != 0;
}

static void judge_governor(const struct host *h, struct host_finding *f)
{
	unsigned slow = 0;

	for (unsigned i = 0; i < h->needs->n_cores; i++) {
		if (!is_slow(h, h->needs->cores[i]))
			continue;
		slow++;
		finding_mend(f,
			"echo performance > "
			"/sys/devices/system/cpu/cpu%u/cpufreq/scaling_governor",
			h->needs->cores[i]);
	}
	if (slow > 0)
		finding_also(f, HOST_TODO, "the governor of %u of them saves power", slow);
}

void cpus_check(const struct host *h, struct host_finding *f)
{
	cpu_set_t workers;

	if (h->needs->n_cores == 0) {
		finding_is(f, HOST_NOT_APPLICABLE,
			"the configuration names no CPUs (cores), so workers share the last ones "
			"of "
			"this machine with others");
		return;
	}
	workers_of(h, &workers);
	judge_isolation(h, &workers, f);
	judge_interrupts(h, &workers, f);
	judge_balancer(h, &workers, f);
	judge_governor(h, f);
}

struct move {
	struct host *host;
	char list[DEED_VALUE_MAX];
	unsigned stuck;
};

/* Some interrupts belong to a CPU, or their driver manages them: those say so by an error. */
static bool move_one(void *context, const char *file)
{
	struct move *m = context;
	struct deed stuck = {.stage = "cpus", .kind = DEED_STUCK};

	int ret = host_try_write(m->host, "cpus", file, m->list);
	if (ret == -E2BIG)
		host_failed(m->host, "%s is left: its list is too long to be written down", file);
	if (ret == 0 || ret == -E2BIG)
		return true;
	snprintf(stuck.path, sizeof(stuck.path), "%s", file);
	m->stuck++;
	return deeds_add(m->host, &stuck) == 0;
}

int cpus_init(struct host *h)
{
	struct move move = {.host = h};
	cpu_set_t workers, others;
	char file[128];
	int ret = 0;

	workers_of(h, &workers);
	others_of(h, &workers, &others);
	if (!cpu_list_write(&others, move.list, sizeof(move.list)))
		host_failed(h, "interrupts are left: the list of the other CPUs is too long");
	else if (CPU_COUNT(&others) > 0)
		interrupts_each(h, &workers, move_one, &move);
	if (move.stuck > 0)
		host_failed(h, "%u interrupts belong to their CPUs and were left", move.stuck);
	for (unsigned i = 0; ret == 0 && i < h->needs->n_cores; i++) {
		snprintf(file, sizeof(file),
			"/sys/devices/system/cpu/cpu%u/cpufreq/scaling_governor",
			h->needs->cores[i]);
		if (is_slow(h, h->needs->cores[i]))
			ret = host_do_write(h, "cpus", file, "performance");
	}
	return ret;
}
