/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * How long frames take to go out, in numbers.
 */

#include "fanout/delivery.h"
#include "fanout_rig.h"

#include <criterion/criterion.h>
#include <time.h>
#include <unistd.h>

Test(fanout_histogram, values_are_counted_in_the_class_of_their_bound)
{
	struct histogram h = {0}, sum = {0};

	cr_assert_eq(histogram_quantile(&h, 0.5), 0);
	for (unsigned i = 0; i < HISTOGRAM_BOUNDS; i++) {
		histogram_add(&h, histogram_bounds[i] * 1000ull);
		histogram_add(&h, histogram_bounds[i] * 1000ull + 1);
	}
	cr_assert_eq(h.classes[0], 1);
	for (unsigned i = 1; i < HISTOGRAM_BOUNDS; i++)
		cr_assert_eq(h.classes[i], 2);
	cr_assert_eq(h.classes[HISTOGRAM_BOUNDS], 1);
	cr_assert_eq(h.count, 2 * HISTOGRAM_BOUNDS);
	cr_assert_eq(histogram_quantile(&h, 1.0), 20000000);
	histogram_sum(&sum, &h);
	histogram_sum(&sum, &h);
	cr_assert_eq(sum.count, 2 * h.count);
	cr_assert_eq(sum.sum, 2 * h.sum);
	cr_assert_eq(sum.newest, h.newest);
}

Test(fanout_histogram, quantiles_are_bounds_of_classes)
{
	struct histogram h = {0};

	for (unsigned i = 1; i <= 100; i++)
		histogram_add(&h, i * 10000); // 10 to 1000 us
	cr_assert_eq(histogram_quantile(&h, 0.05), 50);
	cr_assert_eq(histogram_quantile(&h, 0.5), 500);
	cr_assert_eq(histogram_quantile(&h, 0.99), 1000);
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

Test(fanout_delivery, a_wave_has_a_first_a_middle_and_a_last)
{
	struct delivery d = {0};
	uint64_t begin = now(), end;

	delivery_turn(&d, 100, true);
	cr_assert_eq(d.first.count, 0, "no window is going out");
	delivery_begin(&d, begin, 100);
	delivery_turn(&d, 100, false);
	for (unsigned i = 1; i <= 1000; i++) // more turns than there is room for
		delivery_turn(&d, 100 + i * 10, i == 1000);
	cr_assert_eq(d.first.count, 0, "it is not over as long as something is sent");
	end = now();
	delivery_turn(&d, 10100, true);
	cr_assert_eq(d.first.count, 1);
	cr_assert_leq(d.first.newest, d.median.newest);
	cr_assert_leq(d.median.newest, d.last.newest);
	cr_assert_leq(d.last.newest, end - begin);
	delivery_turn(&d, 10200, true);
	cr_assert_eq(d.last.count, 1, "what comes later is of nobody's wave");
}

Test(fanout_delivery, the_middle_lies_between_the_steps)
{
	struct delivery d = {
		.ended = 1000, .before = 0, .n = 3, .steps = {{2000, 10}, {3000, 30}, {4000, 100}}};

	delivery_turn(&d, 100, true);
	cr_assert_eq(d.first.newest, 1000);
	cr_assert_eq(d.last.newest, 3000);
	cr_assert_eq(d.median.newest, 2000 + 1000 * 20 / 70);
}

Test(fanout_delivery, a_window_to_which_the_next_one_comes_is_closed_by_it)
{
	struct delivery d = {0};

	delivery_begin(&d, now(), 0);
	delivery_turn(&d, 5, false);
	delivery_begin(&d, now(), 5);
	cr_assert_eq(d.first.count, 1);
	delivery_turn(&d, 5, true);
	cr_assert_eq(d.first.count, 1, "nobody was there for the second");
}

Test(fanout_delivery, frames_of_a_window_are_measured_from_its_end)
{
	enum { AGO_NS = 7000000 };
	const struct timespec pause = {.tv_nsec = 1000000};
	struct rig rig = rig_start(1, 0);
	struct fanout_delivery delivery;
	int fd = client_connect(rig.tcp, 0);

	client_send(fd, "SUB 1\n");
	rig_await(&rig, offsetof(struct fanout_stats, tcp), 1);
	rig_publish(&rig, 1, 1, 50);
	cr_assert_eq(client_frame(fd, 1, 50), 1);
	fanout_read_delivery(rig.fanout, &delivery);
	cr_assert_eq(delivery.first.count, 0, "that was no window");
	rig_put(&rig, 1, 2, 50);
	fanout_flush_window(rig.fanout, now() - AGO_NS);
	cr_assert_eq(client_frame(fd, 1, 50), 2);
	rig_publish(&rig, 2, 1, 50); // another turn
	for (unsigned i = 0; delivery.last.count == 0; i++) {
		cr_assert_lt(i, 20000);
		nanosleep(&pause, NULL);
		fanout_read_delivery(rig.fanout, &delivery);
	}
	cr_assert_eq(delivery.first.count, 1);
	cr_assert_geq(delivery.first.newest, AGO_NS);
	cr_assert_geq(delivery.last.newest, delivery.first.newest);
	close(fd);
	rig_stop(&rig);
}
