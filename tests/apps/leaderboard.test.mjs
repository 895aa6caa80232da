// A leaderboard: counters under load, ordered listings, windows that pass, and keyspaces that do not mix.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { serveApp } from '../lib/served.mjs';
import { until } from '../lib/until.mjs';

describe('leaderboard', () => {
  let game;
  const key = { key: true };
  before(async () => { game = await serveApp('leaderboard', { env: { WINDOW_MS: '1500' } }); });
  after(() => game?.stop());
  const score = (board, player, points) => game.post(`/boards/${board}/scores`, { player, points }, key);
  const top = async (board, query = '') => (await game.get(`/boards/${board}/top${query}`)).json;

  test('KV-03 KV-04 the best come first, by number and not by text', async () => {
    for (const [player, points] of [['ann', 90], ['bob', 1000], ['cid', 200], ['dan', 9]]) assert.equal((await score('arcade', player, points)).status, 200);
    assert.deepEqual(await top('arcade'), [
      { place: 1, player: 'bob', score: 1000 }, { place: 2, player: 'cid', score: 200 }, { place: 3, player: 'ann', score: 90 },
    ]);
    assert.deepEqual((await score('arcade', 'dan', 995)).json, { player: 'dan', score: 1004 });
    assert.deepEqual((await top('arcade', '?count=9')).map((one) => one.player), ['dan', 'bob', 'cid', 'ann']);
    assert.deepEqual(await top('other'), []);
  });

  test('KV-03 points that arrive together all count, each answer is another total', async () => {
    const players = Array.from({ length: 12 }, (_, n) => `p${n}`);
    const answers = await Promise.all(players.flatMap((player) => [1, 2, 3, 4, 5].map((points) => score('rush', player, points))));
    assert.ok(answers.every((one) => one.status === 200), JSON.stringify(answers.find((one) => one.status !== 200)?.json));
    for (const player of players) {
      const totals = answers.map((one) => one.json).filter((one) => one.player === player).map((one) => one.score);
      assert.equal(new Set(totals).size, 5);
      assert.equal(Math.max(...totals), 15);
    }
    assert.deepEqual((await top('rush', '?count=50')).map((one) => one.score), Array(12).fill(15));
  });

  test('KV-01 KV-03 a window closes at the sixth and opens again by itself', async () => {
    const answers = [];
    for (let n = 0; n < 7; n++) answers.push((await score('slow', 'eve', 1)).status);
    assert.deepEqual(answers, [200, 200, 200, 200, 200, 429, 429]);
    const sent = async () => (await game.get('/boards/slow/windows/eve', key)).json.sent;
    assert.equal(await sent(), 7);
    assert.equal((await score('slow', 'fay', 1)).status, 200); // each player has a window
    await until(async () => await sent() === null);
    assert.deepEqual((await score('slow', 'eve', 1)).json, { player: 'eve', score: 6 });
    assert.equal(await sent(), 1);
  });

  test('KV-02 KV-01 profiles are objects, and may pass', async () => {
    const profile = { name: 'Ann Ø', badges: ['first'], nested: { level: 3 } };
    assert.deepEqual((await game.put('/players/ann/profile', profile, key)).json, profile);
    assert.deepEqual((await game.get('/boards/arcade/players/ann', key)).json, { player: 'ann', score: 90, profile });
    await game.put('/players/ann/profile?ttl=1', { short: true }, key);
    await until(async () => (await game.get('/boards/arcade/players/ann', key)).json.profile === null);
    await game.put('/players/ann/profile?ttl=1', { short: true }, key);
    await game.put('/players/ann/profile', profile, key); // a set without ttl stays
    await until(async () => (await game.get('/boards/arcade/players/ann', key)).json.profile !== null);
  });

  test('KV-04 only keys, by prefix, in order', async () => {
    const keys = (await game.get('/boards/rush/players?prefix=p1')).json;
    assert.deepEqual(keys.map((one) => one.key ?? one), ['p1', 'p10', 'p11']);
    assert.equal((await game.get('/boards/rush/players')).json.length, 12);
    assert.deepEqual((await game.get('/boards/arcade/players?prefix=z')).json, []);
  });

  test('KV-03 KV-04 a board is cleared without touching its neighbours', async () => {
    assert.deepEqual((await game.post('/boards/arcade/penalties', { player: 'bob', points: 2.5 }, key)).json, { score: 997.5 });
    const cleared = (await game.del('/boards/rush', key)).json;
    assert.equal(cleared.players, 12);
    assert.ok(cleared.ranks >= 12);
    assert.deepEqual(await top('rush'), []);
    assert.equal((await top('arcade')).length, 3);
    assert.deepEqual((await game.del('/boards/rush', key)).json, { players: 0, ranks: 0, windows: 0 });
  });

  test('AU-01 AU-03 HT-11 scores need a key and sense', async () => {
    assert.equal((await game.post('/boards/arcade/scores', { player: 'ann', points: 1e6 })).status, 403);
    for (const body of [{}, { player: 'ann' }, { player: '../x', points: 1 }, { player: 'ann', points: '9' }, { player: 'ann', points: 0.5 }]) {
      assert.equal((await game.post('/boards/arcade/scores', body, key)).status, 400, JSON.stringify(body));
    }
    assert.equal((await game.get('/boards/arcade/players/nobody', key)).status, 404);
    assert.equal((await top('arcade'))[0].score, 1004);
  });
});
