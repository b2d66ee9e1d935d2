/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/ticket_admission.h"

#include "dataplane/dataplane.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct key_set {
	struct ticket_keys keys;
	unsigned n;
	uint64_t grace; // since when no worker takes it up again
	struct key_set *next;
};

static void free_set(struct key_set *set)
{
	if (set != NULL)
		explicit_bzero(set, sizeof(*set));
	free(set);
}

static struct key_set *expand(const struct key_file *file)
{
	struct key_set *set = aligned_alloc(_Alignof(struct key_set), sizeof(*set));

	if (set == NULL)
		return NULL;
	ticket_keys_expand(&set->keys, file);
	set->n = file->n;
	return set;
}

static int read_set(const char *path, struct key_set **out, char *error, size_t cap)
{
	struct key_file file;
	int ret = key_file_read(path, &file, error, cap);

	if (ret == 0) {
		*out = expand(&file);
		if (*out == NULL) {
			ret = -ENOMEM;
			snprintf(error, cap, "no memory for the keys of %s", path);
		}
	}
	key_file_wipe(&file);
	return ret;
}

static void publish(struct ticket_admission *t, struct key_set *set)
{
	t->keys = set;
	__atomic_store_n(&t->gate->keys, &set->keys, __ATOMIC_RELEASE);
}

/* Returns the milliseconds that are left of this second. */
static int tell_time(struct ticket_gate *gate)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	__atomic_store_n(&gate->now_s, (uint32_t)now.tv_sec, __ATOMIC_RELAXED);
	return (int)(1000 - now.tv_nsec / 1000000);
}

int ticket_admission_open(struct ticket_admission *t, const struct config *config,
	struct ticket_gate *gate, char *error, size_t cap)
{
	struct key_set *set;

	*t = (struct ticket_admission){.gate = gate};
	tell_time(gate);
	if (!config_any_wants_tickets(config))
		return 0;
	if (!ticket_supported()) {
		snprintf(error, cap,
			"channels want tickets, and this processor has no AES instructions (aes in "
			"/proc/cpuinfo) to verify them with: use another, or admission: open");
		return -ENOTSUP;
	}
	int ret = read_set(config->ticket_keys, &set, error, cap);
	if (ret < 0)
		return ret;
	t->path = config->ticket_keys;
	publish(t, set);
	return 0;
}

/* How many keys one set has that the other has not, or has otherwise. */
static unsigned more_than(const struct key_set *set, const struct key_set *other)
{
	unsigned n = 0;

	for (unsigned id = 0; id < WIRE_KEYS_MAX; id++) {
		const struct ticket_key *key = &set->keys.key[id];

		if (key->present != 0 && memcmp(key, &other->keys.key[id], sizeof(*key)) != 0)
			n++;
	}
	return n;
}

static void free_unused(struct ticket_admission *t, struct dataplane *dataplane)
{
	struct key_set **link = &t->retired;

	while (*link != NULL) {
		struct key_set *set = *link;

		if (!dataplane_grace_passed(dataplane, set->grace)) {
			link = &set->next;
			continue;
		}
		*link = set->next;
		free_set(set);
	}
}

static void replace(struct ticket_admission *t, struct key_set *set, struct dataplane *dataplane)
{
	struct key_set *old = t->keys;

	publish(t, set);
	old->grace = dataplane_grace(dataplane);
	old->next = t->retired;
	t->retired = old;
}

int ticket_admission_reload(
	struct ticket_admission *t, struct dataplane *dataplane, char report[TICKET_REPORT_MAX])
{
	char why[TICKET_REPORT_MAX - 64];
	struct key_set *set;

	if (t->path == NULL) {
		snprintf(report, TICKET_REPORT_MAX,
			"no channel wants tickets, so there is nothing to read again");
		return 0;
	}
	int ret = read_set(t->path, &set, why, sizeof(why));
	if (ret < 0) {
		snprintf(report, TICKET_REPORT_MAX, "the ticket keys stay as they were: %s", why);
		return ret;
	}
	snprintf(report, TICKET_REPORT_MAX,
		"%u ticket key%s: %u new or changed, %u gone or changed", set->n,
		set->n == 1 ? "" : "s", more_than(set, t->keys), more_than(t->keys, set));
	replace(t, set, dataplane);
	return 0;
}

int ticket_admission_turn(struct ticket_admission *t, struct dataplane *dataplane)
{
	free_unused(t, dataplane);
	return tell_time(t->gate);
}

void ticket_admission_close(struct ticket_admission *t)
{
	free_set(t->keys);
	while (t->retired != NULL) {
		struct key_set *set = t->retired;

		t->retired = set->next;
		free_set(set);
	}
}
