// SPDX-License-Identifier: BSD-3-Clause
// Copyright (c) 2026 the uproar authors

// The page: follows one channel and shows its newest frame. While the tab is hidden frames only go
// into the history; when it comes back the newest is shown.

import {Bars} from './bars.js';
import {Curve} from './curve.js';
import {History} from './history.js';
import {Replay} from './replay.js';
import {Stage} from './stage.js';
import {Stream} from './stream.js';
import {moodOf, rateOf, sayCount, sayRate, sayScore, sayTimes} from './words.js';

const ANNOUNCE_MS = 20000; // a screen reader hears of the mood at most this often
const LATE_WINDOWS = 2.5;
const CATALOGUE_MS = 8000;
const PARENTS_MAX = 8; // a catalogue with a circle must not hang the page

const at = id => document.getElementById(id);
const minutes = new History();
const curve = new Curve({canvas: at('curve'), slider: at('scrub'), readout: at('readout')}, minutes);
const replay = new Replay(at('match'),
	{canvas: at('replay'), slider: at('replay-scrub'), readout: at('replay-readout')});
const bars = new Bars({body: at('rows'), template: at('row'), more: at('more')});
const stage = new Stage(at('stage'), at('face'));
const stream = new Stream(chooseChannel, takeFrame, takeState);

let catalogue = {reactions: new Map(), channels: new Map()};
let channel = null;
let newest = null;
let arrived = 0; // by this machine's clock: the appliance's may differ
let link = {name: 'connecting', until: 0};

function labelOf(reaction) {
	return catalogue.reactions.get(reaction) ?? {name: `reaction ${reaction}`, emoji: '❔', weight: 0};
}

function channelName(id) {
	const names = [];
	for (let c = catalogue.channels.get(id); c && names.length < PARENTS_MAX; c = catalogue.channels.get(c.parent))
		names.unshift(String(c.name));
	return names.join(' › ') || `channel ${id}`;
}

async function loadCatalogue() {
	const reply = await fetch('v1/catalogue', {cache: 'no-cache', signal: AbortSignal.timeout(CATALOGUE_MS)});
	if (!reply.ok)
		throw new Error(`catalogue: ${reply.status}`);
	const told = await reply.json();
	catalogue = {
		reactions: new Map(told.reactions.map(r =>
			[r.reaction, {name: String(r.name), emoji: String(r.emoji), weight: Number(r.weight) || 0}])),
		channels: new Map(told.channels.map(c => [c.channel, c])),
		timelines: told.timelines === true,
	};
	showHint(told.ports?.reactions ?? 7700);
}

function wantedChannel() {
	const named = /^#channel=(\d{1,5})$/.exec(location.hash);
	const ids = [...catalogue.channels.keys()];
	if (named && ids.includes(Number(named[1])))
		return Number(named[1]);
	return ids.find(id => id !== 0) ?? 0; // 0 is where visitors try it out
}

/* The catalogue comes first each time: the appliance may have come back with another one. */
async function chooseChannel() {
	await loadCatalogue();
	const wanted = wantedChannel();
	if (wanted !== channel)
		forget();
	channel = wanted;
	replay.follow(channel, catalogue.timelines);
	showChannels();
	return new URL(`v1/channels/${channel}`, document.baseURI).href;
}

function forget() {
	newest = null;
	minutes.clear();
	curve.update();
	bars.clear();
	stage.clear();
	for (const id of ['score', 'rate', 'total', 'intensity', 'reactors'])
		at(id).textContent = '–';
	at('word').textContent = 'Waiting';
	at('surge').hidden = true;
}

function showChannels() {
	const options = [...catalogue.channels.keys()].map(id => new Option(channelName(id), id));
	at('channel').replaceChildren(...options);
	at('channel').value = channel;
	at('mood-title').textContent = channelName(channel);
}

function showHint(port) {
	const [first = '🔥', second = '👏'] = [...catalogue.reactions.values()].map(({emoji}) => emoji);
	const host = location.hostname.replace(/^\[|\]$/g, '');
	at('hint').textContent = `printf '${first}${first}${second}' | nc -u -w0 ${host} ${port}`;
}

function takeFrame(frame) {
	if (frame.channel !== channel)
		return;
	newest = frame;
	arrived = performance.now();
	minutes.add(frame);
	if (!document.hidden)
		showFrame();
}

