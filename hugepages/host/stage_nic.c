/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Stage nic: PCI devices of the configuration under vfio-pci, with all that is in their IOMMU
 * groups; and never the one by which the operator is here.
 */

#include "hugepages/host/carrier.h"
#include "hugepages/host/do.h"
#include "hugepages/host/pci.h"
#include "hugepages/host/stages.h"
#include "hugepages/host/tree.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MODE = 0600 };

static bool is_wanted(const struct host_needs *needs, const char *address)
{
	for (unsigned i = 0; i < needs->n_devices; i++) {
		if (needs->devices[i].kind == HOST_DEVICE_PCI &&
			strcmp(needs->devices[i].device, address) == 0)
			return true;
	}
	return false;
}

static bool is_free_for_vfio(const char *driver)
{
	return driver[0] == '\0' || strcmp(driver, "vfio-pci") == 0 ||
	       strcmp(driver, "pci-stub") == 0;
}

/* With these a device has no interface, in no namespace. */
static bool is_without_interface(const char *driver)
{
	return is_free_for_vfio(driver) || strcmp(driver, "uio_pci_generic") == 0 ||
	       strcmp(driver, "igb_uio") == 0;
}

/* Not even looked at further: a disk; or a card that another network namespace may live by. */
static bool judge_kind(
	const struct host *h, const char *address, const char *driver, struct host_finding *f)
{
	char interfaces[128];

	if (!pci_is_kind(h, address, PCI_CLASS_NETWORK)) {
		finding_also(f, HOST_REFUSED,
			"%s is not taken, for it is no network device: its class is 0x%06x and its "
			"driver %s",
			address, pci_class(h, address), driver[0] != '\0' ? driver : "none");
		return true;
	}
	pci_interfaces(h, address, interfaces, sizeof(interfaces));
	if (interfaces[0] == '\0' && !is_without_interface(driver)) {
		finding_also(f, HOST_REFUSED,
			"%s is not taken, for it is under %s and has no interface here: its "
			"interface may be in another network namespace, and what that one carries "
			"cannot be seen; bring it back (`ip -n NAMESPACE link set INTERFACE netns "
			"1`), or unbind the device yourself",
			address, driver);
		return true;
	}
	return false;
}

/* Named, but not taken: it stays in the way of its group. */
static bool is_kept(const struct host *h, const char *address, const char *driver)
{
	struct host_finding scratch = {0};
	char why[256];

	return judge_kind(h, address, driver, &scratch) || carrier_is(h, address, why, sizeof(why));
}

/* vfio opens no device while a kernel driver has another of its group. */
static bool group_is_held(const struct host *h, const char *address, char *who, size_t cap)
{
	char others[PCI_GROUP_MAX][PCI_ADDRESS_MAX];
	unsigned n = pci_group(h, address, others);
	size_t used = 0;

	who[0] = '\0';
	for (unsigned i = 0; i < n; i++) {
		char driver[64];

		pci_driver(h, others[i], driver, sizeof(driver));
		bool goes = is_wanted(h->needs, others[i]) && !is_kept(h, others[i], driver);
		if (goes || is_free_for_vfio(driver) || used >= cap)
			continue;
		used += (size_t)snprintf(who + used, cap - used, "%s%s (%s)", used > 0 ? ", " : "",
			others[i], driver);
	}
	return used > 0;
}

/* Does the user own the device's file? */
static bool is_users(const struct host *h, const char *address, uid_t user)
{
	char file[64], path[HOST_PATH_MAX];
	struct stat st;

	if (user == 0 || !pci_vfio_file(h, address, file, sizeof(file)) ||
		strstr(file, "noiommu") != NULL)
		return true;
	return tree_path(h, path, file) && stat(path, &st) == 0 && st.st_uid == user;
}

static void judge_bound(const struct host *h, const char *address, struct host_finding *f)
{
	char file[64];
	uid_t user;
	gid_t group;

	if (user_find(h, &user, &group) < 0 || is_users(h, address, user)) {
		finding_also(f, HOST_READY, "%s is under vfio-pci", address);
		return;
	}
	pci_vfio_file(h, address, file, sizeof(file));
	finding_also(f, HOST_TODO, "%s is under vfio-pci, but %s is not the user %s's", address,
		file, h->needs->user);
	finding_mend(f, "chown %s %s", h->needs->user, file);
}

