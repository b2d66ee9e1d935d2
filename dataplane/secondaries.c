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

/* Of all ports, also those of exception interfaces: DPDK's number, or -1. */
static int captured(void)
{
	for (uint16_t i = rte_eth_find_next(0); i < RTE_MAX_ETHPORTS;
		i = rte_eth_find_next(i + 1)) {
		if (rte_eth_fp_ops[i].rxq.clbk[0] != NULL)
			return i;
	}
	return -1;
}

/* It inherits no descriptor but the standard ones: those of DPDK do not all close by themselves. */
static int spawn(pid_t *process, char *const argv[])
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none;

	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
	int ret = posix_spawn(process, "/proc/self/exe", &files, &attributes, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	return -ret;
}

static void begin(struct capture_ending *e, uint16_t port, const char *name)
{
	char *argv[] = {(char[]){"uproard"}, (char[]){"--name"}, (char *)name,
		(char[]){"--end-capture"}, e->device, NULL};

	if (rte_eth_dev_get_name_by_port(port, e->device) < 0)
		return;
	if (spawn(&e->process, argv) < 0) {
		e->process = 0;
		e->failed++;
	}
}

/* Where SIGCHLD is ignored nobody knows how it ended. */
static void finish(struct capture_ending *e)
{
	int status = -1;
	pid_t ended = waitpid(e->process, &status, WNOHANG);

	if (ended == 0)
		return;
	bool done = ended > 0 && status == 0;
	e->process = 0;
	e->failed = done ? 0 : e->failed + 1;
	if (done)
		LOG_NOTICE("ended a capture on %s: the process that read it is gone", e->device);
	else if (e->failed == FAILURES_MAX)
		LOG_WARNING("a capture on %s that nobody reads cannot be ended: no other can begin "
			    "before a restart",
			e->device);
}

void secondaries_turn(struct capture_ending *e, const char *name)
{
	if (e->process != 0) {
		finish(e);
		return;
	}
	int port = captured();
	if (port >= 0 && e->failed < FAILURES_MAX && !somebody_is_attached())
		begin(e, (uint16_t)port, name);
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
