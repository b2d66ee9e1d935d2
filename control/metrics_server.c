/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/metrics_server.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	CONNECTIONS_MAX = 8,
	CONNECTION_BYTES = 16384,
	TIMEOUT_S = 10,
	BACKLOG = 8,
	UNIX_MODE = 0660, // its group may read, too
};

static const char help[] = "metrics for Prometheus are at /metrics\n";

static enum MHD_Result answer(struct MHD_Connection *c, unsigned status, char *text, size_t len,
	enum MHD_ResponseMemoryMode memory, const char *type)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(len, text, memory);

	if (r == NULL)
		return MHD_NO;
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	enum MHD_Result result = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return result;
}

static enum MHD_Result say(struct MHD_Connection *c, unsigned status, const char *text)
{
	return answer(c, status, (char *)text, strlen(text), MHD_RESPMEM_PERSISTENT,
		"text/plain; charset=utf-8");
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *c, const char *url,
	const char *method, const char *version, const char *body, size_t *body_len, void **seen)
{
	struct metrics_server *s = context;

	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return say(c, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD are answered here\n");
	if (*seen == NULL || *body_len > 0) { // answered when all of the request is there
		*seen = s;
		*body_len = 0;
		return MHD_YES;
	}
	if (strcmp(url, "/") == 0)
		return say(c, MHD_HTTP_OK, help);
	if (strcmp(url, "/metrics") != 0)
		return say(c, MHD_HTTP_NOT_FOUND, help);
	char *text = s->collect(s->context);
	if (text == NULL)
		return say(c, MHD_HTTP_SERVICE_UNAVAILABLE, "there is no memory for it\n");
	return answer(c, MHD_HTTP_OK, text, strlen(text), MHD_RESPMEM_MUST_FREE,
		"text/plain; version=0.0.4; charset=utf-8");
}

/* A socket file that nobody listens on was left by a process that was killed. */
static void remove_stale(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 &&
		errno == ECONNREFUSED)
		unlink(address->sun_path);
	close(fd);
}

static int listen_at(const struct config_metrics *at)
{
	const struct sockaddr *address = (const struct sockaddr *)&at->address;
	int one = 1, fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	if (address->sa_family == AF_UNIX)
		remove_stale((const struct sockaddr_un *)address);
	else
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, address, at->len) < 0 || listen(fd, BACKLOG) < 0) {
		int err = errno;
		close(fd);
		return -err;
	}
	if (address->sa_family == AF_UNIX)
		chmod(((const struct sockaddr_un *)address)->sun_path, UNIX_MODE);
	return fd;
}

static int start(struct metrics_server *s, int fd)
{
	s->daemon = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_request, s,
		MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)CONNECTION_BYTES, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S,
		MHD_OPTION_END);
	if (s->daemon == NULL)
		return -EIO;
	s->fd = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
	return 0;
}

int metrics_server_open(struct metrics_server *s, const struct config_metrics *at,
	char *(*collect)(void *context), void *context, char *error, size_t cap)
{
	*s = (struct metrics_server){.fd = -1, .collect = collect, .context = context};
	if (at->len == 0)
		return 0;
	int fd = listen_at(at), ret = fd < 0 ? fd : start(s, fd);
	if (ret == 0) {
		if (at->address.ss_family == AF_UNIX)
			snprintf(s->path, sizeof(s->path), "%s",
				((const struct sockaddr_un *)&at->address)->sun_path);
		return 0;
	}
	if (fd >= 0)
		close(fd);
	snprintf(error, cap,
		"cannot listen for metrics at %s: %s%s; configure metrics.listen, \"\" for none",
		at->text, strerror(-ret),
		ret == -EADDRINUSE ? " by another program (`ss -ltnp` says which)" : "");
	return ret;
}

void metrics_server_close(struct metrics_server *s)
{
	if (s->daemon == NULL)
		return;
	MHD_stop_daemon(s->daemon);
	if (s->path[0] != '\0')
		unlink(s->path);
	s->daemon = NULL;
}

int metrics_server_patience(const struct metrics_server *s)
{
	MHD_UNSIGNED_LONG_LONG ms;

	if (s->daemon == NULL || MHD_get_timeout(s->daemon, &ms) != MHD_YES)
		return -1;
	return ms > INT32_MAX ? INT32_MAX : (int)ms;
}

void metrics_server_serve(struct metrics_server *s)
{
	if (s->daemon != NULL)
		MHD_run(s->daemon);
}