/* In a container sysfs cannot be written, not even by root. */
static bool is_sealed(const struct host *h, const char *address)
{
	char file[HOST_PATH_MAX];

	snprintf(file, sizeof(file), "/sys/bus/pci/devices/%.32s/driver_override", address);
	return geteuid() == 0 && !tree_writable(h, file);
}

static void say_what_is_to_do(
	const struct host *h, const char *address, const char *driver, struct host_finding *f)
{
	bool sealed = is_sealed(h, address);
	enum host_verdict verdict = sealed ? HOST_BY_HAND : HOST_TODO;
	const char *where = sealed ? "; /sys cannot be written here: do it on the host of this "
				     "container"
				   : "";
	char interfaces[128];

	pci_interfaces(h, address, interfaces, sizeof(interfaces));
	if (driver[0] == '\0')
		finding_also(f, verdict, "%s has no driver%s", address, where);
	else
		finding_also(f, verdict, "%s is under %s%s%s%s%s", address, driver,
			interfaces[0] != '\0' ? ", as " : "", interfaces,
			interfaces[0] != '\0' ? ", whose addresses and routes go with it" : "",
			where);
	finding_mend(f, "echo vfio-pci > /sys/bus/pci/devices/%s/driver_override", address);
	if (driver[0] != '\0')
		finding_mend(f, "echo %s > /sys/bus/pci/drivers/%s/unbind", address, driver);
	finding_mend(f, "echo %s > /sys/bus/pci/drivers_probe", address);
}

/* On, or going to be: the stage vfio, which comes first, switches it on. */
static bool noiommu_is_on(const struct host *h)
{
	char value[8] = "";

	tree_read(
		h, value, sizeof(value), "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode");
	return value[0] == 'Y' || (h->unsafe_noiommu && !tree_has(h, "/dev/vfio/vfio"));
}

/* What keeps a device from being taken; false if nothing does. */
static bool judge_refusal(
	const struct host *h, const char *address, const char *driver, struct host_finding *f)
{
	char why[256];

	if (judge_kind(h, address, driver, f))
		return true;
	if (carrier_is(h, address, why, sizeof(why))) {
		finding_also(f, HOST_REFUSED,
			"%s is not taken, for it %s: name another device, or move that to another "
			"one first",
			address, why);
		return true;
	}
	if (group_is_held(h, address, why, sizeof(why))) {
		finding_also(f, HOST_REFUSED,
			"%s is not taken, for its IOMMU group %d also has %s, which the kernel "
			"would lose, too: name them as well with --device if that may be, or move "
			"the card to another slot",
			address, pci_iommu_group(h, address), why);
		return true;
	}
	return false;
}

static void judge(const struct host *h, const char *address, struct host_finding *f)
{
	char driver[64], there[512];

	if (!tree_has(h, "/sys/bus/pci/devices/%s", address)) {
		pci_network_devices(h, there, sizeof(there));
		finding_also(f, HOST_BY_HAND, "there is no PCI device %s%s%s", address,
			there[0] != '\0' ? "; network devices here are " : "", there);
		return;
	}
	pci_driver(h, address, driver, sizeof(driver));
	if (strcmp(driver, "vfio-pci") == 0) {
		judge_bound(h, address, f);
	} else if (pci_driver_shares(driver)) {
		finding_also(f, HOST_READY, "%s stays under %s, which shares it with DPDK", address,
			driver);
	} else if (!judge_refusal(h, address, driver, f)) {
		if (pci_iommu_group(h, address) < 0 && !noiommu_is_on(h))
			finding_also(f, HOST_BY_HAND,
				"%s is in no IOMMU group, so vfio-pci will not have it: see the "
				"stage iommu",
				address);
		else
			say_what_is_to_do(h, address, driver, f);
	}
}

