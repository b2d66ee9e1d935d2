/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "client/gen/loads.h"
#include "client/gen/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

void table_heading(const struct report *r)
{
	const struct machine *m = &r->machine;
	const struct eal_wish *w = &r->options->eal;

	printf("%s; %s; %u CPU%s; TSC %.0f MHz; load %.1f\n", m->processor, m->kernel, m->cpus,
		m->cpus == 1 ? "" : "s", m->tsc_hz / 1e6, m->load);
	printf("%s (%s), sent by CPU", w->device, r->driver);
	for (unsigned i = 0; i < w->cpus_n; i++)
		printf("%s%u", i == 0 ? " " : ", ", w->cpus[i]);
	printf("; seed %" PRIu32 "\n", r->options->traffic.spec.seed);
	fflush(stdout);
}

/* On a terminal: a file would fill with it. */
void table_progress(void *report, const struct crew_progress *now)
{
	const struct report *r = report;
	char rate[24];

	if (r->options->json || !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r%6.0f s  sent %" PRIu64 " (%s/s)  refused by the ring %" PRIu64,
		now->seconds, now->sent, rate_text((double)now->sent / now->seconds, rate),
		now->refused);
	if (r->options->answers)
		fprintf(stderr, "  answers %" PRIu64, now->answered);
	fprintf(stderr, "\033[K");
}

void table_progress_end(void)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K");
}

/* Where frames were lost, as far as that is known. */
static void print_loss(const struct trial *t)
{
	uint64_t told = t->sent.sum.refused + t->took.missed + t->took.no_buffer;

	printf("lost         %12" PRIu64 "  (%.4f %%): %" PRIu64 " refused by the ring, %" PRIu64
	       " missed, %" PRIu64 " without a buffer, %" PRIu64 " elsewhere\n",
		t->lost,
		t->sent.sum.offered > 0 ? 100 * (double)t->lost / (double)t->sent.sum.offered : 0,
		t->sent.sum.refused, t->took.missed, t->took.no_buffer,
		t->lost > told ? t->lost - told : 0);
	if (t->foreign > 0)
		printf("foreign      %12" PRIu64 "  somebody else sends to it, too\n", t->foreign);
}

static void print_taken(const struct trial *t)
{
	const struct traffic_tally *had_to = &t->sent.sum.tally;
	uint64_t to_refuse = had_to->frames - had_to->accepted;

	printf("\n%-12s %12s  %12s\n", "", "it took", "it had to");
	printf("%-12s %12" PRIu64 "  %12" PRIu64 "\n", "frames", t->took.rx, had_to->frames);
	printf("%-12s %12" PRIu64 "  %12" PRIu64 "\n", "accepted", t->took.accepted,
		had_to->accepted);
	printf("%-12s %12" PRIu64 "  %12" PRIu64 "\n", "refused", t->took.refused, to_refuse);
	printf("%-12s %12" PRIu64 "  %12" PRIu64 "\n", "taps", t->took.taps, had_to->taps);
	print_loss(t);
	if (t->otherwise)
		printf("all frames were taken, but not counted as they had to be: `uproar stats` "
		       "says why\n");
}

void table_run(const struct report *r)
{
	const struct trial *t = r->trials;
	const struct sender_counts *c = &t->sent.sum;
	char sent[24], asked[24], ceiling[24];

	printf("sent         %12" PRIu64
	       "  in %.2f s: %s/s of %s/s that were asked for; %.0f bytes "
	       "each\n",
		c->tally.frames, t->sent.seconds,
		rate_text(
			t->sent.seconds > 0 ? (double)c->tally.frames / t->sent.seconds : 0, sent),
		t->rate > 0 ? rate_text(t->rate, asked) : "max", r->frame_bytes);
	printf("refused      %12" PRIu64 "  by the ring, which was full %" PRIu64 " times\n",
		c->refused, c->full);
	printf("late         %12" PRIu64 "  due, and never offered\n", c->late);
	if (r->options->answers)
		printf("answers      %12" PRIu64 "\n", c->answers);
	printf("busy         %11.0f%%  of the time of its cores, which could hand over %s/s\n",
		100 * t->sent.busy, rate_text(t->sent.ceiling, ceiling));
	printf("disturbed    %12" PRIu64 "  times here and %" PRIu64
	       " there; longest pause %.0f us; %.0f ms stolen by a hypervisor\n",
		c->switches, t->took.switches, t->sent.pause * 1e6, 1e3 * t->stolen);
	if (t->asked)
		print_taken(t);
	fflush(stdout);
}

