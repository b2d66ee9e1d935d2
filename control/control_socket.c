/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/control_socket.h"

#include "control/log.h"
#include "control/run_folder.h"
#include "wire/socket_path.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { LATER_MS = 10 };

char control_socket_later[] = "";

static const char unknown_request[] =
	"{\"error\":\"unknown request; known: stats, slowest, reload\"}";

/* A socket file that nobody listens on was left by a process that was killed. */
static bool is_stale(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool stale = fd >= 0 && connect(fd, (const void *)address, sizeof(*address)) < 0 &&
		     errno == ECONNREFUSED;

	if (fd >= 0)
		close(fd);
	return stale;
}

static int bind_path(int fd, const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	mode_t was;
	int ret;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	was = umask(0177); // for this user alone, from the first moment
	ret = bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
	if (ret == -EADDRINUSE && is_stale(&address)) {
		unlink(path);
		ret = bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
	}
	umask(was);
	return ret;
}

int control_socket_open(struct control_socket *s, const char *name,
	char *(*answer)(void *context, const char *request, uint64_t *note), void *context,
	char *error, size_t cap)
{
	char folder[256];
	int ret = run_folder_make(folder, sizeof(folder));

	s->listener = -1;
	s->path[0] = '\0';
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++)
		s->clients[i].fd = -1;
	s->answer = answer;
	s->context = context;
	if (ret == 0)
		ret = control_socket_path(name, s->path, sizeof(s->path));
	if (ret == 0) {
		s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		ret = s->listener < 0 ? -errno : bind_path(s->listener, s->path);
	}
	if (ret == 0 && listen(s->listener, CONTROL_CLIENTS_MAX) < 0)
		ret = -errno;
	if (ret == 0)
		return 0;
	snprintf(error, cap, "cannot open the control socket %s: %s", s->path, strerror(-ret));
	if (s->listener >= 0)
		close(s->listener);
	s->listener = -1;
	return ret;
}

static void drop(struct control_client *c)
{
	close(c->fd);
	free(c->answer);
	*c = (struct control_client){.fd = -1};
}

void control_socket_close(struct control_socket *s)
{
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		if (s->clients[i].fd >= 0)
			drop(&s->clients[i]);
	}
	if (s->listener < 0)
		return;
	close(s->listener);
	unlink(s->path);
	run_folder_remove();
}

/* A free place; else the client that has been here longest, which has had its time, must go. */
static struct control_client *make_place(struct control_socket *s)
{
	struct control_client *oldest = &s->clients[0];

	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		if (s->clients[i].fd < 0)
			return &s->clients[i];
		if (s->clients[i].serial - oldest->serial > UINT32_MAX / 2)
			oldest = &s->clients[i];
	}
	drop(oldest);
	return oldest;
}

unsigned control_socket_wants(const struct control_socket *s, struct pollfd *fds)
{
	unsigned n = 0;

	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		const struct control_client *c = &s->clients[i];

		if (c->fd >= 0)
			fds[n++] = (struct pollfd){.fd = c->fd,
				.events = c->waits            ? 0
					  : c->answer != NULL ? POLLOUT
							      : POLLIN};
	}
	fds[n++] = (struct pollfd){.fd = s->listener, .events = POLLIN};
	return n;
}

static void make_answer(struct control_socket *s, struct control_client *c)
{
	char *text = s->answer(s->context, c->request, &c->note);

	c->waits = text == control_socket_later;
	if (c->waits)
		return;
	if (text == NULL)
		text = strdup(unknown_request);
	if (text == NULL) {
		drop(c);
		return;
	}
	c->answer_len = strlen(text) + 1;
	c->answer = text;
	c->answer[c->answer_len - 1] = '\n'; // in place of the closing zero
}

/* Whoever asks does not decide what the log looks like. */
static const char *for_the_log(const char *request)
{
	return request[strspn(request, "abcdefghijklmnopqrstuvwxyz")] == '\0' ? request
									      : "what is not known";
}

static void take_request(struct control_socket *s, struct control_client *c)
{
	ssize_t n = read(c->fd, c->request + c->request_len, sizeof(c->request) - c->request_len);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		drop(c);
		return;
	}
	c->request_len += (size_t)n;
	char *end = memchr(c->request, '\n', c->request_len);
	if (end != NULL) {
		*end = '\0';
		LOG_DEBUG("asked for %s", for_the_log(c->request));
		make_answer(s, c);
	} else if (c->request_len == sizeof(c->request)) {
		drop(c);
	}
}

static void send_answer(struct control_client *c)
{
	ssize_t n = send(
		c->fd, c->answer + c->sent, c->answer_len - c->sent, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		c->sent += (size_t)n;
	if (n <= 0 || c->sent == c->answer_len)
		drop(c);
}

static void accept_client(struct control_socket *s)
{
	int fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0)
		*make_place(s) = (struct control_client){.fd = fd, .serial = s->arrivals++};
}

static struct control_client *client_of(struct control_socket *s, int fd)
{
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		if (s->clients[i].fd == fd)
			return &s->clients[i];
	}
	return NULL;
}

int control_socket_patience(const struct control_socket *s)
{
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		if (s->clients[i].waits)
			return LATER_MS;
	}
	return -1;
}

void control_socket_serve(struct control_socket *s, const struct pollfd *fds, unsigned n)
{
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		if (s->clients[i].waits)
			make_answer(s, &s->clients[i]);
	}
	for (unsigned i = 0; i < n; i++) {
		if (fds[i].revents == 0)
			continue;
		if (fds[i].fd == s->listener) {
			accept_client(s);
			continue;
		}
		struct control_client *c = client_of(s, fds[i].fd);
		if (c == NULL) // dropped in this round
			continue;
		if (c->waits) // it has gone
			drop(c);
		else if (c->answer == NULL)
			take_request(s, c);
		else
			send_answer(c);
	}
}
