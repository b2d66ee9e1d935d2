/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/journal.h"

#include "control/catalogue.h"
#include "control/journal_past.h"
#include "control/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOUR_MS = 3600000 };

/* At the end: for a record that is being written, and then for the last attempt. */
enum { WRITE_PATIENCE_S = 3, END_PATIENCE_S = 2 };

struct journal {
	struct journal_keeper keeper;
	struct journal_baseline baseline; // what was handed over
	struct store *store;
	bool runs; // the thread
	char path[CONFIG_JOURNAL_PATH_MAX + 1];
	char *catalogue; // changed, and not handed over yet; NULL: no change
};

static void release(struct journal *j)
{
	journal_rollup_free(&j->keeper.rollup);
	journal_writer_free(&j->keeper.writer);
	journal_file_close(&j->keeper.file);
	journal_record_free(&j->keeper.record);
	journal_baseline_free(&j->baseline);
	free((char *)j->keeper.start.catalogue);
	free(j->catalogue);
	free(j);
}

static int prepare_statements(
	struct journal *j, const struct config *config, char *error, size_t cap)
{
	const struct config_journal *c = &config->journal;
	struct journal_keeper *k = &j->keeper;

	if (journal_writer_init(&k->writer, k->file.db) != SQLITE_OK ||
		journal_rollup_init(&k->rollup, k->file.db) != SQLITE_OK) {
		snprintf(error, cap, "journal %s: its tables are not those of a journal: %s",
			c->file, sqlite3_errmsg(k->file.db));
		return -EINVAL;
	}
	k->rollup.keep_ms[0] = (uint64_t)c->keep_windows_hours * HOUR_MS;
	k->rollup.keep_ms[1] = (uint64_t)c->keep_minutes_days * 24 * HOUR_MS;
	k->rollup.keep_ms[2] = (uint64_t)c->keep_hours_days * 24 * HOUR_MS;
	return 0;
}

static int take_memory(struct journal *j, const struct config *config, char *error, size_t cap)
{
	struct journal_start *start = &j->keeper.start;

	start->started = window_clock_read().wall / 1000000;
	start->version = UPROAR_VERSION;
	snprintf(start->name, sizeof(start->name), "%s", config->name);
	start->catalogue = catalogue_document(config);
	journal_generation(j->store, start->generation);
	if (start->catalogue != NULL && journal_record_init(&j->keeper.record, j->store) == 0 &&
		journal_baseline_init(&j->baseline, j->store) == 0)
		return 0;
	snprintf(error, cap, "no memory for the journal");
	return -ENOMEM;
}

/* What an earlier process has shown and not journalled is the first thing to be written. */
static void take_gap(struct journal *j)
{
	struct journal_keeper *k = &j->keeper;
	uint64_t taps = 0;

	k->status.window = j->store->journalled->window;
	k->status.ends = j->store->journalled->ends;
	if (k->record.joins == 0)
		return;
	for (unsigned i = 0; i < k->record.n_rows; i++)
		taps += k->record.rows[i].own;
	LOG_NOTICE("the journal lacks %lu window%s with %lu tap%s that were shown: journalled as "
		   "one",
		(unsigned long)k->record.joins, k->record.joins == 1 ? "" : "s",
		(unsigned long)taps, taps == 1 ? "" : "s");
	atomic_init(&k->is_full, true);
}

int journal_open(
	struct journal **out, const struct config *config, struct store *s, char *error, size_t cap)
{
	struct journal *j;
	int ret;

	*out = NULL;
	if (config->journal.file == NULL) {
		s->journalled->kept = 0;
		LOG_NOTICE("there is no journal: windows are not kept (journal.file)");
		return 0;
	}
	j = calloc(1, sizeof(*j));
	if (j == NULL)
		return -ENOMEM;
	j->store = j->keeper.store = s;
	j->keeper.window_ms = config->window_ms;
	j->keeper.file.lock = -1;
	snprintf(j->path, sizeof(j->path), "%s", config->journal.file);
	ret = journal_file_open(&j->keeper.file, config->journal.file, error, cap);
	if (ret == 0)
		ret = prepare_statements(j, config, error, cap);
	if (ret == 0)
		ret = take_memory(j, config, error, cap);
	if (ret == 0)
		ret = journal_past_read(
			&j->keeper.record, &j->baseline, j->keeper.file.db, s, error, cap);
	if (ret < 0) {
		release(j);
		return ret;
	}
	take_gap(j);
	LOG_INFO("journal %s", config->journal.file);
	*out = j;
	return 0;
}

int journal_start(struct journal *j, char *error, size_t cap)
{
	if (j == NULL)
		return 0;
	int ret = journal_keeper_start(&j->keeper);
	if (ret < 0)
		snprintf(error, cap, "no thread for the journal: %s", strerror(-ret));
	j->runs = ret == 0;
	return ret;
}

static void hand_over(struct journal *j, const struct windows *w)
{
	struct journal_record *r = &j->keeper.record;

	free(r->catalogue);
	r->catalogue = j->catalogue;
	j->catalogue = NULL;
	journal_record_fill(r, &j->baseline, j->store, w->last);
	journal_keeper_hand_over(&j->keeper);
}

void journal_take_rows(struct journal *j)
{
	if (j != NULL)
		journal_baseline_take_rows(&j->baseline, j->store);
}

void journal_window(struct journal *j, const struct windows *w)
{
	if (j == NULL)
		return;
	j->baseline.joins++;
	j->baseline.length += w->span.length_ms;
	if (journal_keeper_is_free(&j->keeper))
		hand_over(j, w);
}

int journal_take_catalogue(struct journal *j, const struct config *config)
{
	char *document;

	if (j == NULL)
		return 0;
	document = catalogue_document(config);
	if (document == NULL)
		return -ENOMEM;
	free(j->catalogue);
	j->catalogue = document;
	return 0;
}

/* What is not in the file in the end. */
static void say_what_is_missing(const struct journal *j)
{
	const struct store_journalled *in = j->store->journalled;
	const struct store_shown *shown = store_now_shown(j->store);

	if (shown->window > in->window)
		LOG_WARNING("windows %lu to %lu are not journalled: the next start does it, if the "
			    "arena is still there",
			(unsigned long)in->window + 1, (unsigned long)shown->window);
}

static struct timespec in_seconds(int seconds)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += seconds;
	return at;
}

/* False: the thread waits for the disk, and still uses all that there is. */
static bool end_thread(struct journal *j, const struct windows *w, bool orderly)
{
	struct timespec until = in_seconds(WRITE_PATIENCE_S);

	if (orderly && j->baseline.joins > 0 && journal_keeper_await_free(&j->keeper, &until))
		hand_over(j, w);
	until = in_seconds(END_PATIENCE_S);
	bool ended =
		journal_keeper_end(&j->keeper, orderly ? JOURNAL_STOPPED : JOURNAL_FAILED, &until);
	if (!ended)
		LOG_WARNING("the journal's thread waits for the disk, and is not waited for");
	say_what_is_missing(j);
	return ended;
}

void journal_close(struct journal *j, const struct windows *w, bool orderly)
{
	if (j == NULL)
		return;
	if (!j->runs || end_thread(j, w, orderly))
		release(j);
}

const char *journal_path(const struct journal *j)
{
	return j->path;
}

bool journal_read_status(struct journal *j, struct journal_status *out)
{
	if (j == NULL) {
		*out = (struct journal_status){0};
		return false;
	}
	journal_keeper_read_status(&j->keeper, out);
	return true;
}