function takeState(name, ms = 0) {
	link = {name, until: performance.now() + ms};
	showState();
}

function figure(id, text, value) {
	at(id).textContent = text;
	at(id).value = value;
}

function showScore({score, taps}) {
	const word = moodOf(score, taps);
	figure('score', sayScore(score), score);
	at('word').textContent = word;
	at('gauge').setAttribute('aria-valuenow', score);
	at('gauge').setAttribute('aria-valuetext', `${sayScore(score)}, ${word}`);
	at('needle').style.translate = `${score * 50}%`;
	at('mood').style.setProperty('--strength', Math.abs(score));
	at('mood').classList.toggle('negative', score < 0);
}

function showFigures(frame) {
	figure('rate', sayRate(rateOf(frame)), rateOf(frame));
	figure('total', sayCount(frame.total), frame.total);
	figure('intensity', sayTimes(frame.intensity), frame.intensity);
	figure('reactors', sayCount(frame.reactors), frame.reactors);
	at('reactors').closest('div').hidden = frame.reactors === 0; // not known
	at('surge').hidden = !frame.surge;
	at('mood').classList.toggle('surging', frame.surge);
	document.title = `${at('word').textContent} · ${channelName(channel)} · uproar`;
}

function showFrame() {
	showScore(newest);
	showFigures(newest);
	bars.show(newest, labelOf);
	stage.show(newest, labelOf);
	curve.update();
	replay.refresh();
	at('span').textContent = curve.span > 60000 ? `last ${curve.span / 60000} minutes` : 'last minute';
	at('ignored').hidden = stream.ignored === 0;
	at('ignored').textContent = `${sayCount(stream.ignored)} unreadable messages were ignored.`;
	announceMood();
}

function stateWords(age) {
	switch (link.name) {
	case 'live':
		return newest && age > LATE_WINDOWS * newest.length ? ['late', 'Late'] : ['live', 'Live'];
	case 'waiting': {
		const seconds = Math.max(1, Math.ceil((link.until - performance.now()) / 1000));
		return ['waiting', `Reconnecting in ${seconds} s`];
	}
	case 'ended':
		return ['ended', 'This channel has ended'];
	default:
		return ['connecting', 'Connecting…'];
	}
}

function showState() {
	if (document.hidden)
		return;
	const age = performance.now() - arrived;
	const [name, words] = stateWords(age);
	at('state').dataset.state = name;
	at('state').textContent = words;
	at('age').textContent = newest ? `window ${newest.window}, ${Math.floor(age / 1000)} s ago` : '';
	at('retry').hidden = name !== 'waiting' && name !== 'ended';
	document.body.classList.toggle('old', newest !== null && name !== 'live');
	if (name !== 'live' && name !== 'connecting')
		announce(name, words);
}

/* Says what changed, and the newest of it: what is outdated by the time it may be said is not said. */
const herald = {said: '', next: '', words: '', after: 0, timer: 0};

function announce(key, words) {
	Object.assign(herald, {next: key, words});
	if (herald.timer === 0)
		herald.timer = setTimeout(speak, Math.max(0, herald.after - performance.now()));
}

function speak() {
	herald.timer = 0;
	if (herald.next === herald.said)
		return;
	herald.said = herald.next;
	herald.after = performance.now() + ANNOUNCE_MS;
	at('summary').textContent = herald.words;
}

function announceMood() {
	const word = moodOf(newest.score, newest.taps);
	const leader = newest.entries.length > 0 ? labelOf(newest.entries[0].reaction).name : 'nothing';
	const surge = newest.surge ? 'Surge. ' : '';
	announce([channel, word, leader, surge].join(),
		`${surge}${channelName(channel)}: ${word}, mostly ${leader}, ${sayRate(rateOf(newest))} taps per second.`);
}

/* The age in seconds moves on by itself, but only for somebody who looks. */
let ticking = 0;

function wake() {
	clearInterval(ticking);
	if (document.hidden)
		return;
	ticking = setInterval(showState, 1000);
	if (newest)
		showFrame();
	showState();
}

at('channel').addEventListener('change', event => { location.hash = `channel=${event.target.value}`; });
at('retry').addEventListener('click', () => stream.restart());
window.addEventListener('hashchange', () => stream.restart());
window.addEventListener('online', () => stream.restart());
document.addEventListener('visibilitychange', wake);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
	curve.draw();
	replay.draw();
});
wake();
stream.restart();
