/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Other threads ask, and the control thread answers when it comes to it.
 */

#include "control/questions.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct questions q;

static void set_up(void)
{
	cr_assert_eq(questions_open(&q), 0);
}

TestSuite(control_questions, .init = set_up);

static char *echo(void *context, const char *text)
{
	++*(unsigned *)context;
	return strdup(text);
}

static void *ask(void *text)
{
	return questions_ask(&q, text);
}

static void serve_until(unsigned *answered, unsigned wanted)
{
	struct pollfd fd = {.fd = q.fd, .events = POLLIN};

	while (*answered < wanted) {
		cr_assert_eq(poll(&fd, 1, 1000 * QUESTION_PATIENCE_S), 1);
		questions_serve(&q, echo, answered);
	}
}

Test(control_questions, each_gets_the_answer_to_its_own)
{
	static char texts[8][4];
	pthread_t threads[8];
	unsigned answered = 0;

	for (unsigned i = 0; i < 8; i++) {
		snprintf(texts[i], sizeof(texts[i]), "q%u", i);
		cr_assert_eq(pthread_create(&threads[i], NULL, ask, texts[i]), 0);
	}
	serve_until(&answered, 8);
	for (unsigned i = 0; i < 8; i++) {
		void *answer;

		pthread_join(threads[i], &answer);
		cr_assert_not_null(answer);
		cr_expect_str_eq(answer, texts[i]);
		free(answer);
	}
}

Test(control_questions, who_waits_goes_on_when_nobody_answers_any_more)
{
	struct pollfd fd = {.fd = q.fd, .events = POLLIN};
	pthread_t thread;
	void *answer;

	cr_assert_eq(pthread_create(&thread, NULL, ask, (void *)"late"), 0);
	cr_assert_eq(poll(&fd, 1, 1000 * QUESTION_PATIENCE_S), 1);
	questions_close(&q);
	pthread_join(thread, &answer);
	cr_expect_null(answer);
	cr_expect_null(questions_ask(&q, "later"));
}

Test(control_questions, nothing_is_answered_that_was_not_asked)
{
	unsigned answered = 0;

	questions_serve(&q, echo, &answered);
	cr_expect_eq(answered, 0);
}
