/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "hugepages/host/sessions.h"

#include "hugepages/host/tree.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { SOCKETS_MAX = 256, SSH_PORT = 22, ESTABLISHED = 1 };

/* Sockets of sshd's processes, by inode. */
struct sockets {
	unsigned long inodes[SOCKETS_MAX];
	unsigned n;
};

static bool parse_address(const char *text, struct in6_addr *out)
{
	char address[64];
	struct in_addr v4;

	snprintf(address, sizeof(address), "%.*s", (int)strcspn(text, "%"), text); // fe80::1%eth0
	if (inet_pton(AF_INET6, address, out) == 1)
		return true;
	if (inet_pton(AF_INET, address, &v4) != 1)
		return false;
	*out = (struct in6_addr){.s6_addr = {[10] = 0xff, [11] = 0xff}};
	memcpy(out->s6_addr + 12, &v4, 4);
	return true;
}

/* "PEER PORT LOCAL PORT" */
static void add_own(const struct host *h, struct interface_set *out)
{
	char peer[64], local[64];
	struct in6_addr from, to;
	const char *zone;

	if (h->ssh_connection == NULL ||
		sscanf(h->ssh_connection, "%63s %*s %63s", peer, local) != 2)
		return;
	if ((zone = strchr(local, '%')) != NULL || (zone = strchr(peer, '%')) != NULL)
		interface_set_add(out, zone + 1);
	else if (parse_address(local, &to) && parse_address(peer, &from))
		routes_of_connection(h, &to, &from, out);
}

static void add_sockets_of(const struct host *h, const char *process, struct sockets *s)
{
	DIR *dir = tree_list(h, "/proc/%s/fd", process);
	struct dirent *entry;
	char target[64];

	while (dir != NULL && s->n < SOCKETS_MAX && (entry = readdir(dir)) != NULL) {
		if (tree_link(h, target, sizeof(target), "/proc/%s/fd/%s", process,
			    entry->d_name) == 0 &&
			sscanf(target, "socket:[%lu]", &s->inodes[s->n]) == 1)
			s->n++;
	}
	if (dir != NULL)
		closedir(dir);
}

static bool is_daemon(const char *comm)
{
	return strncmp(comm, "sshd", 4) == 0 || strncmp(comm, "dropbear", 8) == 0;
}

static void find_sockets(const struct host *h, struct sockets *s)
{
	DIR *dir = tree_list(h, "/proc");
	struct dirent *entry;
	char comm[32];

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (isdigit((unsigned char)entry->d_name[0]) &&
			tree_read(h, comm, sizeof(comm), "/proc/%s/comm", entry->d_name) == 0 &&
			is_daemon(comm))
			add_sockets_of(h, entry->d_name, s);
	}
	if (dir != NULL)
		closedir(dir);
}

static bool is_among(const struct sockets *s, unsigned long inode)
{
	for (unsigned i = 0; i < s->n; i++) {
		if (s->inodes[i] == inode)
			return true;
	}
	return false;
}

/* Words of four bytes, each in the byte order of the machine: one for IPv4, four for IPv6. */
static bool parse_words(const char *text, struct in6_addr *out)
{
	size_t len = strspn(text, "0123456789abcdefABCDEF"), at = len == 8 ? 12 : 0;

	if (len != 8 && len != 32)
		return false;
	*out = (struct in6_addr){.s6_addr = {[10] = 0xff, [11] = 0xff}};
	for (size_t i = 0; i < len; i += 8) {
		unsigned word;

		if (sscanf(text + i, "%8x", &word) != 1)
			return false;
		memcpy(out->s6_addr + at + i / 2, &word, 4);
	}
	return true;
}

static void add_line(const struct host *h, const char *line, const struct sockets *daemons,
	struct interface_set *out)
{
	char local[40], remote[40];
	struct in6_addr to, from;
	unsigned port, state;
	unsigned long inode;

	if (sscanf(line, "%*s %39s %39s %x %*s %*s %*s %*s %*s %lu", local, remote, &state,
		    &inode) != 4 ||
		state != ESTABLISHED || sscanf(local, "%*[^:]:%x", &port) != 1 ||
		(port != SSH_PORT && !is_among(daemons, inode)))
		return;
	if (parse_words(local, &to) && parse_words(remote, &from))
		routes_of_connection(h, &to, &from, out);
}

static void add_connections(const struct host *h, const char *table, const struct sockets *daemons,
	struct interface_set *out)
{
	FILE *f = tree_open(h, "%s", table);
	char line[HOST_LINE_MAX];

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		add_line(h, line, daemons, out);
	if (f != NULL)
		fclose(f);
}

void sessions_find(const struct host *h, struct interface_set *out)
{
	struct sockets daemons = {0};

	add_own(h, out);
	find_sockets(h, &daemons);
	add_connections(h, "/proc/net/tcp", &daemons, out);
	add_connections(h, "/proc/net/tcp6", &daemons, out);
}
