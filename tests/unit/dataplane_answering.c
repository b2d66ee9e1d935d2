/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 the uproar authors
 */

/*
 * Answers of a worker, over a device that is a function: who gets which, how many, and that each
 * buffer goes to the device or back to its pool.
 */

#include "counting_rig.h"
#include "dataplane/worker.h"
#include "frame_builder.h"
#include "freed_frames.h"
#include "openssl_ticket.h"
#include "seeded_random.h"
#include "wire/answer.h"
#include "wire/bytes.h"

#include <criterion/criterion.h>
#include <rte_ethdev.h>
#include <stdlib.h>
#include <string.h>

static struct counting_rig *rig;
static struct worker worker;
static struct board_slot board[RIG_ROWS];
static struct built built[WORKER_BURST];
static struct rte_mbuf mbufs[WORKER_BURST];
static struct rte_mbuf *taken[WORKER_BURST]; // by the device
static unsigned n_taken;
static uint16_t room; // in the device
static uint16_t said; // by it, if not how many it took

static uint16_t take_frames(void *queue, struct rte_mbuf **frames, uint16_t n)
{
	n_taken = RTE_MIN(n, room);
	memcpy(taken, frames, n_taken * sizeof(taken[0]));
	return said != 0 ? said : (uint16_t)n_taken;
}

static void set_up(void)
{
	static void *queue_data[1] = {&mbufs};

	rig = counting_rig_new();
	rig->policy.answers_per_second = 1000000;
	rig->policy.answers_unknown = true;
	rig->policy.pace = (struct pace){.least = 10, .most = 100, .low = 500, .high = 900};
	worker = (struct worker){
		.counter = rig->counter,
		.rules = {.port = BUILT_PORT},
		.block = &rig->block,
		.linear = malloc(WORKER_FRAME_MAX),
		.answering = {.on = true, .board = board, .allowance = {.per_second = 0}},
	};
	rte_eth_fp_ops[0].tx_pkt_burst = take_frames;
	rte_eth_fp_ops[0].txq.data = queue_data;
	memset(board, 0, sizeof(board));
	n_taken = said = 0;
	room = WORKER_BURST;
	freed = 0;
}

static void tear_down(void)
{
	free(worker.linear);
	counting_rig_free(rig);
}

TestSuite(dataplane_answering, .init = set_up, .fini = tear_down);

struct ask {
	uint8_t flags;
	uint16_t channel;
	uint8_t reaction;
	uint64_t session;
	uint32_t sequence;
	unsigned batches;
	const uint8_t *ticket;
	const char *text;
	size_t length; // padded to it
};

static size_t put_ask(const struct ask *a, uint8_t *out)
{
	const struct reaction_datagram d = {
		.session = a->session != 0 ? a->session : 1,
		.sequence = a->sequence,
		.channel = a->channel,
		.batches = (uint8_t)a->batches,
		.ticket = a->ticket,
		.flags = (uint8_t)(a->flags | (a->text != NULL ? REACTION_TEXT : 0) |
				   (a->ticket != NULL ? REACTION_TICKET : 0)),
	};
	size_t len = reaction_put_header(out, WIRE_PAYLOAD_MAX, &d);

	if (a->text != NULL)
		len = reaction_put_text(out, WIRE_PAYLOAD_MAX, len, a->text);
	for (unsigned i = 0; a->text == NULL && i < a->batches; i++)
		len = reaction_put_batch(
			out, WIRE_PAYLOAD_MAX, len, (const uint8_t[]){a->reaction, 3}, 1);
	cr_assert_neq(len, 0);
	if (a->length > len) {
		memset(out + len, 0, a->length - len);
		len = a->length;
	}
	return len;
}

