/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/service.h"

#include "control/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* For a manager that does not read. */
static const struct timeval patience = {.tv_sec = 1};

/* A path, or @ and the name of an abstract socket. */
static int connect_to(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t len = strlen(name);

	if ((name[0] != '/' && name[0] != '@') || len >= sizeof(address.sun_path))
		return -1;
	memcpy(address.sun_path, name, len);
	if (name[0] == '@')
		address.sun_path[0] = '\0';
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	if (fd >= 0 && connect(fd, (const void *)&address, size) == 0)
		return fd;
	LOG_WARNING("the service manager cannot be told anything at %s: %s", name, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Of a watchdog that is meant for this process. */
static uint64_t watchdog_from_environment(void)
{
	const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");

	if (usec == NULL || (pid != NULL && strtol(pid, NULL, 10) != getpid()))
		return 0;
	return strtoull(usec, NULL, 10) * 1000;
}

void service_open(struct service *s)
{
	const char *name = getenv("NOTIFY_SOCKET");

	*s = (struct service){.socket = name != NULL ? connect_to(name) : -1};
	if (s->socket >= 0)
		s->watchdog_ns = watchdog_from_environment();
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

void service_close(struct service *s)
{
	if (s->socket >= 0)
		close(s->socket);
	s->socket = -1;
}

/* A state is worth waiting for: without it the manager would believe something else. */
static void say(struct service *s, const char *text)
{
	if (s->socket >= 0 && send(s->socket, text, strlen(text), MSG_NOSIGNAL) < 0)
		LOG_WARNING("the service manager was not told: %s", strerror(errno));
}

static void say_now_or_never(struct service *s, const char *text)
{
	if (s->socket >= 0)
		(void)!send(s->socket, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void service_ready(struct service *s)
{
	say(s, "READY=1");
}

void service_reloading(struct service *s)
{
	struct timespec now;
	char text[64];

	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%llu",
		(unsigned long long)now.tv_sec * 1000000 + (unsigned long long)now.tv_nsec / 1000);
	say(s, text);
}

void service_stopping(struct service *s, unsigned seconds)
{
	char text[64];

	snprintf(text, sizeof(text), "STOPPING=1\nEXTEND_TIMEOUT_USEC=%llu",
		(unsigned long long)seconds * 1000000);
	say(s, text);
}

void service_status(struct service *s, const char *format, ...)
{
	char text[256] = "STATUS=";
	size_t len = strlen(text);
	va_list list;

	va_start(list, format);
	vsnprintf(text + len, sizeof(text) - len, format, list);
	va_end(list);
	say_now_or_never(s, text);
}

void service_alive(struct service *s, uint64_t now_ns)
{
	if (s->watchdog_ns == 0 || now_ns < s->next_ns)
		return;
	s->next_ns = now_ns + s->watchdog_ns / 4;
	say_now_or_never(s, "WATCHDOG=1");
}
