/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What text costs: validation as UTF-8 and the scan for reactions, as workers do it, against the
 * same validation and a byte trie. Both in the same run over the same texts, round by round in
 * turn, and both must find the same. docs/performance.md says how to read the figures.
 */

#include "control/catalogue.h"
#include "dataplane/emoji_listed.h"
#include "dataplane/text_scanner.h"
#include "perf/byte_trie.h"
#include "perf/texts.h"
#include "wire/utf8.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { ROUNDS = 15, PASSES = 40, EMOJI_MAX = 6000, PATTERNS = 32 };

/* What is looked for, in both forms. */
struct side {
	const char *name;
	struct text_scanner *scanner;
	struct byte_trie *trie; // NULL: it cannot, for there are patterns in the texts
	const char *emoji[EMOJI_MAX];
	unsigned n_emoji;
};

struct row {
	const char *set, *kind;
	size_t len;
	double hits;                                      // a text
	double valid[ROUNDS], scan[ROUNDS], trie[ROUNDS]; // ns a text; scan and trie without valid
	bool rival;
	long switches;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); // what others run does not count
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static long switches_so_far(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_nivcsw : 0;
}

static unsigned scan_one(const struct side *s, const uint8_t *text, size_t len)
{
	return text_scan(s->scanner, text, len)->n;
}

static unsigned trie_one(const struct side *s, const uint8_t *text, size_t len)
{
	static uint8_t reactions[512];

	return byte_trie_scan(s->trie, text, len, reactions);
}

static unsigned valid_one(const struct side *s, const uint8_t *text, size_t len)
{
	return utf8_valid(text, len);
}

/* ns a text. */
static inline __attribute__((always_inline)) double time_of(const struct side *s,
	const struct texts *t, unsigned (*one)(const struct side *, const uint8_t *, size_t))
{
	unsigned long sum = 0;
	double begin = now();

	for (unsigned pass = 0; pass < PASSES; pass++) {
		for (unsigned i = 0; i < TEXTS; i++)
			sum += one(s, t->text[i], t->len);
	}
	double took = now() - begin;
	__asm__ volatile("" : : "r"(sum));
	return took / (PASSES * TEXTS);
}

