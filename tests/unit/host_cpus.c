/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* CPUs of the workers: interrupts, governor, the kernel's command line. */

#include "host_rig.h"

#include "hugepages/cpu_list.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct host_rig rig;

static void interrupt(unsigned number, const char *list, bool in_use)
{
	char path[80];

	snprintf(path, sizeof(path), "/proc/irq/%u/smp_affinity_list", number);
	rig_file(&rig, path, "%s\n", list);
	snprintf(path, sizeof(path), "/proc/irq/%u/eth0-rx-0", number);
	if (in_use)
		rig_folder(&rig, path);
}

static void set_up(void)
{
	host_rig_init(&rig);
	rig_file(&rig, "/sys/devices/system/cpu/online", "0-7\n");
	rig_file(&rig, "/sys/devices/system/cpu/isolated", "\n");
	rig.needs.cores[0] = 6;
	rig.needs.cores[1] = 7;
	rig.needs.n_cores = 2;
}

static void tear_down(void)
{
	host_rig_done(&rig);
}

TestSuite(host_cpus, .init = set_up, .fini = tear_down);

Test(host_cpus, lists_are_read_and_written, .init = NULL, .fini = NULL)
{
	static const struct {
		const char *text, *again;
	} lists[] = {{"0-3,8\n", "0-3,8"}, {"", ""}, {"5", "5"}, {"1,2,3", "1-3"},
		{"managed_irq,domain,2-3", "2-3"}};
	char out[64];
	cpu_set_t set;

	for (unsigned i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		cr_expect(cpu_list_parse(lists[i].text, &set), "%s", lists[i].text);
		cpu_list_write(&set, out, sizeof(out));
		cr_expect_str_eq(out, lists[i].again);
	}
	cr_expect_not(cpu_list_parse("3-1", &set));
	cr_expect_not(cpu_list_parse("0-4000000000", &set));
	cr_expect_not(cpu_list_parse("1;2", &set));
}

Test(host_cpus, a_list_that_does_not_fit_is_not_cut, .init = NULL, .fini = NULL)
{
	char out[CPU_LIST_MAX], small[64];
	cpu_set_t set, again;

	CPU_ZERO(&set);
	for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu += 2)
		CPU_SET(cpu, &set);
	cr_expect_not(cpu_list_write(&set, small, sizeof(small)));
	cr_expect_str_eq(small, "");
	cr_expect(cpu_list_write(&set, out, sizeof(out)));
	cr_expect(cpu_list_parse(out, &again) && CPU_EQUAL(&set, &again));
}

Test(host_cpus, lists_of_a_large_machine_are_read_whole)
{
	char online[CPU_LIST_MAX];
	cpu_set_t all;

	CPU_ZERO(&all);
	for (unsigned cpu = 0; cpu < 256; cpu += 2)
		CPU_SET(cpu, &all);
	cr_assert(cpu_list_write(&all, online, sizeof(online)));
	rig_file(&rig, "/sys/devices/system/cpu/online", "%s\n", online);
	rig.needs.cores[0] = 252;
	rig.needs.n_cores = 1;
	interrupt(1, online, true);
	rig_init(&rig, "cpus", 0);
	CPU_CLR(252, &all);
	cr_assert(cpu_list_write(&all, online, sizeof(online)));
	cr_expect_str_eq(rig_read(&rig, "/proc/irq/1/smp_affinity_list"), online);
	cr_expect_eq(rig_undo_all(&rig), 0);
}

Test(host_cpus, the_command_line_of_the_kernel_is_told)
{
	struct host_finding f = rig_check(&rig, "cpus");
	cr_expect_eq(f.verdict, HOST_ADVICE);
	cr_expect_str_eq(f.lasting, "kernel command line: isolcpus=managed_irq,domain,6-7 "
				    "nohz_full=6-7 rcu_nocbs=6-7");
	rig_file(&rig, "/sys/devices/system/cpu/isolated", "4-7\n");
	rig_file(&rig, "/sys/devices/system/cpu/nohz_full", "6-7\n");
	f = rig_check(&rig, "cpus");
	cr_expect_eq(f.verdict, HOST_READY, "%s", f.said);
}

Test(host_cpus, interrupts_and_governors_are_moved_and_brought_back)
{
	rig_file(&rig, "/sys/devices/system/cpu/isolated", "6-7\n");
	rig_file(&rig, "/sys/devices/system/cpu/nohz_full", "6-7\n");
	interrupt(1, "0-7", true);
	interrupt(2, "0-5", true);
	interrupt(3, "0-7", false);
	interrupt(4, "7", true);
	rig.stuck = "/proc/irq/4/smp_affinity_list";
	rig_file(&rig, "/sys/devices/system/cpu/cpu6/cpufreq/scaling_governor", "powersave\n");
	rig_file(&rig, "/sys/devices/system/cpu/cpu7/cpufreq/scaling_governor", "performance\n");
	char *before = rig_snapshot(&rig);
	struct host_finding f = rig_check(&rig, "cpus");
	cr_expect_eq(f.verdict, HOST_TODO);
	cr_expect_neq(strstr(f.said, "2 interrupts may come to them"), NULL, "%s", f.said);
	const char *move = "; do echo 0-5 > /proc/irq/$i/smp_affinity_list; done\n";
	cr_expect_neq(strstr(f.mend, move), NULL, "%s", f.mend);
	cr_expect(strncmp(f.mend, "for i in 1 4;", 13) == 0 ||
			  strncmp(f.mend, "for i in 4 1;", 13) == 0,
		"%s", f.mend);
	cr_expect_neq(strstr(f.said, "the governor of 1 of them saves power"), NULL, "%s", f.said);
	f = rig_init(&rig, "cpus", 0);
	cr_expect_eq(f.verdict, HOST_READY, "%s", f.said);
	cr_expect_neq(strstr(f.said, "1 interrupt is the kernel's own and stays there"), NULL, "%s",
		f.said);
	cr_expect_str_eq(rig_read(&rig, "/proc/irq/1/smp_affinity_list"), "0-5");
	cr_expect_str_eq(rig_read(&rig, "/proc/irq/3/smp_affinity_list"), "0-7", "nobody's");
	cr_expect_str_eq(rig_read(&rig, "/sys/devices/system/cpu/cpu6/cpufreq/scaling_governor"),
		"performance");
	cr_expect_eq(rig_undo_all(&rig), 0, "%s", rig.failed);
	char *after = rig_snapshot(&rig);
	cr_expect_str_eq(after, before);
	free(before);
	free(after);
}

Test(host_cpus, where_workers_have_all_cpus_nothing_is_moved)
{
	rig_file(&rig, "/sys/devices/system/cpu/online", "6-7\n");
	interrupt(1, "6-7", true);
	cr_expect_eq(rig_check(&rig, "cpus").verdict, HOST_ADVICE);
}

Test(host_cpus, irqbalance_is_told_which_cpus_to_leave)
{
	rig_folder(&rig, "/run/irqbalance");
	struct host_finding f = rig_check(&rig, "cpus");
	cr_expect_neq(strstr(f.lasting, "echo IRQBALANCE_BANNED_CPULIST=6-7 >> "
					"/etc/default/irqbalance"),
		NULL, "%s", f.lasting);
	rig_file(&rig, "/etc/default/irqbalance", "IRQBALANCE_BANNED_CPULIST=6-7\n");
	cr_expect_eq(strstr(rig_check(&rig, "cpus").lasting, "irqbalance"), NULL);
}
