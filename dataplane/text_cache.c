/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "dataplane/text_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIZE_MAX_MIB = 256 };

/* In this machine's byte order, for databases are of one processor too. The databases follow. */
struct header {
	char magic[8];
	struct text_cache_key key;
	uint64_t sizes[TEXT_CACHE_DATABASES];
	uint8_t digest[32]; // of all before and of the databases
};

static const char magic[8] = "uproarh1";

static bool add(EVP_MD_CTX *hash, const void *bytes, size_t len)
{
	return EVP_DigestUpdate(hash, bytes, len) == 1;
}

static bool add_list(EVP_MD_CTX *hash, const struct text_expressions *e)
{
	bool good = add(hash, &e->n, sizeof(e->n));

	for (unsigned i = 0; good && i < e->n; i++)
		good = add(hash, &e->ids[i], sizeof(e->ids[i])) &&
		       add(hash, &e->flags[i], sizeof(e->flags[i])) &&
		       add(hash, e->text[i], strlen(e->text[i]) + 1);
	return good;
}

int text_cache_key_of(
	struct text_cache_key *key, const struct text_expressions lists[TEXT_CACHE_DATABASES])
{
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	hs_platform_info_t platform;

	memset(&platform, 0, sizeof(platform));
	bool good = hash != NULL && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) == 1 &&
		    hs_populate_platform(&platform) == HS_SUCCESS &&
		    add(hash, hs_version(), strlen(hs_version()) + 1) &&
		    add(hash, &platform, sizeof(platform));
	for (unsigned i = 0; good && i < TEXT_CACHE_DATABASES; i++)
		good = add_list(hash, &lists[i]);
	good = good && EVP_DigestFinal_ex(hash, key->digest, NULL) == 1;
	EVP_MD_CTX_free(hash);
	return good ? 0 : -ENOMEM;
}

static bool digest_of(const struct header *h, char *const *bytes, uint8_t digest[32])
{
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	bool good = hash != NULL && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) == 1 &&
		    add(hash, h, offsetof(struct header, digest));

	for (unsigned i = 0; good && i < TEXT_CACHE_DATABASES; i++)
		good = add(hash, bytes[i], h->sizes[i]);
	good = good && EVP_DigestFinal_ex(hash, digest, NULL) == 1;
	EVP_MD_CTX_free(hash);
	return good;
}

/* --- load ---------------------------------------------------------------------------------- */

static bool read_all(int fd, char *bytes, size_t len)
{
	for (ssize_t n; len > 0; bytes += n, len -= (size_t)n) {
		n = read(fd, bytes, len);
		if (n <= 0)
			return false;
	}
	return true;
}

/* The file's bytes, to be freed; NULL: none that may be trusted. */
static char *read_file(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char *bytes = NULL;
	struct stat st;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
		(st.st_mode & 077) == 0 && st.st_size >= (off_t)sizeof(struct header) &&
		st.st_size <= (off_t)SIZE_MAX_MIB << 20) {
		*len = (size_t)st.st_size;
		bytes = malloc(*len);
		if (bytes != NULL && !read_all(fd, bytes, *len)) {
			free(bytes);
			bytes = NULL;
		}
	}
	close(fd);
	return bytes;
}

/* Where each database lies in the file, if all is as it was written. */
static bool check(
	const struct header *h, const struct text_cache_key *key, char *file, size_t len, char **at)
{
	uint8_t digest[32];
	size_t offset = sizeof(*h);

	if (memcmp(h->magic, magic, sizeof(magic)) != 0 || memcmp(&h->key, key, sizeof(*key)) != 0)
		return false;
	for (unsigned i = 0; i < TEXT_CACHE_DATABASES; i++) {
		if (h->sizes[i] > len - offset)
			return false;
		at[i] = file + offset;
		offset += h->sizes[i];
	}
	return offset == len && digest_of(h, at, digest) &&
	       memcmp(digest, h->digest, sizeof(digest)) == 0;
}

bool text_cache_load(const char *path, const struct text_cache_key *key,
	hs_database_t *databases[TEXT_CACHE_DATABASES])
{
	char *at[TEXT_CACHE_DATABASES];
	struct header h;
	size_t len;
	char *file = read_file(path, &len);

	if (file == NULL)
		return false;
	memcpy(&h, file, sizeof(h));
	bool good = check(&h, key, file, len, at);
	for (unsigned i = 0; good && i < TEXT_CACHE_DATABASES; i++) {
		if (h.sizes[i] > 0)
			good = hs_deserialize_database(at[i], h.sizes[i], &databases[i]) ==
			       HS_SUCCESS;
	}
	for (unsigned i = 0; !good && i < TEXT_CACHE_DATABASES; i++) {
		hs_free_database(databases[i]);
		databases[i] = NULL;
	}
	free(file);
	return good;
}

/* --- store --------------------------------------------------------------------------------- */

static int write_all(int fd, const void *bytes, size_t len)
{
	for (ssize_t n; len > 0; bytes = (const char *)bytes + n, len -= (size_t)n) {
		n = write(fd, bytes, len);
		if (n < 0)
			return -errno;
	}
	return 0;
}

/* Not synchronised: what a power cut leaves is seen by the digest. */
static int write_file(const char *path, const struct header *h, char *const *bytes)
{
	char temporary[PATH_MAX];

	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >= (int)sizeof(temporary))
		return -ENAMETOOLONG;
	int fd = mkostemp(temporary, O_CLOEXEC); // mode 0600
	if (fd < 0)
		return -errno;
	int ret = write_all(fd, h, sizeof(*h));
	for (unsigned i = 0; ret == 0 && i < TEXT_CACHE_DATABASES; i++)
		ret = write_all(fd, bytes[i], h->sizes[i]);
	close(fd);
	if (ret == 0 && rename(temporary, path) < 0)
		ret = -errno;
	if (ret < 0)
		unlink(temporary);
	return ret;
}

int text_cache_store(const char *path, const struct text_cache_key *key,
	hs_database_t *const databases[TEXT_CACHE_DATABASES])
{
	char *bytes[TEXT_CACHE_DATABASES] = {NULL};
	struct header h;
	int ret = 0;

	memset(&h, 0, sizeof(h));
	memcpy(h.magic, magic, sizeof(magic));
	h.key = *key;
	for (unsigned i = 0; ret == 0 && i < TEXT_CACHE_DATABASES; i++) {
		size_t size = 0;

		if (databases[i] != NULL &&
			hs_serialize_database(databases[i], &bytes[i], &size) != HS_SUCCESS)
			ret = -ENOMEM;
		h.sizes[i] = size;
	}
	if (ret == 0)
		ret = digest_of(&h, bytes, h.digest) ? write_file(path, &h, bytes) : -ENOMEM;
	for (unsigned i = 0; i < TEXT_CACHE_DATABASES; i++)
		free(bytes[i]);
	return ret;
}
