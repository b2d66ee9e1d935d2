/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/config_check.h"

#include <rte_log.h>
#include <string.h>

static const struct {
	const char *word;
	uint32_t level;
} levels[] = {
	{"error", RTE_LOG_ERR},
	{"warning", RTE_LOG_WARNING},
	{"notice", RTE_LOG_NOTICE},
	{"info", RTE_LOG_INFO},
	{"debug", RTE_LOG_DEBUG},
};

static int parse(const struct config_check *k, const char *path, const char *word, uint32_t *out)
{
	for (unsigned i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (strcmp(word, levels[i].word) == 0) {
			*out = levels[i].level;
			return 0;
		}
	}
	return config_wrong(
		k, path, "'%.60s' is no level: write error, warning, notice, info or debug", word);
}

/* word: the user's, the default's if there is none. */
static int take(const struct config_check *k, const char *path, const char *user,
	const char *fallback, uint32_t level, uint32_t *out)
{
	const char *word = user != NULL ? user : fallback;

	*out = level;
	return word[0] == '\0' ? 0 : parse(k, path, word, out);
}

int config_take_log(struct config *c, const struct file_log *user, const struct file_log *defaults,
	const struct config_source *source, char *error, size_t cap)
{
	static const struct file_log none;
	const struct config_check k = {source, error, cap};

	if (user == NULL)
		user = &none;
	int ret = parse(&k, "log.level", user->level != NULL ? user->level : defaults->level,
		&c->log.level);
#define LOG_MODULE(name)    \
	if (ret == 0)       \
		ret = take( \
			&k, "log." #name, user->name, defaults->name, c->log.level, &c->log.name);
#include "control/log_module.def"
#undef LOG_MODULE
	return ret;
}
