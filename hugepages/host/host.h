/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A host made ready for an appliance, in stages: each is checked without changing anything, mended,
 * and given back. What was changed is written down before it is done (deeds.h), so that it can be
 * undone exactly, and what was there before is not touched.
 *
 * All files are read below a folder, "" for this machine. A collected tree of another machine can
 * be checked so; tests build one.
 */
#ifndef HUGEPAGES_HOST_HOST_H
#define HUGEPAGES_HOST_HOST_H

#include "hugepages/host/deeds.h"
#include "hugepages/host/needs.h"

#include <stdbool.h>
#include <stddef.h>

struct host_kernel;

struct host {
	const char *root;
	const struct host_needs *needs;
	const struct host_kernel *kernel; // who does what is more than reading
	const char *ssh_connection;       // SSH_CONNECTION of the environment, or NULL
	bool unsafe_noiommu;              // the operator asked for vfio without an IOMMU
	/* Hears of each thing that is done, as a command of the shell that does the same. */
	void (*ran)(void *context, const char *command);
	/* Hears, in a sentence, what could not be done or was left as it is. */
	void (*failed)(void *context, const char *sentence);
	void *context;
	struct deeds deeds;
};

enum host_verdict {
	HOST_READY,
	HOST_NOT_APPLICABLE,
	HOST_ADVICE,  // it will run; the sentence says what would be better or is unsafe
	HOST_TODO,    // init does it
	HOST_BY_HAND, // the commands, the firmware or a restart do it
	HOST_REFUSED, // it is not done, and why
};

enum { HOST_SAID_MAX = 1024, HOST_COMMANDS_MAX = 4096 };

struct host_finding {
	enum host_verdict verdict;       // the gravest
	bool has_todo;                   // some of it is HOST_TODO, whatever graver there is
	char said[HOST_SAID_MAX];        // one sentence
	char mend[HOST_COMMANDS_MAX];    // commands, a line each; "" if there is nothing to mend
	char lasting[HOST_COMMANDS_MAX]; // commands or lines that keep it over a restart; "": it
					 // is kept, or there is nothing to keep
};

struct host_stage {
	const char *name;
	const char *what;
	void (*check)(const struct host *h, struct host_finding *f); // only reads
	int (*init)(struct host *h); // NULL: nothing that a program can do. 0 or -errno
	bool one_by_one;   // what is graver of one device keeps init from none of the others
	bool command_line; // part of it is kept by the kernel's command line alone
	/* What init did is undone from what was written down about it, in reverse. */
};

extern const struct host_stage host_stages[];
extern const unsigned host_n_stages;

/* The stage of that name, or -1. */
int host_stage_find(const char *name);

void host_check(const struct host *h, unsigned stage, struct host_finding *f);

/* Mends what a stage says is to do, if it is, and checks again. 0, or -errno: something failed. */
int host_init(struct host *h, unsigned stage, struct host_finding *f);

/*
 * Undoes what init did in the stages of the mask (bit i: stage i), newest first. What somebody
 * changed since is left, and said. 0, or -errno: something is left to undo.
 */
int host_undo(struct host *h, unsigned stages);

const char *host_verdict_name(enum host_verdict verdict);

/* Is there something to do before the appliance can start? */
bool host_verdict_is_open(enum host_verdict verdict);

#endif
