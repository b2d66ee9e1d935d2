/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What control hands over to the journal: one window, or a stretch of windows in one. It is what
 * the shown tallies have grown by since the record before (the baseline), so a window that could
 * not be handed over in time is in the next one. Nothing is queued, and memory is bounded.
 *
 * With it goes the newest frame of each channel that grew: its mood.
 */
#ifndef CONTROL_JOURNAL_RECORD_H
#define CONTROL_JOURNAL_RECORD_H

#include "control/store.h"
#include "wire/frame.h"

struct journal_count {
	uint32_t reaction;
	uint64_t taps;
};

struct journal_row {
	uint32_t row;
	uint32_t began; // see struct store_row
	uint16_t channel;
	bool has_mood; // else only taps and total are known
	bool surge;
	uint64_t taps; // with those of channels below
	uint64_t own;  // sum of the counts
	uint64_t total;
	uint32_t reactors; // 0: not known
	double score;
	double intensity;
	uint32_t first_count; // of its counts
	uint32_t n_counts;
};

struct journal_record {
	uint64_t window; // the last one
	uint64_t ends;   // Unix milliseconds
	uint64_t length; // milliseconds; 0: not known
	uint64_t joins;  // windows
	bool gap;
	struct journal_row *rows; // [rows of the store]
	unsigned n_rows;
	struct journal_count *counts; // [rows * stride]
	unsigned n_counts;
	char *catalogue; // in force from this window on; owned; NULL: as before
};

/* What was handed over last. */
struct journal_baseline {
	uint64_t *tallies; // [rows][stride]
	uint64_t *totals;  // [rows]
	uint64_t *past;    // [channels]: totals that the journal had when this process started
	unsigned rows;     // that go on from there
	uint64_t joins;    // windows since
	uint64_t length;   // theirs, milliseconds
};

/* 0 or -ENOMEM. Memory is touched only as far as it is needed. */
int journal_record_init(struct journal_record *r, const struct store *s);
void journal_record_free(struct journal_record *r);
int journal_baseline_init(struct journal_baseline *b, const struct store *s);
void journal_baseline_free(struct journal_baseline *b);

/* Rows that are new here: their totals, and what is journalled of them, go on from the past. */
void journal_baseline_take_rows(struct journal_baseline *b, struct store *s);

/*
 * Everything that was shown since the baseline, and the baseline moves on. frames: by row, the
 * newest; NULL: moods are not known.
 */
void journal_record_fill(struct journal_record *r, struct journal_baseline *b,
	const struct store *s, const struct frame *frames);

#endif