/* Hits a text; both must find the same. */
static double check(const struct side *s, const struct texts *t, bool rival)
{
	unsigned long hits = 0;

	for (unsigned i = 0; i < TEXTS; i++) {
		const struct text_hits *h = text_scan(s->scanner, t->text[i], t->len);
		uint8_t found[512];

		hits += h->n;
		if (!utf8_valid(t->text[i], t->len))
			return -1;
		if (rival && (byte_trie_scan(s->trie, t->text[i], t->len, found) != h->n ||
				     memcmp(found, h->reactions, h->n) != 0))
			return -1;
	}
	return (double)hits / TEXTS;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void sort(double *rounds)
{
	qsort(rounds, ROUNDS, sizeof(*rounds), ascending);
}

static bool measure(struct row *row, const struct side *s, const struct texts *t)
{
	row->hits = check(s, t, row->rival);
	if (row->hits < 0) {
		fprintf(stderr, "%s, %s of %zu bytes: the matcher and the trie differ\n", row->set,
			row->kind, row->len);
		return false;
	}
	row->switches = switches_so_far();
	for (unsigned i = 0; i < ROUNDS; i++) {
		row->valid[i] = time_of(s, t, valid_one);
		row->scan[i] = time_of(s, t, scan_one);
		row->trie[i] = row->rival ? time_of(s, t, trie_one) : 0;
	}
	row->switches = switches_so_far() - row->switches;
	sort(row->valid);
	sort(row->scan);
	sort(row->trie);
	return true;
}

static void print_row(const struct row *r, bool first)
{
	char trie[32] = "-";

	if (first)
		printf("%-17s %-17s %5s %5s %6s %6s %13s %7s %6s %9s\n", "ns a text", "", "bytes",
			"hits", "UTF-8", "scan", "middle half", "both", "trie", "switches");
	if (r->rival)
		snprintf(trie, sizeof(trie), "%.1f", r->trie[ROUNDS / 2]);
	printf("%-17s %-17s %5zu %5.1f %6.1f %6.1f %6.1f-%6.1f %7.1f %6s %9ld%s\n", r->set, r->kind,
		r->len, r->hits, r->valid[ROUNDS / 2], r->scan[ROUNDS / 2], r->scan[ROUNDS / 4],
		r->scan[ROUNDS - 1 - ROUNDS / 4], r->valid[ROUNDS / 2] + r->scan[ROUNDS / 2], trie,
		r->switches, r->switches > ROUNDS ? "  disturbed" : "");
	fflush(stdout);
}

static void print_json(const struct row *r, bool first)
{
	printf("%s{\"set\":\"%s\",\"texts\":\"%s\",\"bytes\":%zu,\"hits\":%.2f,\"utf8_ns\":%.2f,"
	       "\"scan_ns\":%.2f,\"low\":%.2f,\"high\":%.2f,",
		first ? "[" : ",\n ", r->set, r->kind, r->len, r->hits, r->valid[ROUNDS / 2],
		r->scan[ROUNDS / 2], r->scan[ROUNDS / 4], r->scan[ROUNDS - 1 - ROUNDS / 4]);
	if (r->rival)
		printf("\"trie_ns\":%.2f,", r->trie[ROUNDS / 2]);
	printf("\"rounds\":%d,\"involuntary_switches\":%ld}", ROUNDS, r->switches);
}

static bool has_stretched_words(const struct texts_kind *kind)
{
	return strncmp(kind->name, "stretched", 9) == 0;
}

static bool run_side(const struct side *s, bool json, bool *first)
{
	static const size_t lengths[] = {8, 32, 128, 512};
	static struct texts texts;

	for (unsigned k = 0; k < texts_kinds_n; k++) {
		for (unsigned l = 0; l < sizeof(lengths) / sizeof(lengths[0]); l++) {
			struct row row = {.set = s->name,
				.kind = texts_kinds[k].name,
				.len = lengths[l],
				.rival = s->trie != NULL && !has_stretched_words(&texts_kinds[k])};

			texts_make(&texts, &texts_kinds[k], row.len, s->emoji, s->n_emoji);
			if (!measure(&row, s, &texts))
				return false;
			json ? print_json(&row, *first) : print_row(&row, *first);
			*first = false;
		}
	}
	return true;
}

static void fill_trie(struct side *s, const struct emoji_plan *plan, const struct config *config)
{
	s->trie = byte_trie_new();
	for (unsigned i = 0; i < plan->n; i++)
		byte_trie_add(s->trie, plan->sequences[i].bytes, plan->sequences[i].len,
			plan->sequences[i].reaction);
	for (unsigned i = 0; config != NULL && i < config->n_catalogue; i++) {
		const struct config_reaction *r = &config->catalogue[i];

		for (unsigned j = 0; j < r->n_shortcodes; j++) {
			char code[128];
			int len = snprintf(code, sizeof(code), ":%s:", r->shortcodes[j]);
			byte_trie_add(s->trie, code, (size_t)len, (int16_t)r->id);
		}
	}
}

static unsigned map_emoji(const struct config *config, struct emoji_mapping *mapping)
{
	unsigned n = 0;

	for (unsigned i = 0; i < config->n_catalogue; i++) {
		const struct config_reaction *r = &config->catalogue[i];

		for (unsigned j = 0; j < r->n_emoji; j++)
			mapping[n++] = (struct emoji_mapping){r->emoji[j], (uint8_t)r->id};
	}
	return n;
}

static int make_default(struct side *s, const struct config *config)
{
	static struct catalogue catalogue;
	static struct emoji_mapping mapping[WIRE_REACTIONS_MAX * CONFIG_STRINGS_MAX];
	struct emoji_plan plan;
	char error[512];

	s->name = "default catalogue";
	s->n_emoji = map_emoji(config, mapping);
	for (unsigned i = 0; i < s->n_emoji; i++)
		s->emoji[i] = mapping[i].emoji;
	if (catalogue_make(&catalogue, config, error, sizeof(error)) < 0 ||
		emoji_plan_make(&plan, mapping, s->n_emoji) < 0)
		return -1;
	fill_trie(s, &plan, config);
	return text_scanner_new(&s->scanner, catalogue.matcher);
}

/* Every listed sequence counts, as one of 64 reactions. */
static int make_all_listed(struct side *s)
{
	static struct emoji_sequence sequences[EMOJI_MAX];
	struct emoji_plan plan = {sequences, 0};
	struct text_matcher *matcher;
	char error[512];

	s->name = "all listed emoji";
	for (; plan.n < emoji_listed_n && plan.n < EMOJI_MAX; plan.n++) {
		const struct emoji_listed *e = &emoji_listed[plan.n];

		sequences[plan.n] = (struct emoji_sequence){e->bytes, e->len, plan.n % 64};
		s->emoji[s->n_emoji++] = e->bytes;
	}
	if (text_matcher_from_plan(&matcher, &plan, error, sizeof(error)) < 0)
		return -1;
	fill_trie(s, &plan, NULL);
	return text_scanner_new(&s->scanner, matcher);
}

/* The default's emoji, and many expressions that a trie cannot hold: words, and half of them more
 * than words. */
static int make_patterns(struct side *s, const struct side *emoji)
{
	static const char *const stems[] = {
		"go+a+l+", "wo+w+", "ye+s+", "si+x+", "fo+u+r+", "o+u+t+", "wi+n+", "bo+o+m"};
	static struct text_rule rules[EMOJI_MAX];
	static char text[PATTERNS][64];
	struct text_matcher *matcher;
	unsigned n = 0, bad;
	char error[512];

	*s = *emoji;
	s->name = "32 expressions";
	s->trie = NULL;
	for (; n < s->n_emoji; n++)
		rules[n] = (struct text_rule){TEXT_EMOJI, s->emoji[n], (uint8_t)(n % 64)};
	for (unsigned i = 0; i < PATTERNS; i++) {
		if (i < PATTERNS / 2)
			snprintf(text[i], sizeof(text[i]), "%s%.*s", stems[i % 8], (int)(i / 8),
				"!!");
		else
			snprintf(
				text[i], sizeof(text[i]), "#?(%s){2,}[%u-9]?", stems[i % 8], i / 8);
		rules[n++] = (struct text_rule){TEXT_PATTERN, text[i], (uint8_t)i};
	}
	if (text_matcher_new(&matcher, rules, n, NULL, &bad, error, sizeof(error)) < 0)
		return -1;
	return text_scanner_new(&s->scanner, matcher);
}

int main(int argc, char **argv)
{
	static struct config config;
	static struct side sides[3];
	bool json = argc > 1 && strcmp(argv[1], "--json") == 0, first = true;
	char error[512];

	if (argc > 1 && !json) {
		fprintf(stderr, "usage: text [--json]\n");
		return 2;
	}
	if (config_load(&config, NULL, error, sizeof(error)) < 0 ||
		make_default(&sides[0], &config) < 0 || make_all_listed(&sides[1]) < 0 ||
		make_patterns(&sides[2], &sides[0]) < 0) {
		fprintf(stderr, "the matchers cannot be made\n");
		return 1;
	}
	for (unsigned i = 0; i < 3; i++) {
		if (!run_side(&sides[i], json, &first))
			return 1;
	}
	if (json)
		printf("]\n");
	return 0;
}
