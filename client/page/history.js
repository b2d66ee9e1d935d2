// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 the uproar authors

// The windows of the last minutes that the page has seen of one channel.

import {rateOf} from './words.js';

export const KEPT_MS = 300000;

export class History {
	points = []; // oldest first

	add(frame) {
		const points = this.points;
		// After a reconnect the newest window comes again, and a clock may be set back: the last to come is right.
		while (points.length > 0 && points.at(-1).ends >= frame.ends)
			points.pop();
		while (points.length > 0 && points[0].ends < frame.ends - KEPT_MS)
			points.shift();
		const before = points.at(-1);
		points.push({
			ends: frame.ends,
			starts: frame.ends - frame.length,
			window: frame.window,
			rate: rateOf(frame),
			taps: frame.taps,
			score: frame.score,
			surge: frame.surge,
			follows: before !== undefined && frame.window === (before.window + 1) >>> 0,
		});
	}

	clear() {
		this.points = [];
	}

	/* Stretches of time in which the crowd surged. */
	surges() {
		const surges = [];
		for (const {starts, ends} of this.points.filter(({surge}) => surge)) {
			if (surges.length > 0 && starts <= surges.at(-1).ends)
				surges.at(-1).ends = ends;
			else
				surges.push({starts, ends});
		}
		return surges;
	}

	/* Stretches without a hole between them. */
	runs() {
		const runs = [];
		for (const point of this.points) {
			if (runs.length === 0 || !point.follows) // the oldest one's forerunner is forgotten
				runs.push([]);
			runs.at(-1).push(point);
		}
		return runs;
	}
}
