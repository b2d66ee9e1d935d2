/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/* Network devices: which are taken, and which never. */

#include "host_rig.h"

#include "hugepages/host/pci.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NIC "0000:3b:00.0"

static struct host_rig rig;

static void set_up(void)
{
	host_rig_init(&rig);
	rig_bare(&rig);
	rig_vfio(&rig);
	rig_want_device(&rig, NIC);
}

static void tear_down(void)
{
	host_rig_done(&rig);
}

TestSuite(host_nic, .init = set_up, .fini = tear_down);

static const char head_v4[] = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\t\t"
			      "MTU\tWindow\tIRTT\n";

static void expect_refused(const char *why)
{
	struct host_finding f = rig_check(&rig, "nic");

	cr_expect_eq(f.verdict, HOST_REFUSED);
	cr_expect_neq(strstr(f.said, why), NULL, "%s", f.said);
	cr_expect_str_eq(f.mend, "", "no command is told that would do it");
	f = rig_init(&rig, "nic", 0);
	cr_expect_eq(f.verdict, HOST_REFUSED);
	cr_expect_str_eq(rig.ran, "");
	char driver[64];
	pci_driver(&rig.host, NIC, driver, sizeof(driver));
	cr_expect_str_eq(driver, "e1000e");
}

static void expect_taken(void)
{
	struct host_finding f = rig_init(&rig, "nic", 0);

	cr_expect_eq(f.verdict, HOST_READY, "%s", f.said);
}

Test(host_nic, below_the_default_route_is_not_taken)
{
	rig_file(&rig, "/proc/net/route",
		"%senp59s0\t00000000\t0102000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n", head_v4);
	expect_refused("it carries the default route (enp59s0)");
}

Test(host_nic, below_the_default_route_of_ipv6_is_not_taken)
{
	rig_file(&rig, "/proc/net/ipv6_route",
		"00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
		"fe800000000000000000000000000001 00000400 00000001 00000000 00000003 enp59s0\n");
	expect_refused("it carries the default route (enp59s0)");
}

Test(host_nic, a_rejecting_route_of_lo_is_no_default_route)
{
	rig_file(&rig, "/proc/net/ipv6_route",
		"00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
		"00000000000000000000000000000000 ffffffff 00000001 00000000 00200200 lo\n");
	rig_file(&rig, "/proc/net/route",
		"%senp59s0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n", head_v4);
	expect_taken();
}

/* 10.0.2.15:22 to 10.0.2.2, through a VLAN on a bond on the device. */
static void ssh_through_a_bond(const char *comm, unsigned port)
{
	rig_over(&rig, "bond0.5", "bond0");
	rig_over(&rig, "bond0", "enp59s0");
	rig_file(&rig, "/proc/net/route",
		"%sbond0.5\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
		"eno1\t00000000\t0103000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n",
		head_v4);
	rig_file(&rig, "/proc/net/tcp",
		"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid "
		" timeout inode\n"
		"   0: 0F02000A:%04X 0202000A:D431 01 00000000:00000000 02:0 00000000     0        "
		"0 4711 4 0 20\n",
		port);
	rig_file(&rig, "/proc/812/comm", "%s\n", comm);
	rig_link(&rig, "/proc/812/fd/4", "socket:[4711]");
}

Test(host_nic, below_an_ssh_session_through_a_vlan_on_a_bond_is_not_taken)
{
	ssh_through_a_bond("cat", 22);
	expect_refused("it carries an ssh session (bond0.5 over bond0 over enp59s0)");
}

Test(host_nic, sshd_is_known_at_any_port)
{
	ssh_through_a_bond("sshd", 2222);
	expect_refused("it carries an ssh session (bond0.5 over bond0 over enp59s0)");
}

Test(host_nic, other_connections_do_not_matter)
{
	ssh_through_a_bond("nginx", 443);
	expect_taken();
}

