/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * What lies in the arena, region by region, and how the parts of one start find it. The workers own
 * blocks and tallies; control owns the rest.
 */
#ifndef CONTROL_STORE_H
#define CONTROL_STORE_H

#include "control/config.h"
#include "dataplane/dataplane.h"
#include "hugepages/arena.h"

enum { STORE_REFUSAL_NAME_MAX = 32 };

enum store_row_state { STORE_ROW_FREE, STORE_ROW_OPEN, STORE_ROW_CLOSED };

/* Which channel a row of the tallies belongs to. Rows are never given to another channel; a start
 * with a new shape leaves out those that are closed and shown (see carry.c). */
struct store_row {
	uint16_t channel;
	uint8_t state;          // enum store_row_state
	uint8_t began_high;     // store_row_began()
	uint16_t parent_plus_1; // channel that also counts what this one does; 0: none
	uint16_t began_low;
};

/* Low bits of the number of the window in which it got the row: tells it from an earlier row of the
 * same channel. */
enum { STORE_BEGAN_MASK = 0xffffff };

static inline uint32_t store_row_began(const struct store_row *r)
{
	return (uint32_t)r->began_high << 16 | r->began_low;
}

/* Region "shown" of earlier layouts lacks these; carry.c makes them. */
enum { STORE_LAYOUT_WITH_TOTALS = 2, STORE_LAYOUT_WITH_BELOW = 3 };

/* The state after a window: what was shown of each tally, summed over the workers. */
struct store_shown {
	uint64_t window;          // number of the last window; 0: none yet
	uint64_t ends;            // its end, Unix milliseconds
	uint64_t taps_in_windows; // of all windows and channels
	uint64_t taps_retired;    // shown taps of rows that are no more
	uint64_t tallies[];       // [rows][stride]; then store_totals(), store_row_below()
};

/*
 * What of the shown taps is in the journal, at the least: it is written after the journal's file,
 * which alone knows it exactly.
 */
struct store_journalled {
	uint64_t window; // the last one in it; 0: none
	uint64_t ends;   // its end, Unix milliseconds
	uint64_t kept;   // 1: the last process kept a journal
	uint64_t rows[]; // [rows]: taps of each
};

struct store {
	struct arena *arena;
	uint32_t rows;
	uint32_t stride; // reactions a row
	uint32_t workers;
	struct worker_block *blocks;
	uint64_t *tallies; // [workers][rows][stride]
	struct sessions sessions;
	struct undo *undo; // [workers]
	struct reactors_head *reactors_head;
	struct reactors_row *reactors; // [workers][rows]
	struct store_row *row_table;
	struct mood_memory *moods; // [rows]; NULL in an arena that has none
	struct board_slot *board;  // [rows]; not carried over, NULL in an arena that has none
	uint64_t *active;          // which of the two is valid: 0 or 1
	uint64_t *orderly;         // 1: the last process ended in order; 0: it runs, or died
	struct store_journalled *journalled; // journal: wo; NULL in an arena that has none
	uint64_t *hung_in; // [workers]: see worker_stats.h; of this process, and not in the arena
	struct store_shown *shown[2]; // written in turn, so that a kill finds one of them whole
};

/* What the arena of this configuration takes, in bytes; and of that, each worker's own counters. */
uint64_t store_bytes(const struct config *config);
uint64_t store_worker_bytes(const struct config *config);

/* Opens the arena for this configuration, carrying over what is there. 0, or -errno with a
 * sentence. */
int store_open(struct store *s, const struct config *config, bool discard, char *error, size_t cap);

/* Closes it; with remove, nothing of it stays. */
void store_close(struct store *s, bool remove);

static inline uint64_t *store_row_tallies(const struct store *s, unsigned worker, unsigned row)
{
	return s->tallies + ((size_t)worker * s->rows + row) * s->stride;
}

/* One tally, whole, while its worker adds to it. */
static inline uint64_t store_tally(
	const struct store *s, unsigned worker, unsigned row, unsigned reaction)
{
	return __atomic_load_n(store_row_tallies(s, worker, row) + reaction, __ATOMIC_RELAXED);
}

/* A bit for each. */
static inline uint64_t store_all_workers(const struct store *s)
{
	return UINT64_MAX >> (64 - s->workers);
}

static inline struct reactors_row *store_row_reactors(
	const struct store *s, unsigned worker, unsigned row)
{
	return s->reactors + (size_t)worker * s->rows + row;
}

static inline const struct store_shown *store_now_shown(const struct store *s)
{
	return s->shown[*s->active];
}

/*
 * What each channel's windows have shown in all, [rows]: a sum that runs on with each window, so
 * that it never falls, whatever becomes of the tallies that were added to it.
 */
static inline uint64_t *store_totals(const struct store *s, struct store_shown *shown)
{
	return shown->tallies + (size_t)s->rows * s->stride;
}

/*
 * What the windows of a row have shown of channels below it: by reaction, in this arena, a sum that
 * runs on as the total does. With its own shown tally it is what the channel has had in all, in
 * this arena, also when channels below it have come and gone.
 */
static inline uint64_t *store_row_below(
	const struct store *s, struct store_shown *shown, unsigned row)
{
	return store_totals(s, shown) + s->rows + (size_t)row * s->stride;
}

/* The number of the window that is being counted; one series for all channels. */
uint64_t store_next_window(const struct store *s);

/*
 * For a start whose arena is new, from a record that knows more, behind windows_init() and before
 * the workers start: the number that the next window has at the least, and the total that a row has
 * at the least. That of a new row may also come between two windows.
 */
void store_seed_window(struct store *s, uint64_t number);
void store_seed_total(struct store *s, unsigned row, uint64_t total);

/* Rows that have ever been given to a channel come first; this is how many. */
unsigned store_rows_used(const struct store *s);

/* The row of a channel, opened; a new one if it has none. -ENOSPC when all are taken. */
int store_open_row(struct store *s, uint16_t channel);

/* Gives the first row that is not used to a channel that has none, and opens it. */
void store_add_row(struct store *s, unsigned row, uint16_t channel);

/* Closes the rows of channels that are not among these. */
void store_close_others(struct store *s, const struct config_channel *channels, unsigned n);

/* Fills in the views of an arena that has the regions; for store_open() and carry.c. */
void store_view(struct store *s, const struct arena *a);

/* The names of the refusals, in the order in which the blocks count them. */
const char *store_refusal_name(const struct arena *a, unsigned i);
void store_write_refusal_names(struct arena *a);

#endif
