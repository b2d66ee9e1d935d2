/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * The statistics of a node for a person: what complains comes first, and what a role has not is not
 * there.
 */

#include "client/stats_tables.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static char *shown;

static const char *show(const char *json)
{
	size_t len;
	FILE *to = open_memstream(&shown, &len);

	stats_print(to, json, strlen(json), false);
	fclose(to);
	return shown;
}

static void forget(void)
{
	free(shown);
}

TestSuite(client_stats_tables, .fini = forget);

#define FANOUT "\"fanout\":{\"tcp\":5,\"refusals\":{}},\"delivery\":{\"first_us\":{\"windows\":1}}"
#define MERGER                                                                                   \
	"\"merger\":{\"partitions\":6,\"windows\":84,\"late\":12,\"complaint\":\"no topic\\n\"," \
	"\"close_us\":{\"windows\":84,\"newest\":41200,\"p50\":50000,\"p99\":2000000},"          \
	"\"nodes\":[{\"node\":\"ing-1\",\"late\":0}]}"
#define MERGE_NODE                                                                      \
	"{\"roles\":[\"merge\"],\"cluster\":{\"node\":\"m\",\"publisher\":null," MERGER \
	",\"follower\":null}," FANOUT "}"

static void expect_in(const char *text)
{
	cr_expect_neq(strstr(shown, text), NULL, "no '%s' in:\n%s", text, shown);
}

static void expect_not_in(const char *text)
{
	cr_expect_eq(strstr(shown, text), NULL, "'%s' in:\n%s", text, shown);
}

Test(client_stats_tables, a_complaint_is_at_the_top_and_marked)
{
	show(MERGE_NODE);
	expect_in("COMPLAINT of the merger: no topic?\n");
	cr_expect_lt(strstr(shown, "COMPLAINT"), strstr(shown, "cluster: merging"));
}

Test(client_stats_tables, a_node_shows_the_parts_that_it_has)
{
	show(MERGE_NODE);
	expect_not_in("subscribers");
	expect_not_in("frames after a window");
	expect_not_in("tallies out");
	expect_not_in("frames out of Kafka");
	expect_not_in("ledger");
	free(shown);
	show("{\"roles\":[\"ingest\"],\"ledger\":{\"balanced\":true}," FANOUT "}");
	expect_not_in("subscribers");
	expect_in("ledger");
	free(shown);
	show("{\"roles\":[\"fanout\"],\"cluster\":{\"node\":\"f\"}," FANOUT "}");
	expect_in("\nsubscribers\n");
	free(shown);
	show("{" FANOUT "}");
	expect_in("\nsubscribers\n");
}

Test(client_stats_tables, quantiles_are_bounds_in_milliseconds)
{
	show(MERGE_NODE);
	expect_in("41.2 ms, p50 <= 50 ms, p99 <= 2000 ms, of 84");
}

Test(client_stats_tables, counters_of_partitions_say_so_in_words)
{
	show(MERGE_NODE);
	expect_in("summed over partitions");
	expect_in("windows committed");
	expect_not_in("partitions_coming");
	expect_not_in("retired_refused");
}

Test(client_stats_tables, own_windows_are_told_from_those_of_the_cluster)
{
	show("{\"roles\":[\"ingest\"],\"cluster\":{\"node\":\"i\",\"follower\":{\"window\":70}},"
	     "\"ledger\":{\"balanced\":true},\"window\":{\"number\":6}}");
	expect_in("window  6 (this node's own count)");
	expect_in("newest window, number of the cluster");
}

#define REFUSED                                            \
	"{\"refused\":{\"magic\":1,\"new\":2,\"body\":0}," \
	"\"fanout\":{\"refusals\":{\"source\":3,\"magic\":4}}}"

Test(client_stats_tables, a_refusal_has_its_reason_and_no_blanks_behind_it)
{
	const char *text = show(REFUSED);

	cr_expect_not_null(strstr(text, "1  first byte is neither"), "%s", text);
	cr_expect_not_null(strstr(text, "3  too many connections from one address\n"), "%s", text);
	cr_expect_null(strstr(text, " \n"), "%s", text);
	cr_expect_null(strstr(text, "body"), "%s", text);
}

#define ODD                                                                                  \
	"{\"ports\":[{}],\"workers\":[null],\"channels\":[7],\"refused\":{\"magic\":\"x\"}," \
	"\"fanout\":{\"a\":[]},\"ledger\":{\"identities\":[{},7,{\"identity\":7}]}}"

Test(client_stats_tables, any_answer_can_be_printed)
{
	static const char *const answers[] = {
		"", "{}", "[]", "null", "{\"ports\":7,\"ledger\":[]}", ODD};
	char *text;
	size_t len;

	for (unsigned i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		FILE *to = open_memstream(&text, &len);

		stats_print(to, answers[i], strlen(answers[i]), true);
		fclose(to);
		cr_expect_not_null(strstr(text, "the ledger is NOT balanced"), "%s", answers[i]);
		free(text);
	}
}

#define NODE                                                                                    \
	"{\"cluster\":{\"node\":\"m1\",\"publisher\":null,\"merger\":{\"late\":3,\"nodes\":["   \
	"{\"node\":\"ing\\u001b1\",\"age_s\":0.5,\"live\":true}],\"complaint\":\"a \\u001b[2J " \
	"long one\"},"                                                                          \
	"\"follower\":{\"frames\":7,\"complaint\":\"\"}},\"fanout\":{\"tcp\":2}}"

Test(client_stats_tables, a_node_that_counts_nothing_has_its_parts_and_no_ledger)
{
	const char *text = show(NODE);

	cr_expect_not(stats_has_ledger(NODE, strlen(NODE)));
	cr_expect_null(strstr(text, "ledger"), "%s", text);
	cr_expect_null(strstr(text, "refused\n"), "%s", text);
	expect_in("\n  reports that came after their window         3\n");
	expect_in("COMPLAINT of the merger: a ?[2J long one\n");
	cr_expect_not_null(strstr(text, "  ing?1 "), "%s", text);
	expect_in("\n  frames taken, since the start                7\n");
}

#define COUNTS "{\"cluster\":null,\"fanout\":{}}"

Test(client_stats_tables, whoever_is_no_node_must_have_a_ledger)
{
	cr_expect(stats_has_ledger(COUNTS, strlen(COUNTS)));
	cr_expect(stats_has_ledger("{}", 2));
	cr_expect(stats_has_ledger("[]", 2));
}
