/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * A list of expressions for Hyperscan, as hs_compile_multi() takes it.
 */
#ifndef DATAPLANE_TEXT_EXPRESSIONS_H
#define DATAPLANE_TEXT_EXPRESSIONS_H

#include <hs/hs.h>
#include <stddef.h>

struct text_expressions {
	char **text; // owned
	unsigned *flags;
	unsigned *ids;
	unsigned n, cap;
};

/* 0 or -ENOMEM; free it either way. */
int text_expressions_alloc(struct text_expressions *e, unsigned cap);
void text_expressions_free(struct text_expressions *e);

/* Below cap. 0 or -ENOMEM. */
int text_expressions_add(struct text_expressions *e, const char *text, unsigned flags, unsigned id);
int text_expressions_add_literal(
	struct text_expressions *e, const char *bytes, size_t len, unsigned id);

/*
 * *db stays NULL if the list is empty, for Hyperscan makes no empty database. 0, or -EINVAL with a
 * sentence in error; *bad is then the id of the expression that was not understood, or -1.
 */
int text_expressions_compile(
	const struct text_expressions *e, hs_database_t **db, int *bad, char *error, size_t cap);

#endif
