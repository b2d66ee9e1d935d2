/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "wire/key_file.h"

#include "wire/hex.h"
#include "wire/secret_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What is left of a line. */
struct cursor {
	const char *at, *end;
};

static void skip_blanks(struct cursor *c)
{
	while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\r'))
		c->at++;
}

static bool at_end(const struct cursor *c)
{
	return c->at == c->end || *c->at == '#';
}

/* Up to the next blank, comment or end. */
static struct cursor take_word(struct cursor *c)
{
	struct cursor word = {.at = c->at};

	while (!at_end(c) && *c->at != ' ' && *c->at != '\t' && *c->at != '\r')
		c->at++;
	word.end = c->at;
	skip_blanks(c);
	return word;
}

/* 0 to 255 in one to three digits, or -1. */
static int parse_id(struct cursor word)
{
	int id = 0;

	if (word.at == word.end || word.end - word.at > 3)
		return -1;
	for (; word.at < word.end; word.at++) {
		if (*word.at < '0' || *word.at > '9')
			return -1;
		id = 10 * id + (*word.at - '0');
	}
	return id < WIRE_KEYS_MAX ? id : -1;
}

/* NULL, or what is wrong with the line. */
static const char *parse_line(struct cursor line, struct key_file *out)
{
	skip_blanks(&line);
	if (at_end(&line))
		return NULL;
	int id = parse_id(take_word(&line));
	if (id < 0)
		return "it does not begin with a key id, 0 to 255";
	if (out->present[id])
		return "this key id stands in an earlier line";
	struct cursor key = take_word(&line);
	if (hex_parse(key.at, (size_t)(key.end - key.at), out->key[id], WIRE_KEY_LEN) < 0)
		return "behind the key id there are not exactly 32 hexadecimal digits";
	if (!at_end(&line))
		return "something stands behind the key: one key a line, and comments begin with #";
	out->present[id] = true;
	out->n++;
	return NULL;
}

int key_file_parse(const char *text, size_t len, struct key_file *out, char *error, size_t cap)
{
	const char *end = text + len;
	unsigned number = 1;

	memset(out, 0, sizeof(*out));
	for (const char *at = text; at < end; number++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *line_end = newline != NULL ? newline : end;
		const char *wrong = parse_line((struct cursor){at, line_end}, out);

		if (wrong != NULL) {
			snprintf(error, cap, "line %u: %s", number, wrong);
			return -EINVAL;
		}
		at = newline != NULL ? newline + 1 : end;
	}
	if (out->n > 0)
		return 0;
	snprintf(error, cap,
		"there is no key in it: write one a line, ID and 32 hexadecimal digits");
	return -EINVAL;
}

int key_file_read(const char *path, struct key_file *out, char *error, size_t cap)
{
	char text[SECRET_FILE_MAX + 1], why[160];
	size_t len;
	int ret = secret_file_read(path, "keys", text, &len, why, sizeof(why));

	if (ret == 0)
		ret = key_file_parse(text, len, out, why, sizeof(why));
	explicit_bzero(text, len);
	if (ret < 0)
		snprintf(error, cap, "%s: %s", path, why);
	return ret;
}

void key_file_wipe(struct key_file *keys)
{
	explicit_bzero(keys, sizeof(*keys));
}
