/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/text_matcher.h"

#include "dataplane/text_matcher_db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What hs_compile_multi() takes, growing together with the entries. */
struct expressions {
	char **text;
	unsigned *flags;
	unsigned *ids;
	struct text_entry *entries;
	unsigned n, cap;
};

static void free_expressions(struct expressions *e)
{
	for (unsigned i = 0; i < e->n; i++)
		free(e->text[i]);
	free(e->text);
	free(e->flags);
	free(e->ids);
	free(e->entries);
}

static int alloc_expressions(struct expressions *e, unsigned cap)
{
	*e = (struct expressions){.cap = cap};
	e->text = calloc(cap, sizeof(*e->text));
	e->flags = calloc(cap, sizeof(*e->flags));
	e->ids = calloc(cap, sizeof(*e->ids));
	e->entries = calloc(cap, sizeof(*e->entries));
	return e->text && e->flags && e->ids && e->entries ? 0 : -ENOMEM;
}

static int add(struct expressions *e, char *text, unsigned flags, struct text_entry entry)
{
	if (text == NULL)
		return -ENOMEM;
	e->text[e->n] = text;
	e->flags[e->n] = flags;
	e->ids[e->n] = e->n;
	e->entries[e->n++] = entry;
	return 0;
}

/* Each byte as \xHH, so that nothing in it is an operator. */
static int add_literal(struct expressions *e, const char *bytes, size_t len, int16_t reaction)
{
	char *text = malloc(4 * len + 1);

	for (size_t i = 0; text != NULL && i < len; i++)
		snprintf(text + 4 * i, 5, "\\x%02x", (uint8_t)bytes[i]);
	return add(e, text, 0, (struct text_entry){.len = (uint16_t)len, .reaction = reaction});
}

static int add_shortcode(struct expressions *e, const char *name, uint8_t reaction)
{
	char text[128];
	int len = snprintf(text, sizeof(text), ":%s:", name);

	return len >= (int)sizeof(text) ? -ENAMETOOLONG
					: add_literal(e, text, (size_t)len, reaction);
}

static int add_plan(struct expressions *e, const struct emoji_plan *plan)
{
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < plan->n; i++)
		ret = add_literal(e, plan->sequences[i].bytes, plan->sequences[i].len,
			plan->sequences[i].reaction);
	return ret;
}

static int add_rule(struct expressions *e, const struct text_rule *rule)
{
	const unsigned flags = HS_FLAG_SOM_LEFTMOST | HS_FLAG_UTF8 | HS_FLAG_CASELESS;

	switch (rule->kind) {
	case TEXT_SHORTCODE:
		return add_shortcode(e, rule->text, rule->reaction);
	case TEXT_PATTERN:
		return add(e, strdup(rule->text), flags,
			(struct text_entry){.reaction = rule->reaction});
	case TEXT_EMOJI: // is in the plan
		break;
	}
	return 0;
}

static int compile(
	struct text_matcher *m, const struct expressions *e, int *bad, char *error, size_t cap)
{
	hs_compile_error_t *failure = NULL;

	if (e->n == 0) // a catalogue of ids alone; Hyperscan makes no empty database
		return 0;
	hs_error_t hs = hs_compile_multi((const char *const *)e->text, e->flags, e->ids, e->n,
		HS_MODE_BLOCK, NULL, &m->database, &failure);

	if (hs != HS_SUCCESS) {
		*bad = failure != NULL ? failure->expression : -1;
		snprintf(error, cap, "%s",
			failure != NULL ? failure->message : "Hyperscan gave no reason");
		hs_free_compile_error(failure);
		return -EINVAL;
	}
	hs = hs_alloc_scratch(m->database, &m->prototype);
	if (hs != HS_SUCCESS) {
		snprintf(error, cap, "Hyperscan cannot allocate its scratch space (error %d)", hs);
		return -ENOMEM;
	}
	return 0;
}

/* Takes the entries over from the expressions on success. */
static int finish(
	struct text_matcher **out, struct expressions *e, int *bad, char *error, size_t cap)
{
	struct text_matcher *m = calloc(1, sizeof(*m));
	int ret = m == NULL ? -ENOMEM : compile(m, e, bad, error, cap);

	if (ret < 0) {
		if (m != NULL)
			text_matcher_free(m);
		return ret;
	}
	m->n = e->n;
	m->entries = e->entries;
	e->entries = NULL;
	*out = m;
	return 0;
}

int text_matcher_from_plan(
	struct text_matcher **out, const struct emoji_plan *plan, char *error, size_t cap)
{
	struct expressions e;
	int bad, ret = alloc_expressions(&e, plan->n);

	if (ret == 0)
		ret = add_plan(&e, plan);
	if (ret == 0)
		ret = finish(out, &e, &bad, error, cap);
	free_expressions(&e);
	return ret;
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

int text_matcher_new(struct text_matcher **out, const struct text_rule *rules, unsigned n,
	unsigned *bad, char *error, size_t cap)
{
	struct expressions e = {0};
	struct emoji_plan plan;
	unsigned *rule_of; // expression to rule
	int failed = -1, ret = make_plan(&plan, rules, n);

	*bad = n;
	snprintf(error, cap, "out of memory");
	if (ret < 0)
		return ret;
	rule_of = calloc(plan.n + n + 1, sizeof(*rule_of));
	ret = rule_of == NULL ? -ENOMEM : alloc_expressions(&e, plan.n + n + 1);
	if (ret == 0)
		ret = add_plan(&e, &plan);
	for (unsigned i = 0; ret == 0 && i < n; i++) {
		rule_of[e.n] = i;
		ret = add_rule(&e, &rules[i]);
		if (ret == -ENAMETOOLONG) {
			*bad = i;
			snprintf(error, cap, "longer than 125 bytes");
		}
	}
	if (ret == 0)
		ret = finish(out, &e, &failed, error, cap);
	if (ret < 0 && failed >= (int)plan.n)
		*bad = rule_of[failed];
	free_expressions(&e);
	free(rule_of);
	emoji_plan_free(&plan);
	return ret;
}

void text_matcher_free(struct text_matcher *m)
{
	hs_free_scratch(m->prototype);
	hs_free_database(m->database);
	free(m->entries);
	free(m);
}

unsigned text_matcher_size(const struct text_matcher *m)
{
	return m->n;
}
