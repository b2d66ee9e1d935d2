/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/http_get.h"

#include "client/stream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { ANSWER_MAX = 1 << 20 };

/* The value of a header in a head that ends at end, or NULL. */
static const char *find_header(const char *head, const char *end, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = head; line < end;) {
		const char *next = memchr(line, '\n', (size_t)(end - line));

		if ((size_t)(end - line) > len && strncasecmp(line, name, len) == 0 &&
			line[len] == ':')
			return line + len + 1;
		if (next == NULL)
			return NULL;
		line = next + 1;
	}
	return NULL;
}

static int check_status(const char *answer, size_t len)
{
	if (len < 13 || strncmp(answer, "HTTP/1.", 7) != 0 || answer[8] != ' ')
		return -EPROTO;
	if (strncmp(answer + 9, "404", 3) == 0)
		return -ENOENT;
	return strncmp(answer + 9, "200", 3) == 0 ? 0 : -EPROTO;
}

int http_answer_body(const char *answer, size_t len, const char **body, size_t *body_len)
{
	const char *head_end = memmem(answer, len, "\r\n\r\n", 4);
	int ret = check_status(answer, len);

	if (ret < 0)
		return ret;
	if (head_end == NULL || find_header(answer, head_end, "transfer-encoding") != NULL)
		return -EPROTO;
	*body = head_end + 4;
	*body_len = len - (size_t)(*body - answer);
	const char *promised = find_header(answer, head_end, "content-length");
	if (promised != NULL) {
		unsigned long long n = strtoull(promised, NULL, 10); // the head ends in CR LF
		if (n > *body_len)
			return -EPROTO;
		*body_len = n;
	}
	return 0;
}

static int exchange(
	const struct endpoint *at, const char *path, uint64_t deadline, char **answer, size_t *len)
{
	char host[ENDPOINT_TEXT_MAX], request[1024];
	struct sockaddr_storage address;
	socklen_t address_len;
	int ret, fd;

	int n = snprintf(request, sizeof(request),
		"GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nUser-Agent: uproar/%s\r\n\r\n",
		path, endpoint_write(at, host), UPROAR_VERSION);
	if (n < 0 || (size_t)n >= sizeof(request))
		return -ENAMETOOLONG;
	ret = endpoint_resolve(at, SOCK_STREAM, &address, &address_len);
	if (ret < 0)
		return ret;
	fd = stream_connect((struct sockaddr *)&address, address_len, deadline);
	if (fd < 0)
		return fd;
	ret = stream_send(fd, request, (size_t)n, deadline);
	if (ret == 0)
		ret = stream_read_all(fd, ANSWER_MAX, deadline, answer, len);
	close(fd);
	return ret;
}

int http_get(
	const struct endpoint *at, const char *path, uint64_t deadline, char **body, size_t *len)
{
	char *answer;
	const char *found;
	size_t answer_len;
	int ret = exchange(at, path, deadline, &answer, &answer_len);

	if (ret < 0)
		return ret;
	ret = http_answer_body(answer, answer_len, &found, len);
	if (ret < 0) {
		free(answer);
		return ret;
	}
	memmove(answer, found, *len);
	answer[*len] = '\0';
	*body = answer;
	return 0;
}