Test(host_nic, below_the_session_of_the_environment_is_not_taken)
{
	rig_file(&rig, "/proc/net/if_inet6",
		"20010db8000000000000000000000001 03 40 00 80  enp59s0\n");
	rig.host.ssh_connection = "2001:db8::99 50122 2001:db8::1 22";
	expect_refused("it carries an ssh session (enp59s0)");
}

Test(host_nic, a_link_local_session_is_known_by_its_interface)
{
	rig.host.ssh_connection = "fe80::2%enp59s0 50122 fe80::1%enp59s0 22";
	expect_refused("it carries an ssh session (enp59s0)");
}

Test(host_nic, behind_virtio_the_device_is_found)
{
	rig_link(&rig, "/sys/class/net/eth0/device", "../../../devices/pci0000:00/" NIC "/virtio2");
	rig_folder(&rig, "/sys/devices/pci0000:00/" NIC "/virtio2");
	rig_file(&rig, "/proc/net/route",
		"%seth0\t00000000\t0102000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n", head_v4);
	expect_refused("it carries the default route (eth0)");
}

Test(host_nic, the_device_of_a_virtual_function_in_use_is_not_taken)
{
	rig_pci(&rig, "0000:3b:10.0", "0x020000", "iavf", 8);
	rig_link(&rig, "/sys/devices/pci0000:00/0000:3b:10.0/physfn", "../" NIC);
	rig_interface(&rig, "enp59s0v0", "0000:3b:10.0");
	rig_file(&rig, "/proc/net/route",
		"%senp59s0v0\t00000000\t0102000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n", head_v4);
	expect_refused("it carries the default route (enp59s0v0)");
}

Test(host_nic, what_is_below_a_port_of_open_vswitch_is_not_taken)
{
	rig_folder(&rig, "/sys/class/net/br-ex");
	rig_over(&rig, "ovs-system", "enp59s0");
	rig_file(&rig, "/proc/net/route",
		"%sbr-ex\t00000000\t0102000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n", head_v4);
	expect_refused("it carries the default route (ovs-system over enp59s0)");
}

Test(host_nic, interfaces_over_each_other_in_a_circle_end)
{
	rig_over(&rig, "a", "b");
	rig_over(&rig, "b", "a");
	rig_file(&rig, "/proc/net/route",
		"%sa\t00000000\t0102000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n", head_v4);
	expect_taken();
}

Test(host_nic, a_group_with_another_device_is_not_taken_in_part)
{
	rig_pci(&rig, "0000:3b:00.1", "0x010802", "nvme", 7);
	rig_pci(&rig, "0000:3a:00.0", "0x060400", "pcieport", 7);
	expect_refused("its IOMMU group 7 also has 0000:3b:00.1 (nvme)");
}

Test(host_nic, a_disk_that_is_named_is_not_taken)
{
	char driver[64];

	rig_pci(&rig, "0000:3b:00.1", "0x010802", "nvme", 7);
	rig_want_device(&rig, "0000:3b:00.1");
	struct host_finding f = rig_check(&rig, "nic");
	cr_expect_eq(f.verdict, HOST_REFUSED);
	cr_expect_neq(strstr(f.said, "0000:3b:00.1 is not taken, for it is no network device: its "
				     "class is 0x010802 and its driver nvme"),
		NULL, "%s", f.said);
	cr_expect_neq(strstr(f.said, NIC " is not taken, for its IOMMU group"), NULL, "%s", f.said);
	rig_init(&rig, "nic", 0);
	cr_expect_str_eq(rig.ran, "");
	pci_driver(&rig.host, "0000:3b:00.1", driver, sizeof(driver));
	cr_expect_str_eq(driver, "nvme");
}

Test(host_nic, a_group_whose_other_port_is_kept_is_not_taken_in_part)
{
	rig_pci(&rig, "0000:3b:00.1", "0x020000", "e1000e", 7);
	rig_interface(&rig, "enp59s1", "0000:3b:00.1");
	rig_want_device(&rig, "0000:3b:00.1");
	rig_file(&rig, "/proc/net/route",
		"%senp59s1\t00000000\t0102000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n", head_v4);
	expect_refused("its IOMMU group 7 also has 0000:3b:00.1 (e1000e)");
}

