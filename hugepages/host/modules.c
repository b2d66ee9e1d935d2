/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * vfio's modules: by modprobe, which knows the operator's settings; where there is none, as in an
 * initramfs, one after the other from the folder of this kernel.
 */

#include "hugepages/host/modules.h"
#include "hugepages/host/do.h"
#include "hugepages/host/kernel.h"
#include "hugepages/host/tree.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

enum { DEPTH_MAX = 8 };

void host_module_name(char *out, size_t cap, const char *module)
{
	snprintf(out, cap, "%s", module);
	for (char *at = out; *at != '\0'; at++)
		*at = *at == '-' ? '_' : *at;
}

static bool is_there(const struct host *h, const char *module)
{
	char name[64];

	host_module_name(name, sizeof(name), module);
	return tree_has(h, "/sys/module/%s", name);
}

/* vfio-pci.ko, vfio_pci.ko, either compressed. */
static bool is_file_of(const char *file, const char *module)
{
	size_t len = strlen(module);

	if (strlen(file) < len + 3 || strncmp(file + len, ".ko", 3) != 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (file[i] != module[i] && !(strchr("-_", file[i]) && strchr("-_", module[i])))
			return false;
	}
	const char *rest = file + len + 3;
	return rest[0] == '\0' || strcmp(rest, ".xz") == 0 || strcmp(rest, ".zst") == 0 ||
	       strcmp(rest, ".gz") == 0;
}

/* Not every file system says it with the name. Links go elsewhere, or round in a circle. */
static bool is_folder(const struct host *h, const char *path, const struct dirent *entry)
{
	char full[HOST_PATH_MAX];
	struct stat st;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return tree_path(h, full, path) && lstat(full, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool find_in(const struct host *h, const char *folder, const char *module, char *out,
	size_t cap, unsigned depth)
{
	DIR *dir = depth < DEPTH_MAX ? tree_list(h, "%s", folder) : NULL;
	struct dirent *entry;
	bool found = false;

	while (!found && dir != NULL && (entry = readdir(dir)) != NULL) {
		char path[HOST_PATH_MAX];

		if (entry->d_name[0] == '.' || (size_t)snprintf(path, sizeof(path), "%s/%s", folder,
						       entry->d_name) >= sizeof(path))
			continue;
		if (is_file_of(entry->d_name, module))
			found = (size_t)snprintf(out, cap, "%s", path) < cap;
		else if (is_folder(h, path, entry))
			found = find_in(h, path, module, out, cap, depth + 1);
	}
	if (dir != NULL)
		closedir(dir);
	return found;
}

bool host_module_file(const struct host *h, const char *module, char *out, size_t cap)
{
	char folder[HOST_PATH_MAX], release[128];
	struct utsname name;

	uname(&name);
	if (tree_read(h, release, sizeof(release), "/proc/sys/kernel/osrelease") < 0)
		snprintf(release, sizeof(release), "%s", name.release);
	snprintf(folder, sizeof(folder), "/lib/modules/%s", release);
	return find_in(h, folder, module, out, cap, 0);
}

bool host_modprobe(const struct host *h, char *out, size_t cap)
{
	if (tree_read(h, out, cap, "/proc/sys/kernel/modprobe") < 0 || out[0] != '/')
		snprintf(out, cap, "/sbin/modprobe");
	return tree_has(h, "%s", out);
}

static int run_modprobe(struct host *h, const char *program, const char *const *modules)
{
	char full[HOST_PATH_MAX], list[256] = "";

	for (unsigned i = 0; modules[i] != NULL; i++) {
		size_t used = strlen(list);

		snprintf(list + used, sizeof(list) - used, " %s", modules[i]);
	}
	host_ran(h, "modprobe -a%s", list);
	int ret =
		tree_path(h, full, program) ? h->kernel->modprobe(h, full, modules) : -ENAMETOOLONG;
	if (ret < 0)
		host_failed(h, "%s did not load%s: %s", program, list, strerror(-ret));
	return ret;
}

/* What it has no file for is built in, or unknown to this kernel. */
static int insert_all(struct host *h)
{
	char file[HOST_PATH_MAX], full[HOST_PATH_MAX];
	int ret = 0;

	for (unsigned i = 0; ret == 0 && host_vfio_modules[i] != NULL; i++) {
		if (is_there(h, host_vfio_modules[i]) ||
			!host_module_file(h, host_vfio_modules[i], file, sizeof(file)) ||
			!tree_path(h, full, file))
			continue;
		host_ran(h, "insmod %s", file);
		ret = h->kernel->insert(h, full);
		if (ret < 0)
			host_failed(h, "%s: %s", file, strerror(-ret));
	}
	return ret;
}

/* Those that may come with the ones that are asked for are written down, too. */
static int write_down(struct host *h, const char *stage)
{
	int ret = 0;

	for (unsigned i = 0; ret == 0 && host_vfio_modules[i] != NULL; i++) {
		struct deed d = {.kind = DEED_MODULE};

		if (is_there(h, host_vfio_modules[i]))
			continue;
		snprintf(d.stage, sizeof(d.stage), "%s", stage);
		snprintf(d.path, sizeof(d.path), "%s", host_vfio_modules[i]);
		ret = deeds_add(h, &d);
	}
	return ret;
}

static void forget_what_did_not_come(struct host *h)
{
	for (size_t i = h->deeds.n; i-- > 0;) {
		if (h->deeds.list[i].kind == DEED_MODULE && !is_there(h, h->deeds.list[i].path))
			deeds_forget(h, i);
	}
}

int host_do_modules(struct host *h, const char *stage, const char *const *modules)
{
	char program[HOST_PATH_MAX];
	int ret = write_down(h, stage);

	if (ret < 0) {
		host_failed(h, "no module is loaded, for it cannot be written down in %s: %s",
			HOST_STATE_FILE, strerror(-ret));
		return ret;
	}
	if (host_modprobe(h, program, sizeof(program)))
		ret = run_modprobe(h, program, modules);
	else
		ret = insert_all(h);
	forget_what_did_not_come(h);
	return ret;
}
