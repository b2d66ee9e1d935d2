/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/gen/report.h"

#include <jansson.h>
#include <stdio.h>

static json_t *number(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *machine(const struct machine *m)
{
	return json_pack("{s:s, s:s, s:i, s:f, s:f}", "processor", m->processor, "kernel",
		m->kernel, "cpus", (int)m->cpus, "tsc_hz", m->tsc_hz, "load", m->load);
}

static json_t *cores(const struct eal_wish *w)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < w->cpus_n; i++)
		json_array_append_new(array, json_integer(w->cpus[i]));
	return array;
}

static json_t *traffic(const struct report *r)
{
	const struct traffic_spec *s = &r->options->traffic.spec;

	return json_pack("{s:i, s:f, s:I, s:i, s:i, s:i, s:i, s:i, s:i}", "seed", (int)s->seed,
		"frame_bytes", r->frame_bytes, "sessions", (json_int_t)s->sessions, "batches",
		(int)s->batches, "reactions", (int)s->reactions, "taps", (int)s->taps,
		"text_of_10000", (int)s->text, "unsequenced_of_10000", (int)s->unsequenced,
		"hostile_of_10000", (int)s->hostile);
}

/* What the appliance counted; null if it was not asked. */
static json_t *took(const struct trial *t)
{
	const struct appliance_counts *c = &t->took;

	if (!t->asked)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "rx", number(c->rx), "imissed",
		number(c->missed), "nombuf", number(c->no_buffer), "accepted", number(c->accepted),
		"refused", number(c->refused), "taps", number(c->taps), "foreign",
		number(t->foreign), "counted_otherwise", t->otherwise);
}

static json_t *expected(const struct traffic_tally *t)
{
	return json_pack("{s:o, s:o, s:o}", "accepted", number(t->accepted), "refused",
		number(t->frames - t->accepted), "taps", number(t->taps));
}

static json_t *trial(const struct trial *t)
{
	const struct sender_counts *c = &t->sent.sum;

	json_t *o = json_pack("{s:o, s:f, s:f, s:f, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "rate_pps",
		t->rate > 0 ? json_real(t->rate) : json_null(), "wanted_seconds", t->wanted_seconds,
		"seconds", t->sent.seconds, "offered_pps", t->sent.offered_rate, "offered",
		number(c->offered), "sent", number(c->tally.frames), "bytes",
		number(c->tally.bytes), "refused_by_ring", number(c->refused), "ring_full",
		number(c->full), "late", number(c->late), "lost", number(t->lost));
	json_object_update_new(
		o, json_pack("{s:f, s:f, s:f, s:f, s:o, s:o, s:o, s:b, s:o, s:o}", "loss_ratio",
			   c->offered > 0 ? (double)t->lost / (double)c->offered : 0.0, "busy",
			   t->sent.busy, "longest_pause_s", t->sent.pause, "stolen_s", t->stolen,
			   "answers", number(c->answers), "switches_here", number(c->switches),
			   "switches_there", number(t->took.switches), "disturbed", t->disturbed,
			   "expected", expected(&c->tally), "took", took(t)));
	return o;
}

static json_t *begin(const struct report *r, const char *what)
{
	return json_pack("{s:s, s:s, s:s, s:o, s:s, s:s, s:o, s:o, s:o}", "program", "uproar-gen",
		"version", UPROAR_VERSION, "command", what, "machine", machine(&r->machine),
		"device", r->options->eal.device, "driver", r->driver, "cores",
		cores(&r->options->eal), "traffic", traffic(r), "ceiling_pps",
		r->ceiling > 0 ? json_real(r->ceiling) : json_null());
}

static void print(json_t *o)
{
	json_dumpf(o, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	printf("\n");
	json_decref(o);
}

void json_run(const struct report *r)
{
	json_t *o = begin(r, "run");

	json_object_set_new(o, "run", trial(r->trials));
	print(o);
}

static json_t *bound(bool known, double rate)
{
	return known ? json_real(rate) : json_null();
}

static json_t *result(const struct search *s, unsigned goal)
{
	struct search_result f = search_result(s, goal);
	char name[24];

	return json_pack("{s:s, s:f, s:o, s:o, s:f, s:b, s:b, s:b, s:b, s:b, s:i}", "name",
		goal_name(f.goal, name), "goal_loss_ratio", f.goal, "lower_pps",
		bound(f.has_lower, f.lower), "upper_pps", bound(f.has_upper, f.upper), "loss_ratio",
		f.loss, "final", f.final, "confirmed", f.confirmed, "at_least", f.at_least,
		"below_minimum", f.below_minimum, "disturbed", f.disturbed, "revoked",
		(int)f.revoked);
}

static json_t *settings(const struct search_settings *s)
{
	return json_pack("{s:f, s:f, s:f, s:f, s:f, s:i}", "min_pps", s->min_rate, "max_pps",
		s->max_rate, "width", s->width, "initial_seconds", s->initial_seconds,
		"final_seconds", s->final_seconds, "repeats", (int)s->repeats);
}

void json_search(const struct report *r)
{
	const struct search *s = r->search;
	json_t *o = begin(r, "search"), *trials = json_array(), *results = json_array();

	for (unsigned i = 0; i < s->n; i++) {
		json_t *t = trial(&r->trials[i]);

		json_object_update_new(
			t, json_pack("{s:f, s:b, s:b, s:b}", "load_pps", s->trials[i].load,
				   "generator_limited", s->trials[i].limited, "counts",
				   !s->trials[i].aside, "confirms", s->trials[i].order.confirms));
		json_array_append_new(trials, t);
	}
	for (unsigned g = 0; g < s->settings.goals_n; g++)
		json_array_append_new(results, result(s, g));
	json_object_update_new(
		o, json_pack("{s:o, s:o, s:o, s:b, s:o}", "settings", settings(&s->settings),
			   "trials", trials, "results", results, "generator_limited",
			   s->generator_limited, "cut_short",
			   r->cut_short != NULL ? json_string(r->cut_short) : json_null()));
	print(o);
}
