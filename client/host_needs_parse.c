/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/host_needs.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct reader {
	char *error;
	size_t cap;
	bool failed;
};

__attribute__((format(printf, 2, 3))) static void fail(struct reader *r, const char *format, ...)
{
	va_list list;

	if (r->failed)
		return;
	va_start(list, format);
	vsnprintf(r->error, r->cap, format, list);
	va_end(list);
	r->failed = true;
}

static uint64_t number(struct reader *r, const json_t *object, const char *key, uint64_t most)
{
	const json_t *value = json_object_get(object, key);
	json_int_t n = json_integer_value(value);

	if (!json_is_integer(value) || n < 0 || (uint64_t)n > most)
		fail(r, "%s is no number from 0 to %llu", key, (unsigned long long)most);
	return (uint64_t)n;
}

/* null is "". */
static void text(struct reader *r, const json_t *object, const char *key, char *out, size_t cap)
{
	const json_t *value = json_object_get(object, key);
	const char *s = json_is_null(value) ? "" : json_string_value(value);

	if (s == NULL || (size_t)snprintf(out, cap, "%s", s) >= cap)
		fail(r, "%s is no text of at most %zu bytes", key, cap - 1);
}

static const json_t *list(struct reader *r, const json_t *object, const char *key, size_t most)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_array(value) || json_array_size(value) > most)
		fail(r, "%s is no list of at most %zu", key, most);
	return value;
}

static void read_pages(struct reader *r, const json_t *root, struct host_needs *needs)
{
	const json_t *pages = list(r, root, "hugepages", HOST_NODES_MAX);

	for (size_t i = 0; !r->failed && i < json_array_size(pages); i++) {
		const json_t *entry = json_array_get(pages, i);
		struct host_pages *p = &needs->pages[needs->n_pages++];

		p->node = (unsigned)number(r, entry, "node", 1023);
		p->page = number(r, entry, "page_bytes", INT64_MAX);
		p->arena = number(r, entry, "arena_bytes", INT64_MAX);
		p->buffers = number(r, entry, "buffer_bytes", INT64_MAX);
		if (p->page < 4096)
			fail(r, "page_bytes is less than 4096");
	}
}

static void read_device(struct reader *r, const json_t *entry, struct host_device *d)
{
	static const char *const kinds[] = {
		[HOST_DEVICE_PCI] = "pci",
		[HOST_DEVICE_AF_XDP] = "af_xdp",
		[HOST_DEVICE_OTHER] = "other",
	};
	char kind[16];

	text(r, entry, "device", d->device, sizeof(d->device));
	text(r, entry, "interface", d->interface, sizeof(d->interface));
	text(r, entry, "kind", kind, sizeof(kind));
	d->queues = (unsigned)number(r, entry, "queues", 65535);
	d->busy_polling = json_is_true(json_object_get(entry, "busy_polling"));
	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		d->kind = (enum host_device_kind)i;
		if (strcmp(kind, kinds[i]) == 0)
			return;
	}
	fail(r, "kind is none of pci, af_xdp, other");
}

static void read_devices(struct reader *r, const json_t *root, struct host_needs *needs)
{
	const json_t *devices = list(r, root, "devices", HOST_DEVICES_MAX);

	for (size_t i = 0; !r->failed && i < json_array_size(devices); i++)
		read_device(r, json_array_get(devices, i), &needs->devices[needs->n_devices++]);
}

static void read_cores(struct reader *r, const json_t *root, struct host_needs *needs)
{
	const json_t *cores = list(r, root, "cores", HOST_CORES_MAX);

	for (size_t i = 0; !r->failed && i < json_array_size(cores); i++) {
		const json_t *core = json_array_get(cores, i);

		if (!json_is_integer(core) || json_integer_value(core) < 0)
			fail(r, "cores holds something that is no CPU");
		needs->cores[needs->n_cores++] = (unsigned)json_integer_value(core);
	}
}

int host_needs_parse(
	struct host_needs *needs, const char *bytes, size_t len, char *error, size_t cap)
{
	json_t *root = json_loadb(bytes, len, 0, NULL);
	struct reader r = {.error = error, .cap = cap};

	*needs = (struct host_needs){0};
	if (!json_is_object(root))
		fail(&r, "it is no JSON object");
	text(&r, root, "name", needs->name, sizeof(needs->name));
	text(&r, root, "user", needs->user, sizeof(needs->user));
	read_pages(&r, root, needs);
	read_devices(&r, root, needs);
	read_cores(&r, root, needs);
	needs->nofile = number(&r, root, "nofile", INT64_MAX);
	needs->memlock = number(&r, root, "memlock_bytes", INT64_MAX);
	json_decref(root);
	return r.failed ? -EBADMSG : 0;
}
