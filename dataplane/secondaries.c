/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/secondaries.h"

#include "dataplane/log.h"

#include <errno.h>
#include <glob.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_pdump.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FAILURES_MAX = 3, CHILD_SECONDS = 10 };

static bool admitted;

/* Without files of its own (--in-memory, --no-shconf) the EAL has no socket either. */
static bool has_socket(void)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/mp_socket", rte_eal_get_runtime_dir());
	return access(path, F_OK) == 0;
}

void secondaries_admit(void)
{
	if (!rte_eal_has_hugepages())
		LOG_NOTICE("dpdk-dumpcap and dpdk-proc-info cannot attach: packet buffers lie in "
			   "ordinary memory, which is not shared; reserve huge pages");
	else if (!has_socket())
		LOG_NOTICE("dpdk-dumpcap and dpdk-proc-info cannot attach: DPDK was told to keep "
			   "no files; leave out --in-memory and --no-shconf");
	else if (rte_pdump_init() < 0)
		LOG_WARNING("dpdk-dumpcap cannot capture: %s", rte_strerror(rte_errno));
	else
		admitted = true;
}

void secondaries_dismiss(void)
{
	if (admitted)
		rte_pdump_uninit();
	admitted = false;
}

/* Does a process have this socket? One of another user's that we may not ask does. */
static bool is_alive(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return true;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	int ret = connect(fd, (const void *)&address, sizeof(address));
	bool dead = ret < 0 && (errno == ECONNREFUSED || errno == ENOENT);
	close(fd);
	return !dead;
}

/* DPDK's IPC: each secondary process binds mp_socket_PID_TIME in the runtime folder. */
static bool somebody_is_attached(void)
{
	char pattern[512];
	bool alive = false;
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s/mp_socket_*", rte_eal_get_runtime_dir());
	if (glob(pattern, GLOB_NOSORT, NULL, &found) != 0)
		return false;
	for (size_t i = 0; i < found.gl_pathc && !alive; i++)
		alive = is_alive(found.gl_pathv[i]);
	globfree(&found);
	return alive;
}

static const struct port *captured(const struct port *ports, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (rte_eth_fp_ops[ports[i].id].rxq.clbk[0] != NULL)
			return &ports[i];
	}
	return NULL;
}

static void begin(struct capture_ending *e, const struct port *p, const char *name)
{
	char *argv[] = {(char[]){"uproard"}, (char[]){"--name"}, (char *)name,
		(char[]){"--end-capture"}, e->device, NULL};
	posix_spawnattr_t attributes;
	sigset_t none;

	if (rte_eth_dev_get_name_by_port(p->id, e->device) < 0)
		return;
	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	if (posix_spawn(&e->process, "/proc/self/exe", NULL, &attributes, argv, environ) != 0) {
		e->process = 0;
		e->failed++;
	}
	posix_spawnattr_destroy(&attributes);
}

static void finish(struct capture_ending *e)
{
	int status;

	if (waitpid(e->process, &status, WNOHANG) == 0)
		return;
	e->process = 0;
	e->failed = status == 0 ? 0 : e->failed + 1;
	if (status == 0)
		LOG_NOTICE("ended a capture on %s: the process that read it is gone", e->device);
	else if (e->failed == FAILURES_MAX)
		LOG_WARNING("a capture on %s that nobody reads cannot be ended: no other can begin "
			    "before a restart",
			e->device);
}

void secondaries_turn(
	struct capture_ending *e, const struct port *ports, unsigned n_ports, const char *name)
{
	if (e->process != 0) {
		finish(e);
		return;
	}
	const struct port *p = captured(ports, n_ports);
	if (p != NULL && e->failed < FAILURES_MAX && !somebody_is_attached())
		begin(e, p, name);
}

int secondaries_end_capture(const char *name, const char *device)
{
	char prefix[64], of_device[RTE_ETH_NAME_MAX_LEN];
	char *argv[] = {(char[]){"uproard"}, (char[]){"--proc-type=secondary"}, prefix,
		(char[]){"--no-pci"}, (char[]){"--no-telemetry"}, NULL};

	/* What was killed may hold a lock that we wait for. */
	alarm(CHILD_SECONDS);
	snprintf(prefix, sizeof(prefix), "--file-prefix=uproar-%s", name);
	snprintf(of_device, sizeof(of_device), "%s", device);
	rte_openlog_stream(stderr);
	rte_log_set_global_level(RTE_LOG_ERR);
	if (rte_eal_init(5, argv) < 0)
		return rte_errno != 0 ? -rte_errno : -EIO;
	int ret =
		rte_pdump_disable_by_deviceid(of_device, RTE_PDUMP_ALL_QUEUES, RTE_PDUMP_FLAG_RXTX);
	if (ret < 0)
		ret = rte_errno != 0 ? -rte_errno : -EIO;
	rte_eal_cleanup();
	return ret;
}