Test(host_nic, a_device_that_is_refused_keeps_no_other_from_being_taken)
{
	char driver[64];

	rig_pci(&rig, "0000:5e:00.0", "0x010802", "nvme", 8);
	rig_want_device(&rig, "0000:5e:00.0");
	rig_want_device(&rig, "0000:5f:00.0");
	cr_expect_eq(rig_init(&rig, "nic", 0).verdict, HOST_REFUSED);
	pci_driver(&rig.host, NIC, driver, sizeof(driver));
	cr_expect_str_eq(driver, "vfio-pci");
}

Test(host_nic, whose_interface_is_in_another_namespace_is_not_taken)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/sys/class/net/enp59s0/device", rig.root);
	cr_assert_eq(unlink(path), 0);
	expect_refused("its interface may be in another network namespace");
}

Test(host_nic, under_no_driver_or_uio_there_is_no_interface_to_be_seen)
{
	rig_pci(&rig, "0000:3b:00.1", "0x020000", NULL, 8);
	rig_pci(&rig, "0000:3b:00.2", "0x020000", "uio_pci_generic", 9);
	rig_want_device(&rig, "0000:3b:00.1");
	rig_want_device(&rig, "0000:3b:00.2");
	expect_taken();
}

Test(host_nic, a_group_is_taken_whole_when_all_of_it_is_named)
{
	rig_pci(&rig, "0000:3b:00.1", "0x020000", "e1000e", 7);
	rig_interface(&rig, "enp59s1", "0000:3b:00.1");
	rig_pci(&rig, "0000:3a:00.0", "0x060400", "pcieport", 7);
	rig_want_device(&rig, "0000:3b:00.1");
	expect_taken();
	cr_expect_neq(
		strstr(rig.ran, "echo 0000:3b:00.1 > /sys/bus/pci/drivers/e1000e/unbind"), NULL);
	cr_expect_eq(strstr(rig.ran, "0000:3a:00.0"), NULL, "a bridge stays");
}

Test(host_nic, a_device_that_is_shared_stays)
{
	rig_pci(&rig, NIC, "0x020000", "mlx5_core", 7);
	struct host_finding f = rig_check(&rig, "nic");
	cr_expect_eq(f.verdict, HOST_READY, "%s", f.said);
	rig_init(&rig, "nic", 0);
	cr_expect_str_eq(rig.ran, "");
}

