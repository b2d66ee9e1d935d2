/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/needs.h"

#include "control/needs_device.h"
#include "control/store.h"
#include "hugepages/arena_file.h"

#include <jansson.h>
#include <stdlib.h>

enum { NODES_MAX = 16 };

/* DPDK's own, a capture by its tools, and the rings of a device. */
enum { EAL_BYTES = 48 << 20, QUEUE_BYTES = 2 << 20 };

/* Open files of a producer or consumer of librdkafka: connections to brokers, and what wakes its
 * threads. A merger has a producer for each partition, and there are one or two of each kind
 * beside.
 */
enum { KAFKA_FILES = 32, KAFKA_HANDLES = 4 };

struct node {
	uint64_t arena, buffers;
};

static uint64_t round_to_pages(uint64_t bytes)
{
	return (bytes + ARENA_HUGE_PAGE - 1) / ARENA_HUGE_PAGE * ARENA_HUGE_PAGE;
}

/* Workers' memory goes to the node of their port; the rest stays on the first one's. */
static void spread(const struct config *c, struct node nodes[NODES_MAX])
{
	uint64_t worker = store_worker_bytes(c), rest = store_bytes(c), buffers = 0;
	int first = needs_node(&c->ports[0], c->n_cores > 0 ? (int)c->cores[0] : -1) % NODES_MAX;
	unsigned w = 0;

	for (unsigned i = 0; i < c->n_ports; i++) {
		const struct dataplane_port *port = &c->ports[i];
		int node = needs_node(port, c->n_cores > w ? (int)c->cores[w] : -1) % NODES_MAX;
		uint64_t pool = round_to_pages(dataplane_buffer_bytes(port)) +
				(uint64_t)port->queues * QUEUE_BYTES;

		nodes[node].buffers += pool;
		buffers += pool;
		w += port->queues;
		if (node == first)
			continue;
		nodes[node].arena += round_to_pages(worker * port->queues);
		rest -= worker * port->queues;
	}
	nodes[first].arena += round_to_pages(rest);
	/* With fewer free pages than it starts with, the dataplane takes ordinary memory. */
	buffers += EAL_BYTES;
	nodes[first].buffers +=
		EAL_BYTES + (buffers < DATAPLANE_HUGE_BYTES ? DATAPLANE_HUGE_BYTES - buffers : 0);
}

static json_t *pages_json(const struct node nodes[NODES_MAX])
{
	json_t *list = json_array();

	for (unsigned i = 0; i < NODES_MAX; i++) {
		if (nodes[i].arena + nodes[i].buffers > 0)
			json_array_append_new(
				list, json_pack("{s:i, s:I, s:I, s:I}", "node", (int)i,
					      "page_bytes", (json_int_t)ARENA_HUGE_PAGE,
					      "arena_bytes", (json_int_t)nodes[i].arena,
					      "buffer_bytes", (json_int_t)nodes[i].buffers));
	}
	return list;
}

static json_t *devices_json(const struct config *c, uint64_t *memlock)
{
	json_t *list = json_array();

	*memlock = 0;
	for (unsigned i = 0; i < c->n_ports; i++) {
		struct needs_device d;

		needs_device(&c->ports[i], &d);
		if (d.locks_memory)
			*memlock += dataplane_buffer_bytes(&c->ports[i]) +
				    (uint64_t)c->ports[i].queues * QUEUE_BYTES;
		json_array_append_new(
			list, json_pack("{s:s, s:s, s:i, s:s?, s:b}", "device", d.device, "kind",
				      d.kind, "queues", (int)c->ports[i].queues, "interface",
				      d.interface[0] != '\0' ? d.interface : NULL, "busy_polling",
				      d.busy_polling));
	}
	return list;
}

static json_t *cores_json(const struct config *c)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < c->n_cores; i++)
		json_array_append_new(list, json_integer((json_int_t)c->cores[i]));
	return list;
}

uint64_t needs_files(const struct config *c)
{
	bool serves = (c->roles & ROLE_FANOUT) != 0;
	uint64_t n = fanout_descriptors(
		serves ? c->max_connections : 0, c->fanout_threads, serves ? c->n_listeners : 0);

	if (c->cluster.n_kafka > 0)
		n += KAFKA_HANDLES * KAFKA_FILES;
	if (c->cluster.n_kafka > 0 && (c->roles & ROLE_MERGE) != 0)
		n += (uint64_t)c->cluster.partitions * KAFKA_FILES;
	return n;
}

/* Without the ingest role: no arena, no device and no worker. */
char *needs_json(const struct config *c)
{
	bool ingests = (c->roles & ROLE_INGEST) != 0, serves = (c->roles & ROLE_FANOUT) != 0;
	struct node nodes[NODES_MAX] = {0};
	uint64_t memlock = 0;

	if (ingests)
		spread(c, nodes);
	json_t *devices = ingests ? devices_json(c, &memlock) : json_array();
	json_t *root = json_pack("{s:s, s:s, s:o, s:o, s:o, s:i, s:I, s:I}", "name", c->name,
		"user", c->user != NULL ? c->user : "", "hugepages", pages_json(nodes), "devices",
		devices, "cores", ingests ? cores_json(c) : json_array(), "connections",
		serves ? (int)c->max_connections : 0, "nofile", (json_int_t)needs_files(c),
		"memlock_bytes", (json_int_t)memlock);
	char *text = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	return text;
}
