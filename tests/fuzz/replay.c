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

static int is_seed(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* By name, so that every replay is the same. */
static unsigned replay_folder(const char *folder)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, is_seed, alphasort);
	unsigned good = 0;

	if (n < 0) {
		perror(folder);
		return 0;
	}
	for (int i = 0; i < n; i++) {
		good += replay_file(folder, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return good;
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