static void put_frame(unsigned i, const uint8_t *payload, size_t len)
{
	const struct frame_spec spec = {.payload = payload, .payload_len = len};

	frame_build(&built[i], &spec);
	mbufs[i] = (struct rte_mbuf){.buf_addr = built[i].bytes,
		.buf_len = sizeof(built[i].bytes),
		.data_len = (uint16_t)built[i].len,
		.pkt_len = (uint32_t)built[i].len,
		.ol_flags = RTE_MBUF_F_RX_L4_CKSUM_GOOD | RTE_MBUF_F_RX_IP_CKSUM_GOOD |
			    RTE_MBUF_F_RX_RSS_HASH,
		.nb_segs = 1,
		.refcnt = 1};
}

static void count(unsigned n)
{
	struct rte_mbuf *frames[WORKER_BURST];

	for (unsigned i = 0; i < n; i++)
		frames[i] = &mbufs[i];
	n_taken = 0;
	worker_burst(&worker, frames, (uint16_t)n);
}

/* False: there was no answer. */
static bool ask(const struct ask *a, struct answer *out)
{
	uint8_t payload[WIRE_PAYLOAD_MAX];

	put_frame(0, payload, put_ask(a, payload));
	count(1);
	if (n_taken == 0)
		return false;
	const uint8_t *udp = built[0].bytes + built[0].udp;
	cr_assert_eq(taken[0], &mbufs[0]);
	cr_assert_eq(answer_decode(udp + 8, load_be16(udp + 4) - 8u, out), 0);
	return true;
}

/* The status, or -1 for no answer. */
static int status_of(const struct ask *a)
{
	struct answer answer;

	return ask(a, &answer) ? answer.status : -1;
}

Test(dataplane_answering, the_status_is_what_became_of_the_newest_batch)
{
	struct ask a = {REACTION_RECEIPT, 1, 7, 9, 3, 3, NULL, NULL, 0};

	cr_expect_eq(status_of(&a), ANSWER_COUNTED);
	cr_expect_eq(status_of(&a), ANSWER_DUPLICATE);
	a.sequence = 5;
	cr_expect_eq(status_of(&a), ANSWER_COUNTED, "two are new, one is not");
	a.sequence = 4;
	cr_expect_eq(status_of(&a), ANSWER_DUPLICATE);
	a.sequence = 50;
	a.batches = 1;
	cr_expect_eq(status_of(&a), ANSWER_COUNTED);
	a.sequence = 6;
	cr_expect_eq(status_of(&a), ANSWER_DUPLICATE, "stale");
	rig->policy.session_limits = session_limits_of(1, 4);
	a.sequence = 51;
	cr_expect_eq(status_of(&a), ANSWER_COUNTED);
	a.sequence = 52;
	cr_expect_eq(status_of(&a), ANSWER_LIMITED);
	cr_expect_eq(status_of(&a), ANSWER_DUPLICATE);
	cr_expect_eq(rig->block.stats.answers_sent, 9);
}

/* A smaller one behind it may still fit into what the limit leaves. */
Test(dataplane_answering, the_newest_is_limited_although_an_older_one_is_counted)
{
	static const uint8_t payload[] = {
		0xfa, 0x12, 0, 1, 2, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 2, 1, 7, 9, 1, 7, 1};
	const uint8_t *status = built[0].bytes;

	rig->policy.session_limits = session_limits_of(1, 4);
	put_frame(0, payload, sizeof(payload));
	count(1);
	cr_assert_eq(n_taken, 1);
	status = built[0].bytes + built[0].payload + ANSWER_AT_STATUS;
	cr_expect_eq(*status & 7, ANSWER_LIMITED);
	cr_expect_eq(counting_rig_all_taps(rig), 1);
}

