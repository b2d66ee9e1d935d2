/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/pcap_report.h"

#include "client/traffic/texts.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

enum {
	CHANNELS_SHOWN = 16, // one by one
	/* Of an appliance without configuration (control/uproar.yaml). */
	CHANNELS_OPEN = 4,
	TAPS_AT_ONCE = 1000,
	SESSIONS_ROOM = 1048576,

	NEEDS_MAX = 5,
	NEED_TEXT = 160,
};

static void row(FILE *to, const char *name, uint64_t n)
{
	fprintf(to, "  %-24s%20" PRIu64 "\n", name, n);
}

static uint64_t refused_in_all(const struct traffic_tally *t)
{
	return t->frames - t->accepted;
}

static void print_channels(FILE *to, const struct pcap_report *r)
{
	unsigned first = r->spec->first_channel, last = r->spec->last_channel;
	uint64_t least = UINT64_MAX, most = 0;
	char name[32];

	for (unsigned i = first; i <= last; i++) {
		uint64_t n = r->channel_taps[i];

		least = n < least ? n : least;
		most = n > most ? n : most;
		snprintf(name, sizeof(name), "  of channel %u", i);
		if (last - first < CHANNELS_SHOWN)
			row(to, name, n);
	}
	if (last - first >= CHANNELS_SHOWN)
		fprintf(to, "    of each of the channels %u to %u: %" PRIu64 " to %" PRIu64 "\n",
			first, last, least, most);
}

static void print_refused(FILE *to, const struct traffic_tally *t)
{
	char name[48];

	row(to, "refused", refused_in_all(t));
	for (enum refusal r = REFUSED_none + 1; r < REFUSALS; r++) {
		snprintf(name, sizeof(name), "  %s", refusal_name(r));
		if (t->refused[r] != 0)
			row(to, name, t->refused[r]);
	}
}

/* Taps that one session brings, at most. */
static uint64_t taps_of_a_session(const struct pcap_report *r)
{
	const struct traffic_spec *s = r->spec;
	uint64_t turns = (r->tally.accepted + s->sessions - 1) / s->sessions;
	uint64_t taps = (uint64_t)s->reactions * s->taps;

	if (s->text != 0 && taps < TRAFFIC_TEXT_TAPS_MAX)
		taps = TRAFFIC_TEXT_TAPS_MAX;
	return turns * taps;
}

/* Those that come, at most. */
static uint64_t viewers(const struct pcap_report *r)
{
	return r->tally.accepted < r->spec->sessions ? r->tally.accepted : r->spec->sessions;
}

/* Where an appliance without configuration would count something else. Returns how many. */
static unsigned find_needs(const struct pcap_report *r, char needs[NEEDS_MAX][NEED_TEXT])
{
	const struct traffic_spec *s = r->spec;
	unsigned n = 0;

	if (s->last_channel >= CHANNELS_OPEN)
		snprintf(needs[n++], NEED_TEXT, "channels %u to %u", s->first_channel,
			s->last_channel);
	if (s->reaction_ids > TRAFFIC_REACTION_IDS)
		snprintf(needs[n++], NEED_TEXT, "a catalogue of the reactions 0 to %u",
			s->reaction_ids - 1u);
	if (viewers(r) > SESSIONS_ROOM / 2)
		snprintf(needs[n++], NEED_TEXT,
			"arena.sessions of %" PRIu64 " or more, or it forgets many viewers",
			2 * viewers(r));
	if (taps_of_a_session(r) > TAPS_AT_ONCE)
		snprintf(needs[n++], NEED_TEXT,
			"limits.burst of %" PRIu64
			" or more, or limits.taps_per_second: 0, for so many taps a session brings",
			taps_of_a_session(r));
	if (s->port != WIRE_PORT_REACTIONS)
		snprintf(needs[n++], NEED_TEXT, "listen.reactions: %u", s->port);
	return n;
}

void pcap_report_print(FILE *to, const struct pcap_report *r)
{
	const struct traffic_tally *t = &r->tally;
	char needs[NEEDS_MAX][NEED_TEXT];
	unsigned n;

	fprintf(to,
		"%s: frames %" PRIu64 " to %" PRIu64 ", %" PRIu64
		" bytes without their checks, %.6g s at %" PRIu64 " a second\n"
		"what an appliance must count of it:\n",
		r->file, r->first, r->first + t->frames - 1, t->bytes,
		(double)t->frames / (double)r->rate, r->rate);
	row(to, "accepted", t->accepted);
	row(to, "batches counted", t->batches_counted);
	row(to, "batches known before", t->batches - t->batches_counted);
	row(to, "taps counted", t->taps);
	print_channels(to, r);
	print_refused(to, t);
	n = find_needs(r, needs);
	for (unsigned i = 0; i < n; i++)
		fprintf(to, "the appliance needs %s\n", needs[i]);
	fprintf(to,
		"sent again it is duplicates; it goes on with --first-frame %" PRIu64
		", or with another --seed\n",
		r->first + t->frames);
}

static json_t *of_number(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *of_channels(const struct pcap_report *r)
{
	json_t *channels = json_object();
	char id[8];

	for (unsigned i = r->spec->first_channel; i <= r->spec->last_channel; i++) {
		snprintf(id, sizeof(id), "%u", i);
		json_object_set_new(channels, id, of_number(r->channel_taps[i]));
	}
	return channels;
}

static json_t *of_refused(const struct traffic_tally *t)
{
	json_t *refused = json_object();

	for (enum refusal r = REFUSED_none + 1; r < REFUSALS; r++) {
		if (t->refused[r] != 0)
			json_object_set_new(refused, refusal_name(r), of_number(t->refused[r]));
	}
	return refused;
}

static json_t *of_needs(const struct pcap_report *r)
{
	char needs[NEEDS_MAX][NEED_TEXT];
	unsigned n = find_needs(r, needs);
	json_t *all = json_array();

	for (unsigned i = 0; i < n; i++)
		json_array_append_new(all, json_string(needs[i]));
	return all;
}

void pcap_report_print_json(FILE *to, const struct pcap_report *r)
{
	const struct traffic_tally *t = &r->tally;
	json_t *all = json_object(), *count = json_object();

	json_object_set_new(all, "file", json_string(r->file));
	json_object_set_new(all, "first_frame", of_number(r->first));
	json_object_set_new(all, "frames", of_number(t->frames));
	json_object_set_new(all, "bytes", of_number(t->bytes));
	json_object_set_new(all, "rate", of_number(r->rate));
	json_object_set_new(all, "next_frame", of_number(r->first + t->frames));
	json_object_set_new(count, "accepted", of_number(t->accepted));
	json_object_set_new(count, "batches", of_number(t->batches));
	json_object_set_new(count, "batches_counted", of_number(t->batches_counted));
	json_object_set_new(count, "taps_counted", of_number(t->taps));
	json_object_set_new(count, "taps_of_channels", of_channels(r));
	json_object_set_new(count, "refused", of_refused(t));
	json_object_set_new(all, "count", count);
	json_object_set_new(all, "needs", of_needs(r));
	char *text = json_dumps(all, JSON_COMPACT);
	fprintf(to, "%s\n", text != NULL ? text : "{}");
	free(text);
	json_decref(all);
}
