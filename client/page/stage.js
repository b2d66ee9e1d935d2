// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 the uproar authors

// The crowd's face, the leading emoji, with a few of the window's taps rising around it. Decoration
// only: hidden from screen readers, still for who wants less motion.

const RISING_MAX = 14; // of one window
const ALIVE_MAX = 32; // windows may be short
const calm = matchMedia('(prefers-reduced-motion: reduce)');

/* One of the entries, each as likely as its share. */
function draw(entries) {
	let at = Math.random() * entries.reduce((sum, {count}) => sum + count, 0);
	return entries.find(({count}) => (at -= count) < 0) ?? entries[0];
}

function rise(stage, emoji, delay) {
	const tap = document.createElement('span');
	const side = Math.random() < 0.5 ? -1 : 1; // beside the face, not before it
	const from = side * (0.3 + Math.random() * 0.13) * stage.clientWidth;
	const height = stage.clientHeight;
	tap.className = 'tap';
	tap.textContent = emoji;
	stage.append(tap);
	const path = [
		{transform: `translate(${from * 0.6}px, ${height * 0.3}px) scale(.5)`, opacity: 0},
		{opacity: 1, offset: 0.2},
		{opacity: 0.9, offset: 0.6},
		{transform: `translate(${from}px, ${-height * 0.5}px) scale(1)`, opacity: 0},
	];
	tap.animate(path, {duration: 1800 + Math.random() * 900, delay, easing: 'ease-out', fill: 'backwards'})
		.onfinish = () => tap.remove();
}

export class Stage {
	#stage;
	#face;

	constructor(stage, face) {
		this.#stage = stage;
		this.#face = face;
	}

	show(frame, labelOf) {
		if (frame.entries.length > 0)
			this.#turn(labelOf(frame.entries[0].reaction).emoji);
		if (calm.matches || frame.entries.length === 0)
			return;
		const rising = Math.min(RISING_MAX, frame.taps, ALIVE_MAX - this.#stage.childElementCount);
		for (let i = 0; i < rising; i++)
			rise(this.#stage, labelOf(draw(frame.entries).reaction).emoji, Math.random() * Math.min(frame.length, 2000));
	}

	clear() {
		this.#stage.replaceChildren(this.#face);
		this.#face.textContent = '💤';
	}

	#turn(emoji) {
		if (this.#face.textContent === emoji)
			return;
		this.#face.textContent = emoji;
		if (!calm.matches)
			this.#face.animate([{transform: 'scale(.6)', opacity: 0}, {transform: 'none'}],
				{duration: 450, easing: 'cubic-bezier(.2, 1.4, .4, 1)'});
	}
}
