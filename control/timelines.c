/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/timelines.h"

#include "control/log.h"
#include "control/timeline_json.h"
#include "control/timeline_points.h"
#include "control/timeline_query.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum {
	WAITING_MAX = 16,
	IDLE_PARTS = 9, // of ten parts of time
	ROUND_MS = 1000,
	END_MS = 2000,
};

/* One channel, as the thread knows it. */
struct curve {
	unsigned channel;
	char *name;
	bool is_new;                    // has no document yet
	uint64_t window;                // the last that is in the points
	struct timeline_points *points; // NULL: nobody has tapped yet
};

struct list {
	unsigned n;
	struct curve curves[];
};

struct waiting {
	unsigned channel;
	char *text;
};

struct timelines {
	struct timeline_query query; // thread
	struct list *list;           // thread
	pthread_t thread;
	int fd;

	pthread_mutex_t lock; // of what follows
	pthread_cond_t changed;
	struct list *next; // takes the place of the thread's list; NULL: it is the newest
	bool ends;
	unsigned n_waiting;
	struct waiting waiting[WAITING_MAX];
};

static void free_list(struct list *l)
{
	for (unsigned i = 0; l != NULL && i < l->n; i++) {
		free(l->curves[i].name);
		free(l->curves[i].points);
	}
	free(l);
}

static struct list *list_of(const struct config *config)
{
	struct list *l = calloc(1, sizeof(*l) + config->n_channels * sizeof(l->curves[0]));

