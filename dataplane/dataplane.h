/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The dataplane: ports and queues, and one worker per queue that takes bursts of frames, parses
 * them and counts. It is given memory to count into and a policy, and knows nobody behind it.
 *
 * All calls belong to the thread that called dataplane_init() (DPDK's main lcore).
 */
#ifndef DATAPLANE_DATAPLANE_H
#define DATAPLANE_DATAPLANE_H

#include "dataplane/board.h"
#include "dataplane/edition.h"
#include "dataplane/reactors.h"
#include "dataplane/undo.h"
#include "dataplane/worker_stats.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dataplane;

enum {
	DATAPLANE_PORTS_MAX = 8,
	DATAPLANE_WORKERS_MAX = 64,
	DATAPLANE_DEVICE_MAX = 256,
	DATAPLANE_HUGE_BYTES = 128 << 20, // with less in huge pages it takes ordinary memory
};

/* The device of a port: "auto", a PCI address, or a virtual device with its arguments. */
#define DATAPLANE_DEVICE_AUTO "auto"

struct dataplane_port {
	const char *device;
	unsigned queues; // one worker each
	int local; // the senders' kernel is this machine's, so that their UDP checksums may be half
		   // made: 1 yes, 0 no, -1 find out
	int exception; // what is no reaction goes to the kernel through an interface of its own:
		       // 1 yes, 0 no, -1 if the device is on the PCI bus
	const char *exception_interface; // NULL: uproar and the number of the port
	unsigned exception_per_second;   // frames to the kernel
	const char
		*records; // folder where XDP programs are noted, or NULL; dataplane_init() sets it
};

struct dataplane_config {
	const char *name;       // of the appliance; DPDK's file prefix comes from it; outlives it
	const char *const *eal; // further arguments for DPDK's EAL, as a user would type them
	unsigned n_eal;
	const unsigned *cores; // where workers run; NULL: the last ones that we may use
	unsigned n_cores;
	const struct dataplane_port *ports;
	unsigned n_ports;
	uint16_t reaction_port;
	unsigned idle_us; // how long a datagram may wait for a worker that sleeps; 0: none sleeps
	const char *runtime_folder; // for sockets of virtual devices
};

/* Where the workers count; the sum of queues of all ports says how many there are. */
struct dataplane_memory {
	struct worker_block *blocks; // one a worker
	uint64_t *tallies;           // [worker][rows][stride]
	uint32_t rows;
	uint32_t stride;
	struct sessions sessions; // of all workers
	struct undo *undo;        // one a worker
	size_t page;              // bytes of a page under the tallies
	bool *moved;              // [worker][rows_marked]: see moved.h
	uint32_t rows_marked;     // rows, rounded up
	const struct reactors_head *reactors_head;
	struct reactors_row *reactors;  // [worker][rows]
	const struct board_slot *board; // [rows]
};

/* Bytes of packet buffers that a port has. */
uint64_t dataplane_buffer_bytes(const struct dataplane_port *config);

/* How many workers this configuration makes. */
unsigned dataplane_workers(const struct dataplane_config *config);

/*
 * Starts DPDK, opens the devices, sets up ports and queues. 0, or -errno with a sentence in error
 * that says what was wanted, what was found and what to do. Once a process.
 */
int dataplane_init(
	struct dataplane **out, const struct dataplane_config *config, char *error, size_t cap);

/*
 * Starts the workers. The first edition of the policy, for as many as there are, and the memory
 * stay the caller's and must outlive them.
 */
int dataplane_start(struct dataplane *d, const struct policy_edition *first,
	const struct dataplane_memory *memory, char *error, size_t cap);

/* Each worker takes this edition when it has dealt with the burst that it is at. */
void dataplane_switch(struct dataplane *d, const struct policy_edition *e);

/*
 * Workers may go on with an edition, or with what its policy points to, after another has taken its
 * place, until the grace period has passed that begins now; nothing waits for it here. A worker
 * that hangs keeps it from passing.
 */
uint64_t dataplane_grace(struct dataplane *d);
bool dataplane_grace_passed(struct dataplane *d, uint64_t grace);

/* Stops the workers, if they can be had within a fifth of a second, when their queues are empty. */
void dataplane_stop(struct dataplane *d);

/* Closes ports and DPDK; removes what they left in the file system. */
void dataplane_free(struct dataplane *d);

/* The kernel's way through a port, in frames. What workers passed is in their statistics. */
struct dataplane_exception {
	char interface[16]; // of the kernel; "": there is none
	char driver[32];
	uint64_t delivered;   // to the kernel
	uint64_t kernel_full; // lost because the interface did not take them
	uint64_t taken;       // from the kernel
	uint64_t returned;    // of these, sent by the card
	uint64_t return_full; // of these, lost: too long for the card, or no room on the way
};

struct dataplane_port_info {
	char device[DATAPLANE_DEVICE_MAX]; // as it was opened
	char driver[64];
	char steering[32]; // "software", "hardware", "bifurcated", or the modes of XDP
	bool local;
	bool link_up;
	bool tells_offered; // false: offered is not known
	uint64_t offered;   // by the wire, or by our XDP program
	uint64_t rx;        // received by the driver
	uint64_t imissed;   // lost because the queue was full
	uint64_t holds;     // how many may wait in its queues
	uint64_t nombuf;    // lost because there was no buffer
	struct dataplane_exception exception;
};

unsigned dataplane_ports(const struct dataplane *d);

/* About once a second: says which link came or went, keeps what devices may forget, and ends what
 * captures left behind whose process was killed. */
void dataplane_watch(struct dataplane *d);

void dataplane_port_info(const struct dataplane *d, unsigned port, struct dataplane_port_info *out);

struct dataplane_queue {
	unsigned port; // of 0 to dataplane_ports() - 1
	unsigned queue;
};

/* The queue that a worker polls. */
struct dataplane_queue dataplane_worker_queue(const struct dataplane *d, unsigned worker);

/* The CPU on which a worker runs. */
unsigned dataplane_worker_core(const struct dataplane *d, unsigned worker);

/* Why a device was taken that "auto" would rather not have; "" if it was the first choice. */
const char *dataplane_why_this_device(const struct dataplane *d);

#endif
