/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/port_buffers.h"

#include "dataplane/exception.h"
#include "dataplane/log.h"
#include "dataplane/vdev.h"
#include "dataplane/worker.h"
#include "hugepages/numa.h"

#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <stdio.h>

enum { CACHE = 4 * WORKER_BURST }; // at least two bursts, or every burst goes to the shared ring

bool port_wants_exception(const struct dataplane_port *config)
{
	return config->exception >= 0 ? config->exception != 0 : vdev_is_pci(config->device);
}

/* A ring filled twice over (AF_XDP keeps a second one), a cache, bursts under way. */
static unsigned buffers_for(unsigned queues, bool exception)
{
	return queues * (2 * PORT_RX_RING + PORT_TX_RING + 2 * CACHE) + PORT_RX_RING +
	       (exception ? EXCEPTION_BUFFERS + queues * EXCEPTION_RING : 0);
}

/* A card may have a queue for other traffic besides (steering.h). */
uint64_t dataplane_buffer_bytes(const struct dataplane_port *config)
{
	uint32_t each = sizeof(struct rte_mbuf) + RTE_MBUF_DEFAULT_BUF_SIZE;
	unsigned queues = config->queues + (vdev_is_pci(config->device) ? 1 : 0);
	uint64_t n = buffers_for(queues, port_wants_exception(config));

	return n * rte_mempool_calc_obj_size(each, 0, NULL);
}

int port_buffers_make(struct port *p, unsigned queues, char *error, size_t cap)
{
	unsigned n = buffers_for(queues, p->exception);
	const char *ops = p->exception ? EXCEPTION_POOL_OPS : NULL;
	char name[RTE_MEMPOOL_NAMESIZE];
	int node = rte_eth_dev_socket_id(p->id);

	snprintf(name, sizeof(name), "port%u", p->id);
	p->pool = rte_pktmbuf_pool_create_by_ops(
		name, n, CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, node, ops);
	if (p->pool == NULL && node != SOCKET_ID_ANY && numa_nodes() > 1) {
		LOG_WARNING("packet buffers of %s lie on another NUMA node than its own, %d: "
			    "reserve huge pages there",
			p->device, node);
		p->pool = rte_pktmbuf_pool_create_by_ops(
			name, n, CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY, ops);
	}
	if (p->pool != NULL)
		return 0;
	snprintf(error, cap, "no memory for %u packet buffers of %s: %s", n, p->device,
		rte_strerror(rte_errno));
	return -rte_errno;
}
