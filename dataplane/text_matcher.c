/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/text_matcher.h"

#include "dataplane/text_cache.h"
#include "dataplane/text_expressions.h"
#include "dataplane/text_matcher_db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A matcher and what its databases are made of. */
struct making {
	struct text_matcher *m;
	struct text_expressions lists[TEXT_DATABASES];
	unsigned n_words;
};

static int begin(struct making *k, unsigned entries, unsigned patterns)
{
	struct text_matcher *m = calloc(1, sizeof(*m));

	*k = (struct making){.m = m};
	if (m == NULL)
		return -ENOMEM;
	m->entries = calloc(entries + 1, sizeof(*m->entries));
	m->words = calloc(patterns + 1, sizeof(*m->words));
	int ret = m->entries == NULL || m->words == NULL ? -ENOMEM : 0;
	for (unsigned i = 0; ret == 0 && i < TEXT_DATABASES; i++)
		ret = text_expressions_alloc(&k->lists[i], i == TEXT_ENDS ? entries : patterns);
	return ret;
}

/* The matcher is handed out on success, else freed. */
static int end(struct making *k, int ret, struct text_matcher **out)
{
	for (unsigned i = 0; i < TEXT_DATABASES; i++)
		text_expressions_free(&k->lists[i]);
	if (ret == 0)
		*out = k->m;
	else if (k->m != NULL)
		text_matcher_free(k->m);
	return ret;
}

static int add_literal(struct making *k, const char *bytes, size_t len, int16_t reaction)
{
	unsigned id = k->m->n++;
	bool flag = is_regional_indicator((const uint8_t *)bytes, len);

	k->m->entries[id].match = text_match_of_length(text_match(id, reaction, flag), len);
	text_cuts_add_literal(&k->m->cuts, bytes, len);
	return text_expressions_add_literal(&k->lists[TEXT_ENDS], bytes, len, id);
}

static int add_shortcode(struct making *k, const char *name, uint8_t reaction)
{
	char text[128];
	int len = snprintf(text, sizeof(text), ":%s:", name);

	return len >= (int)sizeof(text) ? -ENAMETOOLONG
					: add_literal(k, text, (size_t)len, reaction);
}

/* Hyperscan reports the first letter of a stretched end; stretched_word_end() finds the others. */
static int add_word(struct making *k, const struct stretched_word *word, const char *pattern,
	unsigned flags, uint8_t reaction)
{
	size_t len = strlen(pattern);
	char *first = strndup(pattern, pattern[len - 1] == '+' ? len - 1 : len);
	unsigned id = k->m->n++;

	if (first == NULL)
		return -ENOMEM;
	k->n_words++;
	k->m->entries[id] = (struct text_entry){text_match(id, reaction, false), word};
	text_cuts_add_word(&k->m->cuts, word);
	int ret = text_expressions_add(&k->lists[TEXT_ENDS], first, flags, id);
	free(first);
	return ret;
}

static int add_pattern(struct making *k, const char *pattern, uint8_t reaction)
{
	const unsigned flags = HS_FLAG_UTF8 | HS_FLAG_CASELESS;
	struct stretched_word *word = &k->m->words[k->n_words];

	if (stretched_word_parse(word, pattern))
		return add_word(k, word, pattern, flags, reaction);
	unsigned id = k->m->n++;
	k->m->entries[id].match = text_match(id, reaction, true);
	int ret = text_expressions_add(
		&k->lists[TEXT_ALARM], pattern, flags | HS_FLAG_SINGLEMATCH, id);
	if (ret < 0)
		return ret;
	return text_expressions_add(
		&k->lists[TEXT_STARTS], pattern, flags | HS_FLAG_SOM_LEFTMOST, id);
}

static int add_plan(struct making *k, const struct emoji_plan *plan)
{
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < plan->n; i++)
		ret = add_literal(k, plan->sequences[i].bytes, plan->sequences[i].len,
			plan->sequences[i].reaction);
	return ret;
}

static int add_rule(struct making *k, const struct text_rule *rule)
{
	switch (rule->kind) {
	case TEXT_SHORTCODE:
		return add_shortcode(k, rule->text, rule->reaction);
	case TEXT_PATTERN:
		return add_pattern(k, rule->text, rule->reaction);
	case TEXT_EMOJI: // is in the plan
		break;
	}
	return 0;
}

/* *bad: the entry that was not understood, or -1. */
static int compile(struct making *k, int *bad, char *error, size_t cap)
{
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < TEXT_DATABASES; i++)
		ret = text_expressions_compile(&k->lists[i], &k->m->databases[i], bad, error, cap);
	return ret;
}

