/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* `uproar-gen`: sends the reactions of a crowd at a rate, and finds the one that an appliance
 * takes. */

#include "client/clock.h"
#include "client/command.h"
#include "client/complain.h"
#include "client/crowd/signals.h"
#include "client/gen/command.h"

#include <errno.h>
#include <locale.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { LINK_SECONDS = 15 };

static struct device device;
static struct crew crew;

/* Unless it was told: the first CPU that it may use. How many these are. */
static unsigned choose_cpus(struct eal_wish *w)
{
	cpu_set_t allowed;
	unsigned cpu = 0;

	if (sched_getaffinity(0, sizeof(allowed), &allowed) < 0)
		CPU_ZERO(&allowed);
	while (cpu < CPU_SETSIZE - 1 && !CPU_ISSET(cpu, &allowed))
		cpu++;
	if (w->cpus_n == 0) {
		w->cpus[0] = cpu;
		w->cpus_n = 1;
	}
	return (unsigned)CPU_COUNT(&allowed);
}

static int bring(const struct gen_options *o, unsigned cpus, const struct bench *b)
{
	struct report r = {.options = o, .driver = device.driver};

	machine_look(&r.machine);
	r.machine.cpus = cpus;
	if (!o->json)
		table_heading(&r);
	return (o->searches ? gen_search : gen_run)(b, &r);
}

/* With a device; the exit status. */
static int go(const struct gen_options *o, unsigned cpus, int signals)
{
	struct bench b = {
		.device = &device,
		.crew = &crew,
		.appliance = o->appliance,
		.drain_ms = o->drain_ms,
		.signals = signals,
	};
	int status = EXIT_FAILED;

	if (device_await_link(&device, clock_now() + LINK_SECONDS * CLOCK_SECOND, signals) < 0)
		return EXIT_FAILED;
	if (crew_open(&crew, &device, o->eal.cpus_n, &o->traffic.spec, o->answers) < 0)
		return EXIT_FAILED;
	status = bring(o, cpus, &b);
	crew_close(&crew);
	return status;
}

int main(int argc, char **argv)
{
	struct gen_options o;
	int status = EXIT_FAILED, ret;

	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	ret = gen_options_parse(argc, argv, &o);
	if (ret != 0)
		return ret > 0 ? EXIT_OK : EXIT_USAGE;
	unsigned cpus = choose_cpus(&o.eal);
	int signals = signals_open(); // before EAL starts threads
	if (signals < 0) {
		complain("signals cannot be taken: %s", strerror(-signals));
		return EXIT_FAILED;
	}
	if (eal_start_as(&o.eal) == 0 && device_attach(&device, o.eal.device, o.eal.cpus_n) == 0) {
		status = go(&o, cpus, signals);
		device_close(&device);
	}
	close(signals);
	return status;
}