/* driverctl or Debian's dpdk keep a device over a restart; a rule of udev, its file. */
static void say_lasting(const struct host *h, const char *address, struct host_finding *f)
{
	if (tree_mentions(h, address, "/etc/dpdk/interfaces") ||
		tree_has(h, "/etc/driverctl.d/%s", address))
		return;
	if (tree_has(h, "/etc/dpdk/interfaces"))
		finding_lasting(f, "echo 'pci %s vfio-pci' >> /etc/dpdk/interfaces", address);
	else
		finding_lasting(f, "driverctl set-override %s vfio-pci", address);
	if (h->needs->user[0] != '\0' && !tree_has(h, "/etc/udev/rules.d/60-uproar.rules"))
		finding_lasting(f,
			"echo 'SUBSYSTEM==\"vfio\", OWNER=\"%s\"' > "
			"/etc/udev/rules.d/60-uproar.rules",
			h->needs->user);
}

/* AF_XDP takes nothing from the kernel, but wants an interface that is there. */
static void judge_interface(
	const struct host *h, const struct host_device *d, struct host_finding *f)
{
	if (d->interface[0] == '\0')
		finding_also(f, HOST_BY_HAND, "%s names no interface (iface=NAME)", d->device);
	else if (tree_has(h, "/sys/class/net/%s", d->interface))
		finding_also(f, HOST_READY, "%s stays with the kernel", d->interface);
	else
		finding_also(f, HOST_BY_HAND, "there is no interface %s", d->interface);
}

void nic_check(const struct host *h, struct host_finding *f)
{
	for (unsigned i = 0; i < h->needs->n_devices; i++) {
		const struct host_device *d = &h->needs->devices[i];
		char driver[64];

		if (d->kind == HOST_DEVICE_AF_XDP)
			judge_interface(h, d, f);
		if (d->kind != HOST_DEVICE_PCI)
			continue;
		judge(h, d->device, f);
		pci_driver(h, d->device, driver, sizeof(driver));
		if (strcmp(driver, "vfio-pci") == 0)
			say_lasting(h, d->device, f);
	}
	if (f->said[0] == '\0')
		finding_is(f, HOST_NOT_APPLICABLE, "the configuration has no network card");
}

static int give_file(struct host *h, const char *address)
{
	char file[64];
	uid_t user;
	gid_t group;

	if (user_find(h, &user, &group) < 0 || is_users(h, address, user) ||
		!pci_vfio_file(h, address, file, sizeof(file)))
		return 0;
	return host_do_owner(h, "nic", file, user, group, FILE_MODE);
}

/* It is not left without any driver: what was begun is taken back at once. */
static int bind(struct host *h, const char *address)
{
	if (!tree_has(h, "/sys/bus/pci/drivers/vfio-pci")) {
		host_failed(h,
			"%s stays where it is, for there is no vfio-pci: `uproar host init "
			"vfio` comes first",
			address);
		return -ENODEV;
	}
	int ret = host_do_nic(h, "nic", address);
	if (ret == 0 || h->deeds.n == 0)
		return ret;
	const struct deed begun = h->deeds.list[h->deeds.n - 1];
	if (begun.kind != DEED_NIC || strcmp(begun.path, address) != 0)
		return ret;
	host_failed(h, "vfio-pci has not taken %s (`dmesg` says why), so it goes back", address);
	if (host_undo_deed(h, &begun) == 0)
		deeds_drop(h);
	return ret;
}

/* Each device is judged again, for the one before may have changed what is true of it. */
static int take(struct host *h, const char *address)
{
	struct host_finding f = {0};
	char driver[64];
	int ret = 0;

	judge(h, address, &f);
	if (f.verdict != HOST_TODO)
		return 0;
	pci_driver(h, address, driver, sizeof(driver));
	if (strcmp(driver, "vfio-pci") != 0)
		ret = bind(h, address);
	return ret < 0 ? ret : give_file(h, address);
}

/* One that is refused keeps none of the others from being taken. */
int nic_init(struct host *h)
{
	int first = 0;

	for (unsigned i = 0; i < h->needs->n_devices; i++) {
		const struct host_device *d = &h->needs->devices[i];
		int ret = d->kind == HOST_DEVICE_PCI ? take(h, d->device) : 0;

		first = first < 0 ? first : ret;
	}
	return first;
}
