/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/text_expressions.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int text_expressions_alloc(struct text_expressions *e, unsigned cap)
{
	*e = (struct text_expressions){.cap = cap};
	e->text = calloc(cap + 1, sizeof(*e->text));
	e->flags = calloc(cap + 1, sizeof(*e->flags));
	e->ids = calloc(cap + 1, sizeof(*e->ids));
	return e->text && e->flags && e->ids ? 0 : -ENOMEM;
}

void text_expressions_free(struct text_expressions *e)
{
	for (unsigned i = 0; i < e->n; i++)
		free(e->text[i]);
	free(e->text);
	free(e->flags);
	free(e->ids);
}

static int add(struct text_expressions *e, char *text, unsigned flags, unsigned id)
{
	if (text == NULL)
		return -ENOMEM;
	e->text[e->n] = text;
	e->flags[e->n] = flags;
	e->ids[e->n++] = id;
	return 0;
}

int text_expressions_add(struct text_expressions *e, const char *text, unsigned flags, unsigned id)
{
	return add(e, strdup(text), flags, id);
}

/* Each byte as \xHH, so that nothing in it is an operator. */
int text_expressions_add_literal(
	struct text_expressions *e, const char *bytes, size_t len, unsigned id)
{
	char *text = malloc(4 * len + 1);

	for (size_t i = 0; text != NULL && i < len; i++)
		snprintf(text + 4 * i, 5, "\\x%02x", (uint8_t)bytes[i]);
	return add(e, text, 0, id);
}

int text_expressions_compile(
	const struct text_expressions *e, hs_database_t **db, int *bad, char *error, size_t cap)
{
	hs_compile_error_t *failure = NULL;

	*bad = -1;
	if (e->n == 0)
		return 0;
	if (hs_compile_multi((const char *const *)e->text, e->flags, e->ids, e->n, HS_MODE_BLOCK,
		    NULL, db, &failure) == HS_SUCCESS)
		return 0;
	if (failure != NULL && failure->expression >= 0)
		*bad = (int)e->ids[failure->expression];
	snprintf(error, cap, "%s", failure != NULL ? failure->message : "Hyperscan gave no reason");
	hs_free_compile_error(failure);
	return -EINVAL;
}
