/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Gives each file of a corpus to a fuzz target, without libFuzzer: replay FOLDER. Prints what was
 * reached, and how often; corpus_reach.py wants every refusal.
 */

#include "fuzz_target.h"

#include <dirent.h>
#include <string.h>

static bool replay_file(const char *folder, const char *name)
{
	static uint8_t data[1 << 16];
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *f = fopen(path, "rb");
	if (f == NULL) {
		perror(path);
		return false;
	}
	size_t len = fread(data, 1, sizeof(data), f);
	fclose(f);
	LLVMFuzzerTestOneInput(data, len);
	return true;
}

static unsigned replay_folder(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *entry;
	unsigned n = 0;

	if (d == NULL) {
		perror(folder);
		return 0;
	}
	while ((entry = readdir(d)) != NULL) {
		if (entry->d_name[0] != '.')
			n += replay_file(folder, entry->d_name);
	}
	closedir(d);
	return n;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s CORPUS-FOLDER\n", argv[0]);
		return 2;
	}
	unsigned n = replay_folder(argv[1]);
	for (unsigned r = 0; r < REFUSALS; r++) {
		if (fuzz_reached[r] > 0)
			printf("%s %llu\n",
				r == REFUSED_none ? "accepted" : refusal_name((enum refusal)r),
				(unsigned long long)fuzz_reached[r]);
	}
	counting_rig_free(fuzz_rig());
	return n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