Test(dataplane_answering, each_refusal_that_a_client_may_hear_of_has_a_status)
{
	struct ask a = {REACTION_RECEIPT, 9, 7, 9, 1, 1, NULL, NULL, 0};

	cr_expect_eq(status_of(&a), ANSWER_UNKNOWN, "channel");
	rig->policy.answers_unknown = false;
	cr_expect_eq(status_of(&a), -1, "channel, where they want tickets");
	a.channel = 1;
	a.reaction = 63;
	cr_expect_eq(status_of(&a), ANSWER_UNKNOWN, "reaction");
	a.text = "nothing to see";
	cr_expect_eq(status_of(&a), ANSWER_UNKNOWN, "text");
	a.text = "\xc3\x28 is no UTF-8";
	cr_expect_eq(status_of(&a), -1, "malformed");
	a.text = "🔥";
	cr_expect_eq(status_of(&a), ANSWER_COUNTED, "text");
	a = (struct ask){REACTION_RECEIPT, 1, 7, 9, 0, 1, NULL, NULL, 0};
	cr_expect_eq(status_of(&a), ANSWER_COUNTED, "unsequenced");
	rig->policy.unsequenced = false;
	cr_expect_eq(status_of(&a), ANSWER_LIMITED, "unsequenced off");
	a.channel = 9;
	cr_expect_eq(status_of(&a), -1, "to nobody's channel");
	a.channel = 1;
	rig->policy.unsequenced = true;
	worker.timed = true; // and no time goes by
	worker.unsequenced = (struct allowance){.per_second = 1};
	cr_expect_eq(status_of(&a), ANSWER_LIMITED, "unsequenced, too many");
}

Test(dataplane_answering, who_reports_nothing_learns_where_it_was_and_changes_nothing)
{
	struct ask taps = {0, 1, 7, 9, 5, 1, NULL, NULL, 0};
	struct ask asks = {REACTION_FRAME, 1, 0, 9, 1, 0, NULL, NULL, 0};
	struct answer a;

	cr_assert(ask(&asks, &a));
	cr_expect(a.status == ANSWER_NOTHING && a.sequence == 0 && a.session == 9);
	cr_expect_not(ask(&taps, &a), "did not ask");
	cr_assert(ask(&asks, &a));
	cr_expect(a.status == ANSWER_NOTHING && a.sequence == 5);
	cr_expect_eq(rig->block.stats.sessions_begun, 1);
	cr_expect_eq(rig->block.stats.batches, 1);
	cr_expect_eq(counting_rig_all_taps(rig), 3);
}

static void put_board(unsigned row, uint16_t channel)
{
	const struct frame f = {.channel = channel, .window = 77, .n = 2};
	uint8_t bytes[WIRE_FRAME_MAX];

	board_put(&board[row], bytes, frame_encode(&f, bytes));
}

Test(dataplane_answering, the_frame_is_that_of_the_channel)
{
	struct ask a = {REACTION_FRAME, 1, 7, 9, 1, 1, NULL, NULL, ANSWER_MAX};
	struct answer answer;

	cr_assert(ask(&a, &answer));
	cr_expect(!answer.has_frame && !answer.too_short, "there is none yet");
	put_board(RIG_ROW_OF_0, 0);
	put_board(RIG_ROW_OF_1, 1);
	for (a.channel = 0; a.channel < 2; a.channel++) {
		a.sequence++;
		cr_assert(ask(&a, &answer));
		cr_expect(answer.has_frame && answer.frame.channel == a.channel);
	}
	a.channel = 1;
	a.reaction = 63;
	cr_assert(ask(&a, &answer));
	cr_expect(answer.status == ANSWER_UNKNOWN && answer.has_frame);
	a.length = 0;
	cr_assert(ask(&a, &answer));
	cr_expect(!answer.has_frame && answer.too_short);
	cr_expect_eq(rig->block.stats.answers_with_frame, 3);
}

