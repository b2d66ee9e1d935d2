/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Lines of the modules in DPDK's log: which are there, and what they look like.
 */

#include "control/log.h"

#include "control/config.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *text;
static size_t len;
static FILE *stream;

static void set_up(void)
{
	stream = open_memstream(&text, &len);
	cr_assert_neq(stream, NULL);
	rte_openlog_stream(stream);
	struct config_log all = {
#define LOG_MODULE(name) .name = RTE_LOG_INFO,
#include "control/log_module.def"
#undef LOG_MODULE
	};
	log_apply(&all);
}

static void tear_down(void)
{
	rte_openlog_stream(NULL);
	fclose(stream);
	free(text);
}

TestSuite(control_log, .init = set_up, .fini = tear_down);

static const char *logged(void)
{
	fflush(stream);
	return text;
}

__attribute__((format(printf, 2, 3))) static void say_of_fanout(
	enum fanout_severity severity, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_of_fanout(severity, format, args);
	va_end(args);
}

Test(control_log, a_line_begins_with_its_module)
{
	LOG_NOTICE("%u taps", 7);
	say_of_fanout(FANOUT_WARNING, "%d ports", 2);
	cr_expect_str_eq(logged(), "control: 7 taps\nfanout: 2 ports\n");
}

Test(control_log, each_module_is_a_type_of_dpdk)
{
	rte_log_dump(stream);
#define LOG_MODULE(name) cr_expect_neq(strstr(logged(), "uproar." #name), NULL, #name);
#include "control/log_module.def"
#undef LOG_MODULE
}

Test(control_log, levels_change_while_it_runs_for_each_module)
{
	LOG_DEBUG("1");
	LOG_INFO("2");
	log_apply(&(struct config_log){.control = RTE_LOG_DEBUG, .fanout = RTE_LOG_ERR});
	LOG_DEBUG("3");
	say_of_fanout(FANOUT_WARNING, "4");
	say_of_fanout(FANOUT_ERROR, "5");
	log_apply(&(struct config_log){.control = RTE_LOG_ERR, .fanout = RTE_LOG_DEBUG});
	LOG_WARNING("6");
	LOG_ERROR("7");
	say_of_fanout(FANOUT_DEBUG, "8");
	cr_expect_str_eq(logged(), "control: 2\ncontrol: 3\nfanout: 5\ncontrol: 7\nfanout: 8\n");
}

enum { FLOOD = 10000 };

static void *flood(void *arg)
{
	for (unsigned i = 0; i < FLOOD; i++)
		LOG_WARNING("queue %u is full", i);
	return arg;
}

/* Each line that was not written is in a number that was. */
static void expect_lines(uint64_t lines)
{
	uint64_t written = 0, suppressed = 0;

	for (const char *line = logged(); *line != '\0'; line = strchr(line, '\n') + 1) {
		uint64_t n;

		if (sscanf(line, "control: %" SCNu64 " suppressed like: queue", &n) == 1)
			suppressed += n;
		else
			written += strncmp(line, "control: queue", 14) == 0;
	}
	cr_expect_eq(written + suppressed, lines);
	cr_expect_geq(written, LOG_LIMIT_BURST);
	cr_expect_geq(suppressed, lines / 2, "unless it took more than an hour");
}

Test(control_log, a_flood_is_cut_and_what_was_cut_is_told)
{
	flood(NULL);
	LOG_INFO("another line");
	log_turn(true);
	expect_lines(FLOOD);
	cr_expect_neq(strstr(logged(), "control: another line\n"), NULL);
}

Test(control_log, threads_that_flood_together_lose_no_line)
{
	enum { THREADS = 4 };
	pthread_t threads[THREADS];

	for (unsigned i = 0; i < THREADS; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, flood, NULL), 0);
	for (unsigned i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		log_turn(false);
	}
	log_turn(true);
	expect_lines(THREADS * FLOOD);
}

Test(control_log, what_is_below_the_level_is_not_suppressed_but_not_there)
{
	for (unsigned i = 0; i < 1000; i++)
		LOG_DEBUG("%u", i);
	log_turn(true);
	cr_expect_str_eq(logged(), "");
}

Test(control_log, a_line_that_is_very_long_ends_like_any_other)
{
	char line[8192];

	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	LOG_INFO("%s", line);
	size_t end = strlen(logged());
	cr_expect_gt(end, 4000);
	cr_expect_eq(logged()[end - 1], '\n');
}

/* A pipe that holds no more, as the log. */
static FILE *open_full_pipe(int *from)
{
	static const char page[4096];
	int fds[2];

	cr_assert_eq(pipe(fds), 0);
	fcntl(fds[1], F_SETFL, O_NONBLOCK);
	while (write(fds[1], page, sizeof(page)) > 0)
		;
	fcntl(fds[1], F_SETFL, 0);
	*from = fds[0];
	FILE *to = fdopen(fds[1], "w");
	setvbuf(to, NULL, _IONBF, 0);
	rte_openlog_stream(to);
	return to;
}

static const char *read_on(int from)
{
	static char got[1 << 21];
	ssize_t n = 0, all = 0;

	fcntl(from, F_SETFL, O_NONBLOCK);
	while ((n = read(from, got + all, sizeof(got) - 1 - (size_t)all)) > 0)
		all += n;
	got[all] = '\0';
	return got;
}

Test(control_log, a_log_that_nobody_reads_holds_nobody_up, .timeout = 20)
{
	int from;
	FILE *to = open_full_pipe(&from);

	for (unsigned i = 0; i < 3; i++)
		LOG_INFO("line %u", i);
	log_turn(false);
	read_on(from);
	log_turn(false);
	cr_expect_str_eq(read_on(from), "control: 3 suppressed like: line 2\n");
	LOG_INFO("line %u", 3u);
	cr_expect_str_eq(read_on(from), "control: line 3\n");
	rte_openlog_stream(stream);
	fclose(to);
	close(from);
}