Test(host_nic, without_a_group_it_is_left_unless_that_was_asked_for)
{
	rig_pci(&rig, "0000:00:05.0", "0x020000", "ena", -1);
	rig_interface(&rig, "ens5", "0000:00:05.0");
	rig.needs.n_devices = 0;
	rig_want_device(&rig, "0000:00:05.0");
	cr_expect_eq(rig_check(&rig, "nic").verdict, HOST_BY_HAND);
	rig.host.unsafe_noiommu = true;
	cr_expect_eq(rig_check(&rig, "nic").verdict, HOST_BY_HAND, "this vfio cannot");
	rig_file(&rig, "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "Y\n");
	cr_expect_eq(rig_check(&rig, "nic").verdict, HOST_TODO);
}

Test(host_nic, what_vfio_does_not_take_is_given_back)
{
	rig.unwilling = NIC;
	rig_init(&rig, "nic", -ENODEV);
	cr_expect_neq(strstr(rig.failed, "vfio-pci has not taken " NIC), NULL, "%s", rig.failed);
	cr_expect_eq(rig.host.deeds.n, 0);
	char driver[64];
	pci_driver(&rig.host, NIC, driver, sizeof(driver));
	cr_expect_str_eq(driver, "e1000e");
	cr_expect_str_eq(rig_read(&rig, "/sys/bus/pci/devices/" NIC "/driver_override"), "(null)");
}

static void for_a_user(void)
{
	if (geteuid() != 0)
		cr_skip("takes root");
	rig_file(&rig, "/etc/passwd", "root:x:0:0::/:\ncounter:x:4242:4343::/:\n");
	snprintf(rig.needs.user, sizeof(rig.needs.user), "counter");
}

Test(host_nic, without_vfio_no_device_loses_its_driver)
{
	char command[200], driver[64];

	snprintf(command, sizeof(command), "rm -r %s/sys/bus/pci/drivers/vfio-pci", rig.root);
	cr_assert_eq(system(command), 0);
	rig_init(&rig, "nic", -ENODEV);
	cr_expect_str_eq(rig.ran, "");
	pci_driver(&rig.host, NIC, driver, sizeof(driver));
	cr_expect_str_eq(driver, "e1000e");
}

/* A start that was killed in the middle. */
Test(host_nic, what_was_begun_is_undone_from_there)
{
	const struct deed begun = {.stage = "nic",
		.kind = DEED_NIC,
		.path = NIC,
		.before = "e1000e",
		.after = "vfio-pci"};
	char link[200], driver[64];

	cr_assert_eq(deeds_add(&rig.host, &begun), 0);
	rig_file(&rig, "/sys/devices/pci0000:00/" NIC "/driver_override", "vfio-pci\n");
	snprintf(link, sizeof(link), "%s/sys/devices/pci0000:00/" NIC "/driver", rig.root);
	cr_assert_eq(unlink(link), 0);
	cr_expect_eq(rig_undo_all(&rig), 0);
	pci_driver(&rig.host, NIC, driver, sizeof(driver));
	cr_expect_str_eq(driver, "e1000e");
	cr_expect_str_eq(rig_read(&rig, "/sys/bus/pci/devices/" NIC "/driver_override"), "(null)");
}

Test(host_nic, its_file_is_given_to_the_user_with_the_device)
{
	for_a_user();
	expect_taken();
	cr_expect_neq(strstr(rig.ran, "chown 4242:4343 /dev/vfio/7 && chmod 600 /dev/vfio/7"), NULL,
		"%s", rig.ran);
	cr_expect_eq(rig_undo_all(&rig), 0, "%s", rig.failed);
	cr_expect_eq(rig.host.deeds.n, 0);
}

Test(host_nic, a_device_that_a_process_has_open_is_not_given_back)
{
	for_a_user();
	expect_taken();
	rig.ran[0] = '\0';
	rig_link(&rig, "/proc/99/fd/7", "/dev/vfio/7");
	cr_expect_eq(rig_undo_all(&rig), -EBUSY);
	cr_expect_str_eq(rig.failed, "process 99 has " NIC " open: stop it first\n", "once");
	cr_expect_str_eq(rig.ran, "", "nor taken from its user");
	cr_expect_eq(rig.host.deeds.n, 2, "both stay to be undone");
}

/* What --needs says of net_af_xdp0,iface=…; the first device of the rig is out of the way. */
static struct host_finding check_interface(const char *name)
{
	struct host_device *d = &rig.needs.devices[0];

	*d = (struct host_device){.kind = HOST_DEVICE_AF_XDP};
	snprintf(d->device, sizeof(d->device), "net_af_xdp0,iface=%s", name);
	snprintf(d->interface, sizeof(d->interface), "%s", name);
	rig.needs.n_devices = 1;
	return rig_check(&rig, "nic");
}

Test(host_nic, an_interface_that_af_xdp_wants_has_to_be_there)
{
	rig_interface(&rig, "enp59s1", NIC);
	cr_expect_eq(check_interface("enp59s1").verdict, HOST_READY);
	cr_expect_eq(check_interface("enp59s9").verdict, HOST_BY_HAND);
	cr_expect_eq(check_interface("").verdict, HOST_BY_HAND, "a misspelt iface=");
}