Test(dataplane_answering, under_ticket_admission_only_valid_tickets_are_answered)
{
	static const uint8_t key[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
	uint8_t good[16], late[16], forged[16];

	if (!ticket_supported())
		cr_skip_test("this processor has no AES instructions");
	counting_rig_want_tickets(rig, true);
	rig->policy.answers_unknown = false;
	openssl_ticket(key, 9, RIG_NOW, 1, WIRE_CHANNEL_NONE, good);
	openssl_ticket(key, 9, RIG_NOW - 1, 1, WIRE_CHANNEL_NONE, late);
	openssl_ticket(key, 8, RIG_NOW, 1, WIRE_CHANNEL_NONE, forged);
	put_board(RIG_ROW_OF_1, 1);
	for (unsigned batches = 0; batches < 2; batches++) {
		struct ask a = {REACTION_FRAME, 1, 7, 9, 1, batches, NULL, NULL, ANSWER_MAX};

		cr_expect_eq(status_of(&a), -1, "without");
		a.ticket = late;
		cr_expect_eq(status_of(&a), -1, "expired");
		a.ticket = forged;
		cr_expect_eq(status_of(&a), -1, "of another session");
		a.ticket = good;
		a.channel = 9;
		cr_expect_eq(status_of(&a), -1, "to nobody's channel");
		a.channel = 1;
		cr_expect_eq(status_of(&a), batches == 0 ? ANSWER_NOTHING : ANSWER_COUNTED);
		a.sequence = 0;
		cr_expect_eq(status_of(&a), batches == 0 ? ANSWER_NOTHING : -1, "unsequenced");
	}
	struct ask unknown = {REACTION_FRAME, 1, 63, 9, 2, 1, good, NULL, ANSWER_MAX};
	struct answer answer;
	cr_assert(ask(&unknown, &answer));
	cr_expect(answer.status == ANSWER_UNKNOWN && answer.has_frame);
}

Test(dataplane_answering, the_pace_follows_the_load)
{
	struct ask a = {REACTION_RECEIPT, 1, 7, 9, 1, 1, NULL, NULL, 0};
	static const unsigned busy[] = {0, 500, 700, 900, 1000, 300};
	static const unsigned pace[] = {10, 10, 55, 100, 100, 10};
	struct answer answer;

	for (unsigned i = 0; i < 6; i++) {
		rig->block.load.busy_permille = busy[i];
		cr_assert(ask(&a, &answer));
		cr_expect_eq(answer.pace, pace[i], "%u", busy[i]);
	}
}

Test(dataplane_answering, nothing_that_the_device_found_out_stays_at_the_buffer)
{
	struct ask a = {REACTION_FRAME, 1, 7, 9, 1, 1, NULL, NULL, 100};
	struct answer answer;

	cr_assert(ask(&a, &answer));
	cr_expect_eq(mbufs[0].ol_flags, 0);
	cr_expect_eq(mbufs[0].data_len, 60);
	cr_expect_eq(mbufs[0].pkt_len, 60);
}

Test(dataplane_answering, where_answers_are_off_nobody_gets_one)
{
	struct ask a = {REACTION_ASKS, 1, 7, 9, 1, 1, NULL, NULL, ANSWER_MAX};

	worker.answering.on = false;
	cr_expect_eq(status_of(&a), -1);
	a.channel = 9;
	cr_expect_eq(status_of(&a), -1);
	cr_expect_eq(freed, 2);
	cr_expect_eq(rig->block.sequence, 4, "published once a burst");
}

Test(dataplane_answering, a_frame_in_several_segments_is_counted_and_not_answered)
{
	const struct ask a = {REACTION_RECEIPT, 1, 7, 9, 1, 1, NULL, NULL, 0};
	uint8_t payload[WIRE_PAYLOAD_MAX];

	for (unsigned known = 0; known < 2; known++) {
		struct ask this = a;

		this.channel = known == 1 ? 1 : 9;
		put_frame(0, payload, put_ask(&this, payload));
		mbufs[1] = mbufs[0];
		mbufs[0].data_len = 30;
		mbufs[0].nb_segs = 2;
		mbufs[0].next = &mbufs[1];
		mbufs[1].data_off = 30;
		mbufs[1].data_len = (uint16_t)(built[0].len - 30);
		count(1);
		cr_expect_eq(n_taken, 0);
		cr_expect_eq(freed, known + 1);
		cr_expect_eq(rig->block.stats.answers_unfit, known + 1);
	}
	cr_expect_eq(rig->block.stats.taps_counted, 3);
}

/* Time does not pass while a test's worker has no scale for it. */
Test(dataplane_answering, all_together_are_bound)
{
	struct ask a = {REACTION_RECEIPT, 1, 7, 9, 1, 1, NULL, NULL, 0};
	unsigned answered = 0;

	worker.answering.allowance =
		(struct allowance){.per_second = 100, .saved = 5 * SESSION_LIMIT_HZ};
	for (unsigned i = 0; i < 20; i++)
		answered += status_of(&a) >= 0;
	cr_expect_eq(answered, 5);
	cr_expect_eq(rig->block.stats.answers_sent, 5);
	cr_expect_eq(rig->block.stats.answers_limited, 15);
	cr_expect_eq(rig->block.stats.accepted, 20, "they are counted as ever");
	cr_expect_eq(freed, 15);
}

static size_t random_payload(struct seeded_random *r, uint8_t *out)
{
	const struct ask a = {
		.flags = (uint8_t)(random_below(r, 3) == 0 ? 0 : REACTION_ASKS),
		.channel = (uint16_t)(random_below(r, 4) == 0 ? 9 : 1),
		.reaction = (uint8_t)(random_below(r, 8) == 0 ? 63 : 7),
		.session = 1 + random_below(r, 50),
		.sequence = random_below(r, 100),
		.batches = 1,
	};
	size_t len = put_ask(&a, out);

	return random_below(r, 8) == 0 ? len - 1 : len;
}

/* Each buffer once: with the device, or freed. */
static void expect_all_given(unsigned n, unsigned freed_before)
{
	unsigned given[WORKER_BURST] = {0};

	cr_assert_eq(freed - freed_before + n_taken, n);
	for (unsigned i = 0; i < n_taken; i++)
		given[taken[i] - mbufs]++;
	for (unsigned i = freed_before; i < freed; i++)
		given[freed_frames[i % WORKER_BURST] - mbufs]++;
	for (unsigned i = 0; i < n; i++)
		cr_assert_eq(given[i], 1, "buffer %u: %u times", i, given[i]);
}

Test(dataplane_answering, of_any_burst_each_buffer_is_sent_or_freed_and_each_answer_counted)
{
	struct seeded_random r = seeded_random_new("dataplane_answering");
	const struct worker_stats *s = &rig->block.stats;
	uint64_t sent = 0;

	for (unsigned round = 0; round < 5000; round++) {
		unsigned n = 1 + random_below(&r, WORKER_BURST), before = freed;
		uint8_t payload[WIRE_PAYLOAD_MAX];

		for (unsigned i = 0; i < n; i++)
			put_frame(i, payload, random_payload(&r, payload));
		room = (uint16_t)random_below(&r, WORKER_BURST + 1);
		count(n);
		expect_all_given(n, before);
		sent += n_taken;
	}
	cr_expect_eq(s->answers_sent, sent);
	cr_expect_gt(s->answers_dropped, 1000);
	cr_expect_eq(s->answers_unfit + s->answers_limited, 0);
	cr_expect_eq(s->rx, s->accepted + worker_stats_refused(s));
	cr_expect_eq(s->taps_counted, counting_rig_all_taps(rig));
}

/* memif's word for a link that went while it sent: all buffers are its own then. */
Test(dataplane_answering, a_device_that_claims_to_have_sent_more_got_no_more)
{
	struct ask a = {REACTION_RECEIPT, 1, 7, 9, 1, 1, NULL, NULL, 0};

	said = UINT16_MAX;
	cr_expect_eq(status_of(&a), ANSWER_COUNTED);
	cr_expect_eq(rig->block.stats.answers_sent, 1);
	cr_expect_eq(freed, 0);
}