	for (unsigned i = 0; l != NULL && i < config->n_channels; i++) {
		struct curve *c = &l->curves[l->n++];

		c->channel = config->channels[i].id;
		c->is_new = true;
		c->name = strdup(config->channels[i].name);
		if (c->name == NULL) {
			free_list(l);
			return NULL;
		}
	}
	return l;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static struct timespec at_ns(uint64_t ns)
{
	return (struct timespec){(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
}

/* False: it is the end. Under the lock. */
static bool sleep_until(struct timelines *t, uint64_t ns)
{
	const struct timespec until = at_ns(ns);
	int ret = 0;

	while (!t->ends && ret == 0)
		ret = pthread_cond_timedwait(&t->changed, &t->lock, &until);
	return !t->ends;
}

/* Waits for a place. False: it is the end, and the text is the caller's. */
static bool hand_over(struct timelines *t, unsigned channel, char *text)
{
	const uint64_t one = 1;
	bool taken;

	pthread_mutex_lock(&t->lock);
	while (!t->ends && t->n_waiting == WAITING_MAX)
		pthread_cond_wait(&t->changed, &t->lock);
	taken = !t->ends;
	if (taken)
		t->waiting[t->n_waiting++] = (struct waiting){channel, text};
	pthread_mutex_unlock(&t->lock);
	if (taken && write(t->fd, &one, sizeof(one)) < 0) {
		// it is readable already
	}
	return taken;
}

/* What has happened to the channel since. Returns whether there is something to tell. */
static bool renew(struct timelines *t, struct curve *c)
{
	if (c->points == NULL)
		c->points = calloc(1, sizeof(*c->points));
	if (c->points == NULL)
		return false;
	bool grew = timeline_query_read(&t->query, c->channel, &c->window, c->points);
	if (c->points->n == 0) { // thousands may be so
		free(c->points);
		c->points = NULL;
	}
	return grew || c->is_new;
}

static void tell(struct timelines *t, struct curve *c)
{
	static const struct timeline_points none;
	char *text = timeline_json(c->channel, c->name, c->points != NULL ? c->points : &none);

	if (text != NULL && hand_over(t, c->channel, text))
		c->is_new = false;
	else
		free(text);
}

/* Curves that go on are not read again. */
static void take_list(struct timelines *t, struct list *next)
{
	for (unsigned i = 0; i < next->n; i++) {
		struct curve *c = &next->curves[i];

		for (unsigned j = 0; j < t->list->n; j++) {
			struct curve *old = &t->list->curves[j];

			if (old->channel == c->channel) {
				c->window = old->window;
				c->points = old->points;
				old->points = NULL;
			}
		}
	}
	free_list(t->list);
	t->list = next;
}

/* Takes as many parts of time for nothing. False: it is the end. */
static bool rest(struct timelines *t, uint64_t began)
{
	uint64_t now = now_ns();

	pthread_mutex_lock(&t->lock);
	bool go_on = sleep_until(t, now + IDLE_PARTS * (now - began));
	pthread_mutex_unlock(&t->lock);
	return go_on;
}

static bool go_round(struct timelines *t)
{
	for (unsigned i = 0; i < t->list->n; i++) {
		uint64_t began = now_ns();

		if (renew(t, &t->list->curves[i]))
			tell(t, &t->list->curves[i]);
		if (!rest(t, began))
			return false;
	}
	return true;
}

static void *run(void *context)
{
	struct timelines *t = context;
	bool go_on = true;

	while (go_on) {
		uint64_t began = now_ns();

		go_on = go_round(t);
		pthread_mutex_lock(&t->lock);
		go_on = go_on && sleep_until(t, began + ROUND_MS * 1000000ull);
		struct list *next = t->next;
		t->next = NULL;
		pthread_mutex_unlock(&t->lock);
		if (next != NULL)
			take_list(t, next);
	}
	return NULL;
}

static int start(struct timelines *t)
{
	pthread_condattr_t monotonic;

	pthread_mutex_init(&t->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&t->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return -pthread_create(&t->thread, NULL, run, t);
}

int timelines_open(struct timelines **out, const char *file, const struct config *config)
{
	struct timelines *t = calloc(1, sizeof(*t));
	int ret = -ENOMEM;

	if (t == NULL)
		return ret;
	t->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	t->list = list_of(config);
	if (t->fd >= 0 && t->list != NULL)
		ret = timeline_query_open(&t->query, file);
	if (ret == 0)
		ret = start(t);
	if (ret == 0) {
		pthread_setname_np(t->thread, "timelines");
		*out = t;
		return 0;
	}
	timeline_query_close(&t->query);
	free_list(t->list);
	if (t->fd >= 0)
		close(t->fd);
	free(t);
	return ret;
}

int timelines_take_channels(struct timelines *t, const struct config *config)
{
	struct list *next = list_of(config);

	if (next == NULL)
		return -ENOMEM;
	pthread_mutex_lock(&t->lock);
	free_list(t->next);
	t->next = next;
	pthread_mutex_unlock(&t->lock);
	return 0;
}

int timelines_fd(const struct timelines *t)
{
	return t->fd;
}

void timelines_publish(struct timelines *t,
	void (*publish)(void *context, unsigned channel, const char *text), void *context)
{
	struct waiting ready[WAITING_MAX];
	uint64_t told;
	unsigned n;

	if (read(t->fd, &told, sizeof(told)) < 0)
		return;
	pthread_mutex_lock(&t->lock);
	n = t->n_waiting;
	memcpy(ready, t->waiting, n * sizeof(ready[0]));
	t->n_waiting = 0;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
	for (unsigned i = 0; i < n; i++) {
		publish(context, ready[i].channel, ready[i].text);
		free(ready[i].text);
	}
}

void timelines_close(struct timelines *t)
{
	pthread_mutex_lock(&t->lock);
	t->ends = true;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
	const struct timespec until = at_ns(now_ns() + END_MS * 1000000ull);
	if (pthread_clockjoin_np(t->thread, NULL, CLOCK_MONOTONIC, &until) != 0) {
		LOG_WARNING("the thread of the timelines is stuck in the disk, and is left alone");
		return;
	}
	for (unsigned i = 0; i < t->n_waiting; i++)
		free(t->waiting[i].text);
	timeline_query_close(&t->query);
	free_list(t->list);
	free_list(t->next);
	close(t->fd);
	free(t);
}