static int load_or_compile(struct making *k, const char *cache, int *bad, char *error, size_t cap)
{
	struct text_matcher *m = k->m;
	struct text_cache_key key;

	_Static_assert((int)TEXT_DATABASES == (int)TEXT_CACHE_DATABASES, "all are cached");
	if (cache == NULL)
		return compile(k, bad, error, cap);
	int ret = text_cache_key_of(&key, k->lists);
	if (ret < 0)
		return ret;
	m->cached = text_cache_load(cache, &key, m->databases);
	if (m->cached != 0)
		return 0;
	ret = compile(k, bad, error, cap);
	if (ret == 0)
		m->cached = text_cache_store(cache, &key, m->databases);
	return ret;
}

static int alloc_scratch(struct text_matcher *m, char *error, size_t cap)
{
	hs_error_t hs = HS_SUCCESS;

	for (unsigned i = 0; hs == HS_SUCCESS && i < TEXT_DATABASES; i++) {
		if (m->databases[i] != NULL)
			hs = hs_alloc_scratch(m->databases[i], &m->prototype);
	}
	if (hs == HS_SUCCESS)
		return 0;
	snprintf(error, cap, "Hyperscan cannot allocate its scratch space (error %d)", hs);
	return -ENOMEM;
}

int text_matcher_from_plan(
	struct text_matcher **out, const struct emoji_plan *plan, char *error, size_t cap)
{
	struct making k;
	int bad, ret = begin(&k, plan->n, 0);

	if (ret == 0)
		ret = add_plan(&k, plan);
	if (ret == 0)
		ret = compile(&k, &bad, error, cap);
	if (ret == 0)
		ret = alloc_scratch(k.m, error, cap);
	return end(&k, ret, out);
}

static int make_plan(struct emoji_plan *plan, const struct text_rule *rules, unsigned n)
{
	struct emoji_mapping *mapping = calloc(n + 1, sizeof(*mapping));
	unsigned mapped = 0;

	if (mapping == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < n; i++) {
		if (rules[i].kind == TEXT_EMOJI)
			mapping[mapped++] =
				(struct emoji_mapping){rules[i].text, rules[i].reaction};
	}
	int ret = emoji_plan_make(plan, mapping, mapped);
	free(mapping);
	return ret;
}

/* Which rule became this entry: the rules that are in no plan follow the plan in their order. */
static unsigned rule_of_entry(
	const struct text_rule *rules, unsigned n, unsigned plan_n, unsigned entry)
{
	unsigned at = plan_n;

	for (unsigned i = 0; i < n; i++) {
		if (rules[i].kind != TEXT_EMOJI && at++ == entry)
			return i;
	}
	return n;
}

int text_matcher_new(struct text_matcher **out, const struct text_rule *rules, unsigned n,
	const char *cache, unsigned *bad, char *error, size_t cap)
{
	struct emoji_plan plan;
	struct making k;
	int failed = -1, ret = make_plan(&plan, rules, n);

	*bad = n;
	snprintf(error, cap, "out of memory");
	if (ret < 0)
		return ret;
	ret = begin(&k, plan.n + n, n);
	if (ret == 0)
		ret = add_plan(&k, &plan);
	for (unsigned i = 0; ret == 0 && i < n; i++) {
		ret = add_rule(&k, &rules[i]);
		if (ret == -ENAMETOOLONG) {
			*bad = i;
			snprintf(error, cap, "longer than 125 bytes");
		}
	}
	if (ret == 0)
		ret = load_or_compile(&k, cache, &failed, error, cap);
	if (failed >= 0)
		*bad = rule_of_entry(rules, n, plan.n, (unsigned)failed);
	if (ret == 0)
		ret = alloc_scratch(k.m, error, cap);
	emoji_plan_free(&plan);
	return end(&k, ret, out);
}

struct text_matcher *text_matcher_ref(struct text_matcher *m)
{
	atomic_fetch_add(&m->others, 1);
	return m;
}

void text_matcher_free(struct text_matcher *m)
{
	if (atomic_fetch_sub(&m->others, 1) != 0)
		return;
	hs_free_scratch(m->prototype);
	for (unsigned i = 0; i < TEXT_DATABASES; i++)
		hs_free_database(m->databases[i]);
	free(m->entries);
	free(m->words);
	free(m);
}

unsigned text_matcher_size(const struct text_matcher *m)
{
	return m->n;
}

int text_matcher_cached(const struct text_matcher *m)
{
	return m->cached;
}
