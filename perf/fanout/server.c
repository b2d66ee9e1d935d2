/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "perf/fanout/server.h"

#include "perf/fanout/arrivals.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_SECONDS = 20, POKE_MS = 20 };

/* One that nobody has now. */
static uint16_t free_port(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (bind(fd, (struct sockaddr *)&a, len) < 0 ||
		getsockname(fd, (struct sockaddr *)&a, &len) < 0)
		a.sin_port = 0;
	close(fd);
	return ntohs(a.sin_port);
}

/* A connection, or -errno. */
static int connect_to(uint16_t port)
{
	const struct sockaddr_in to = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr = {htonl(INADDR_LOOPBACK)}};
	const int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	int ret = -errno;
	close(fd);
	return ret;
}

/* A connection alone says little: the kernel takes some for a server that is just being killed. */
static bool answers(const struct server *s)
{
	int fd = connect_to(s->place.port);
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	char byte;
	bool good = fd >= 0 && (s->kind->poke_len == 0 || send(fd, s->kind->poke, s->kind->poke_len,
								  MSG_NOSIGNAL) > 0);

	good = good && poll(&wait, 1, POKE_MS) == 1 && recv(fd, &byte, 1, MSG_DONTWAIT) == 1;
	if (fd >= 0)
		close(fd);
	return good;
}

static int await_answering(struct server *s)
{
	uint64_t deadline = arrivals_now() + PATIENCE_SECONDS * 1000000000ULL;

	while (arrivals_now() < deadline) {
		if (answers(s))
			return 0;
		if (server_has_ended(s))
			return -ECHILD;
		usleep(1000);
	}
	return -ETIMEDOUT;
}

static void show_log(const struct server *s)
{
	char path[256], line[512];

	snprintf(path, sizeof(path), "%s/log", s->place.folder);
	FILE *f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		fprintf(stderr, "%s: %s", s->kind->program, line);
	if (f != NULL)
		fclose(f);
}

static int configure(struct server *s)
{
	snprintf(s->place.config, sizeof(s->place.config), "%s/config", s->place.folder);
	if (s->kind->configure == NULL)
		return 0;
	FILE *to = fopen(s->place.config, "we");
	if (to == NULL)
		return -errno;
	s->kind->configure(to, &s->place);
	return fclose(to) == 0 ? 0 : -errno;
}

/* Drops what has come. */
static void drain(int fd)
{
	char bytes[4096];

	while (recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
}

/* Reads until the greeting's answer has ended. */
static int await_answer(int fd, const char *until, size_t len)
{
	const struct timeval patience = {.tv_sec = PATIENCE_SECONDS};
	char tail[16] = {0}, byte;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	while (memcmp(tail + sizeof(tail) - len, until, len) != 0) {
		if (recv(fd, &byte, 1, 0) != 1)
			return -EPROTO;
		memmove(tail, tail + 1, sizeof(tail) - 1);
		tail[sizeof(tail) - 1] = byte;
	}
	return 0;
}

static int open_publisher(struct server *s)
{
	char words[DIALOGUE_SAY_MAX];

	s->publisher = -1;
	if (s->kind->message == NULL)
		return 0;
	s->publisher = connect_to(s->place.port);
	if (s->publisher < 0)
		return s->publisher;
	if (s->kind->greet == NULL)
		return 0;
	size_t len = s->kind->greet(words, UINT32_MAX);
	if (send(s->publisher, words, len, MSG_NOSIGNAL) != (ssize_t)len)
		return -errno;
	return await_answer(s->publisher, s->kind->until, s->kind->until_len);
}

int server_start(struct server *s, const struct server_kind *kind, const struct server_place *place)
{
	*s = (struct server){
		.kind = kind, .place = *place, .pid = -1, .input = -1, .publisher = -1};
	if (s->place.port == 0)
		s->place.port = free_port();
	snprintf(s->place.port_word, sizeof(s->place.port_word), "%u", s->place.port);
	int ret = configure(s);
	if (ret == 0)
		ret = server_spawn(s);
	if (ret == 0)
		ret = await_answering(s);
	if (ret == 0)
		ret = open_publisher(s);
	if (ret == 0)
		return 0;
	show_log(s);
	server_stop(s);
	return ret;
}

bool server_publish(struct server *s, const uint8_t *payload, unsigned len)
{
	uint8_t message[SERVER_MESSAGE_MAX];

	if (s->kind->message == NULL)
		return write(s->input, payload, len) == (ssize_t)len;
	drain(s->publisher);
	size_t n = s->kind->message(message, payload, len);
	return send(s->publisher, message, n, MSG_NOSIGNAL) == (ssize_t)n;
}

/* Asks it to end; false if it has not within its time. */
static bool ask(struct server *s)
{
	uint64_t deadline = arrivals_now() + PATIENCE_SECONDS * 1000000000ULL;

	kill(s->pid, SIGTERM);
	while (s->pid > 0 && arrivals_now() < deadline && !server_has_ended(s))
		usleep(5000);
	return s->pid < 0;
}

static void kill_it(struct server *s)
{
	if (s->publisher >= 0)
		close(s->publisher);
	if (s->input >= 0)
		close(s->input);
	s->publisher = s->input = -1;
	if (s->pid <= 0)
		return;
	kill(s->pid, SIGKILL);
	while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
		;
	s->pid = -1;
}

void server_stop(struct server *s)
{
	if (s->kind != NULL && s->kind->gently && s->pid > 0 && !ask(s))
		fprintf(stderr, "%s does not end: killed\n", s->kind->program);
	kill_it(s);
}

double server_restart(struct server *s)
{
	uint64_t begin = arrivals_now();
	int ret = -ECHILD;

	kill_it(s);
	while (ret == -ECHILD && arrivals_now() - begin < PATIENCE_SECONDS * 1000000000ULL) {
		if (s->input >= 0)
			close(s->input);
		ret = server_spawn(s);
		if (ret == 0)
			ret = await_answering(s);
	}
	return ret == 0 ? (double)(arrivals_now() - begin) / 1e9 : -1;
}
