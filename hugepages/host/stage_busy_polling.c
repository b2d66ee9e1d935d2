/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Stage busy-polling: where a worker polls the kernel's driver below AF_XDP (busy_budget= of the
 * device), its interrupts are to be held back, or both would do the work. The values are those of
 * DPDK's guide to the driver.
 */

#include "hugepages/host/do.h"
#include "hugepages/host/stages.h"
#include "hugepages/host/tree.h"

static const struct {
	const char *file;
	int64_t least; // also what is written
} settings[] = {{"napi_defer_hard_irqs", 2}, {"gro_flush_timeout", 200000}};

enum { SETTINGS = sizeof(settings) / sizeof(settings[0]), FILE_MAX = 160 };

static void file_of(const struct host_device *d, unsigned setting, char out[FILE_MAX])
{
	snprintf(out, FILE_MAX, "/sys/class/net/%s/%s", d->interface, settings[setting].file);
}

static bool is_to_do(const struct host *h, const char *file, unsigned setting)
{
	return tree_number(h, 0, "%s", file) < settings[setting].least;
}

static void judge(const struct host *h, const struct host_device *d, struct host_finding *f)
{
	bool all = true;
	char file[FILE_MAX];

	if (!tree_has(h, "/sys/class/net/%s", d->interface)) {
		finding_also(f, HOST_BY_HAND, "there is no interface %s", d->interface);
		return;
	}
	for (unsigned i = 0; i < SETTINGS; i++) {
		file_of(d, i, file);
		if (!is_to_do(h, file, i))
			continue;
		all = false;
		finding_also(f, tree_writable(h, file) ? HOST_TODO : HOST_BY_HAND,
			"%s of %s is %lld, wanted %lld", settings[i].file, d->interface,
			(long long)tree_number(h, 0, "%s", file), (long long)settings[i].least);
		finding_mend(f, "echo %lld > %s", (long long)settings[i].least, file);
	}
	if (all)
		finding_also(f, HOST_READY, "%s holds its interrupts back", d->interface);
	else
		finding_lasting(f, "an ExecStartPre=-+ of uproard.service with: uproar host init "
				   "busy-polling");
}

void busy_polling_check(const struct host *h, struct host_finding *f)
{
	unsigned n = 0;

	for (unsigned i = 0; i < h->needs->n_devices; i++) {
		if (!h->needs->devices[i].busy_polling)
			continue;
		judge(h, &h->needs->devices[i], f);
		n++;
	}
	if (n == 0)
		finding_is(f, HOST_NOT_APPLICABLE,
			"no device of the configuration is AF_XDP with a busy_budget");
}

/* One that cannot be set keeps none of the others from it. */
int busy_polling_init(struct host *h)
{
	char file[FILE_MAX], value[32];
	int first = 0;

	for (unsigned i = 0; i < h->needs->n_devices * SETTINGS; i++) {
		const struct host_device *d = &h->needs->devices[i / SETTINGS];
		unsigned setting = i % SETTINGS;

		file_of(d, setting, file);
		if (!d->busy_polling || !tree_writable(h, file) || !is_to_do(h, file, setting))
			continue;
		snprintf(value, sizeof(value), "%lld", (long long)settings[setting].least);
		int ret = host_do_write(h, "busy-polling", file, value);
		first = first < 0 ? first : ret;
	}
	return first;
}