void table_ceiling(const struct report *r)
{
	char rate[24], top[24];

	printf("frames of %.0f bytes on average; the generator can hand %s/s to this device; "
	       "searched up to "
	       "%s/s\n\n",
		r->frame_bytes, rate_text(r->ceiling, rate),
		rate_text(r->search->settings.max_rate, top));
	printf("%5s %7s %10s %10s %12s %9s %11s %9s %9s %5s\n", "trial", "seconds", "load",
		"offered", "lost", "loss %", "ring full", "missed", "no buffer", "busy");
	fflush(stdout);
}

static void print_disturbed(const struct trial *t)
{
	printf("  disturbed (%" PRIu64 " here, %" PRIu64 " there", t->sent.sum.switches,
		t->took.switches);
	if (t->stolen > 0)
		printf(", %.0f ms stolen", 1e3 * t->stolen);
	printf(")");
}

void table_trial(const struct report *r, unsigned i)
{
	const struct search_trial *s = &r->search->trials[i];
	const struct trial *t = &r->trials[i];
	char load[24], offered[24];

	printf("%5u %7.2f %10s %10s %12" PRIu64 " %9.4f %11" PRIu64 " %9" PRIu64 " %9" PRIu64
	       " %4.0f%%",
		i + 1, s->order.seconds, rate_text(s->order.rate, load),
		rate_text(s->offered_rate, offered), s->lost, 100 * search_loss(s),
		t->sent.sum.refused, t->took.missed, t->took.no_buffer, 100 * t->sent.busy);
	if (s->order.confirms)
		printf("  again");
	if (s->limited)
		printf("  generator-limited");
	if (t->disturbed)
		print_disturbed(t);
	if (s->aside)
		printf("  does not count");
	if (t->foreign > 0)
		printf("  %" PRIu64 " frames of somebody else", t->foreign);
	if (t->otherwise)
		printf("  counted otherwise");
	printf("\n");
	fflush(stdout);
}

static void print_result(const struct report *r, unsigned goal)
{
	struct search_result f = search_result(r->search, goal);
	char name[24], lower[24], upper[24];

	printf("%-12s ", goal_name(f.goal, name));
	if (f.below_minimum) {
		printf("none: not even %s/s held\n", rate_text(f.upper, upper));
		return;
	}
	if (!f.has_lower) {
		printf("not known\n");
		return;
	}
	printf("%s%s/s", f.at_least ? "at least " : "", rate_text(f.lower, lower));
	if (f.at_least)
		printf(", for %s", r->search->generator_limited ? "the generator cannot send more"
								: "more was not tried");
	if (f.has_upper)
		printf(", and not %s/s", rate_text(f.upper, upper));
	if (f.loss > 0)
		printf("; lost %.4f %%", 100 * f.loss);
	printf("; %s", f.confirmed ? "held again" : "not confirmed");
	if (f.disturbed)
		printf("; disturbed: with the CPUs to themselves more may hold");
	if (!f.final)
		printf("; not final: cut short");
	if (f.revoked > 0)
		printf("; %u load%s held once and not again", f.revoked, f.revoked == 1 ? "" : "s");
	printf("\n");
}

/* A rate at which something else is measured than counting is no result. */
static void print_otherwise(const struct report *r)
{
	unsigned n = 0;

	for (unsigned i = 0; i < r->search->n; i++)
		n += r->trials[i].otherwise;
	if (n > 0)
		printf("in %u of %u trials the appliance took all frames, but accepted others or "
		       "counted other taps than it had to: `uproar-gen run` shows which\n",
			n, r->search->n);
}

static void print_loads(const struct search *s)
{
	struct load loads[SEARCH_TRIALS_MAX];
	unsigned n = loads_of(s, loads);
	char rate[24];

	printf("\n%10s %9s %7s %7s\n", "load", "loss %", "seconds", "trials");
	for (unsigned i = 0; i < n; i++)
		printf("%10s %9.4f %7.1f %7u\n", rate_text(loads[i].rate, rate),
			loads[i].offered > 0
				? 100 * (double)loads[i].lost / (double)loads[i].offered
				: 0,
			loads[i].seconds, loads[i].trials);
}

void table_results(const struct report *r)
{
	printf("\n");
	if (r->cut_short != NULL)
		printf("cut short: %s\n", r->cut_short);
	for (unsigned g = 0; g < r->search->settings.goals_n; g++)
		print_result(r, g);
	print_otherwise(r);
	print_loads(r->search);
	fflush(stdout);
}
