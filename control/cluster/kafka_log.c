/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/kafka_log.h"

#include "control/cluster/log.h"

#include <ctype.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

LOG_MODULE_DEFINE(cluster_log, "cluster")

/* Levels of syslog(3), whose header has names of ours. */
enum { SYSLOG_WARNING = 4, SYSLOG_DEBUG = 7 };

enum { LINE_BYTES = 600 };

/* FNV-1a, without digits, and without how long something took and how often it came: they make no
 * other line. */
static uint64_t kind_of(const char *line)
{
	const char *after = strstr(line, " (after ");
	const char *end = after != NULL ? after : line + strlen(line);
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (const char *c = line; c < end; c++)
		if (!isdigit((unsigned char)*c))
			hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
	return hash | 1;
}

bool kafka_log_is_new(struct kafka_log_memory *m, const char *line, uint64_t now_s)
{
	const uint64_t kind = kind_of(line);
	unsigned oldest = 0;

	for (unsigned i = 0; i < KAFKA_LOG_LINES; i++) {
		if (m->lines[i].kind == kind && now_s < m->lines[i].until)
			return false;
		if (m->lines[i].kind == kind) {
			oldest = i;
			break;
		}
		if (m->lines[i].until < m->lines[oldest].until)
			oldest = i;
	}
	m->lines[oldest].kind = kind;
	m->lines[oldest].until = now_s + KAFKA_LOG_AGAIN_S;
	return true;
}

/* That a broker is away stops nothing: none of its lines is an error of ours. */
static uint32_t level_of(int level)
{
	if (level <= SYSLOG_WARNING)
		return RTE_LOG_WARNING;
	return level < SYSLOG_DEBUG ? RTE_LOG_INFO : RTE_LOG_DEBUG;
}

/* Brokers have a say in these lines. */
static void make_printable(char *line)
{
	for (char *c = line; *c != '\0'; c++)
		if (iscntrl((unsigned char)*c))
			*c = ' ';
}

static bool is_new(const char *line)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static struct kafka_log_memory told;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	pthread_mutex_lock(&lock);
	bool yes = kafka_log_is_new(&told, line, (uint64_t)now.tv_sec);
	pthread_mutex_unlock(&lock);
	return yes;
}

/* Lines that are nobody's business: what is wrong is in a sentence of ours, or nothing is. */
static const struct {
	const char *facility, *words;
} quiet[] = {
	{"CONFWARN", "will be ignored by"}, // producers and consumers are given the same options
	{"FAIL", ""},                       // a connection; kafka_trouble.h has the reason
	{"ERROR", "brokers are down"},
	{"ERROR", " in state "}, // the same as FAIL, of a handle whose events nobody takes
	{"GETPID", "retrying"},  // soon after a start of the brokers
	{"PARTCNT", ""},         // a topic has become known
};

static bool is_quiet(const char *facility, const char *line)
{
	for (unsigned i = 0; i < sizeof(quiet) / sizeof(quiet[0]); i++)
		if (strcmp(facility, quiet[i].facility) == 0 &&
			strstr(line, quiet[i].words) != NULL)
			return true;
	return false;
}

void kafka_log(const rd_kafka_t *rk, int level, const char *facility, const char *line)
{
	char text[LINE_BYTES];

	(void)rk;
	if (is_quiet(facility, line))
		level = SYSLOG_DEBUG;
	snprintf(text, sizeof(text), "librdkafka %s: %s", facility, line);
	make_printable(text);
	if (level >= SYSLOG_DEBUG || is_new(text))
		log_line(&cluster_log, level_of(level), "%s", text);
}
