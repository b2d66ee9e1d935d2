// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 the uproar authors

// The windows of one channel as far back as the appliance's journal goes, the older ones rolled up.

import {History} from './history.js';

const PATIENCE_MS = 8000;
const COLUMNS = ['ends_ms', 'length_ms', 'taps', 'score', 'surge'];

export class Timeline extends History {
	/* Returns whether the appliance has one. */
	async load(channel) {
		const reply = await fetch(`v1/channels/${channel}/timeline`,
			{cache: 'no-cache', signal: AbortSignal.timeout(PATIENCE_MS)});
		if (reply.status === 404)
			return false;
		if (!reply.ok)
			throw new Error(`timeline: ${reply.status}`);
		this.#take(await reply.json());
		return this.points.length > 0;
	}

	#take({columns, points}) {
		const places = COLUMNS.map(name => columns.indexOf(name));
		if (places.includes(-1))
			throw new Error('timeline: a column is missing');
		let before = NaN;
		this.points = points.map(row => {
			const [ends, length, taps, score, surge] = places.map(place => row[place]);
			const point = {ends, starts: ends - length, rate: taps * 1000 / length, taps, score, surge,
				follows: ends - length <= before};
			before = ends;
			return point;
		});
	}
}
