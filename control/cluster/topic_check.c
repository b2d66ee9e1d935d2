/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

#include "control/cluster/topic_check.h"

#include "control/cluster/log.h"
#include "control/cluster/topic_ask.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Brokers far away answer within the patience; whoever closes waits no longer than that. */
enum { PATIENCE_MS = 1000, SOON_S = 3, LATER_S = 60, TOPICS = 2 };

struct topic_check {
	rd_kafka_t *rk;
	const struct config_cluster *config;
	const char *topics[TOPICS];
	unsigned n_topics;
	int fd;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	/* Under the lock. */
	bool stop;
	bool hurry;
	enum topic_state state;
	bool answered; // the last time
	unsigned answers;
	char sentence[KAFKA_SENTENCE_MAX];
};

static void tell(struct topic_check *t, enum topic_state state, const char *sentence)
{
	pthread_mutex_lock(&t->lock);
	bool changed = state != t->state || strcmp(sentence, t->sentence) != 0;
	t->state = state;
	strcpy(t->sentence, sentence);
	pthread_mutex_unlock(&t->lock);
	if (!changed)
		return;
	if (state == TOPICS_WRONG)
		LOG_ERROR("%s", sentence);
	else if (state == TOPICS_GOOD)
		LOG_INFO("as it must be: topic %s%s%s", t->topics[0],
			t->n_topics > 1 ? " and topic " : "", t->n_topics > 1 ? t->topics[1] : "");
}

static bool stops(struct topic_check *t)
{
	pthread_mutex_lock(&t->lock);
	bool yes = t->stop;
	pthread_mutex_unlock(&t->lock);
	return yes;
}

static void count(struct topic_check *t, bool answered)
{
	static const uint64_t one = 1;

	pthread_mutex_lock(&t->lock);
	t->answered = answered;
	t->answers += answered;
	pthread_mutex_unlock(&t->lock);
	/* Full is readable, too. */
	if (answered)
		(void)!write(t->fd, &one, sizeof(one));
}

/* What was known stays so as long as nobody answers. */
static void ask_all(struct topic_check *t)
{
	char sentence[KAFKA_SENTENCE_MAX] = "";

	for (unsigned i = 0; i < t->n_topics && !stops(t); i++) {
		struct topic_found found;

		topic_ask(t->rk, t->topics[i], PATIENCE_MS, &found);
		enum topic_state state = topic_verdict(&found, t->topics[i], t->config, sentence);
		if (state == TOPICS_WRONG || (state == TOPICS_GOOD && i + 1 == t->n_topics))
			tell(t, state, sentence);
		count(t, state != TOPICS_UNKNOWN);
		if (state != TOPICS_GOOD)
			return;
	}
}

/* Until it is time again; false: it is to end. */
static bool rest(struct topic_check *t)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	pthread_mutex_lock(&t->lock);
	until.tv_sec += t->answered && t->state == TOPICS_GOOD ? LATER_S : SOON_S;
	int ret = 0;
	while (!t->stop && !t->hurry && ret != ETIMEDOUT)
		ret = pthread_cond_timedwait(&t->wake, &t->lock, &until);
	t->hurry = false;
	bool on = !t->stop;
	pthread_mutex_unlock(&t->lock);
	return on;
}

static void *run(void *context)
{
	do
		ask_all(context);
	while (rest(context));
	return NULL;
}

static void take_topics(struct topic_check *t, unsigned topics)
{
	if ((topics & TOPIC_TALLIES) != 0)
		t->topics[t->n_topics++] = t->config->tallies;
	if ((topics & TOPIC_FRAMES) != 0)
		t->topics[t->n_topics++] = t->config->frames;
}

static void free_check(struct topic_check *t)
{
	pthread_cond_destroy(&t->wake);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

struct topic_check *topic_check_open(
	rd_kafka_t *rk, const struct config_cluster *config, unsigned topics, int fd)
{
	struct topic_check *t = calloc(1, sizeof(*t));
	pthread_condattr_t monotonic;

	if (t == NULL)
		return NULL;
	t->rk = rk;
	t->config = config;
	t->fd = fd;
	take_topics(t, topics);
	pthread_mutex_init(&t->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&t->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&t->thread, NULL, run, t) != 0) {
		free_check(t);
		return NULL;
	}
	return t;
}

void topic_check_close(struct topic_check *t)
{
	if (t == NULL)
		return;
	pthread_mutex_lock(&t->lock);
	t->stop = true;
	pthread_cond_signal(&t->wake);
	pthread_mutex_unlock(&t->lock);
	pthread_join(t->thread, NULL);
	free_check(t);
}

enum topic_state topic_check_serve(struct topic_check *t, char sentence[KAFKA_SENTENCE_MAX])
{
	pthread_mutex_lock(&t->lock);
	enum topic_state state = t->state;
	strcpy(sentence, t->sentence);
	pthread_mutex_unlock(&t->lock);
	return state;
}

void topic_check_hurry(struct topic_check *t)
{
	pthread_mutex_lock(&t->lock);
	t->hurry = true;
	pthread_cond_signal(&t->wake);
	pthread_mutex_unlock(&t->lock);
}

unsigned topic_check_answers(struct topic_check *t)
{
	pthread_mutex_lock(&t->lock);
	unsigned answers = t->answers;
	pthread_mutex_unlock(&t->lock);
	return answers;
}
