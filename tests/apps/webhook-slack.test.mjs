// A Slack bot in TypeScript: the URL check, signatures with their time window, form commands, and work after the answer.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { serveApp } from '../lib/served.mjs';
import { until } from '../lib/until.mjs';

const secret = '8f742231b10e8888abcd99yyyzzz85a5';
const now = () => Math.floor(Date.now() / 1000);

describe('webhook-slack', () => {
  let bot;
  before(async () => { bot = await serveApp('webhook-slack', { secrets: { SLACK_SIGNING_SECRET: secret } }); });
  after(() => bot?.stop());
  const send = (path, body, { time = now(), key = secret, signed = body, type = 'application/json' } = {}) => {
    const signature = 'v0=' + createHmac('sha256', key).update(`v0:${time}:${signed}`).digest('hex');
    return bot.post(path, body, { headers: { 'content-type': type, 'x-slack-request-timestamp': String(time), 'x-slack-signature': signature } });
  };
  const message = (id, channel, user, text, more) =>
    JSON.stringify({
      type: 'event_callback', event_id: id, event: { type: 'message', channel, user, text, ts: `1700000000.00${id.slice(2)}`, ...more },
    });
  const command = (channel, text) => send('/slack/commands', new URLSearchParams({
    command: '/recall', channel_id: channel, text,
  }).toString(), { type: 'application/x-www-form-urlencoded' });
  const messages = async (channel) => (await bot.get(`/channels/${channel}`, { key: true })).json.messages;

  test('RT-04 HT-04 the URL check is answered, when it is signed', async () => {
    const check = JSON.stringify({ type: 'url_verification', token: 't', challenge: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P' });
    const answer = await send('/slack/events', check);
    assert.deepEqual([answer.status, answer.json], [200, { challenge: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P' }]);
    assert.equal((await bot.post('/slack/events', check, { headers: { 'content-type': 'application/json' } })).status, 401);
  });

  test('HT-14 an app that answers /health itself is asked', async () => {
    assert.deepEqual((await bot.get('/health')).json, { status: 'ok', bot: 'recall' });
    assert.deepEqual((await (await fetch(`${bot.server.url}/health`)).text()), 'Alive'); // the server's own
  });

  test('HT-05 what a handler does after its answer is done all the same', async () => {
    for (const [id, user, text] of [
      ['Ev1', 'U1', 'Lunch is at 12 (sharp)'], ['Ev2', 'U2', 'lunch moved to 13'], ['Ev3', 'U3', '<b>nothing</b> new'],
    ]) {
      const answer = await send('/slack/events', message(id, 'C1', user, text));
      assert.deepEqual([answer.status, answer.text], [200, '']);
    }
    await until(async () => await messages('C1') === 3);
  });

  test('DB-08 HT-02 the command finds what was said in its channel, newest first, and takes no pattern from people', async () => {
    await send('/slack/events', message('Ev4', 'C2', 'U1', 'lunch in the other channel'));
    await until(async () => await messages('C2') === 1);
    assert.deepEqual((await command('C1', 'LUNCH')).json, {
      response_type: 'ephemeral', text: '<@U2>: lunch moved to 13\n<@U1>: Lunch is at 12 (sharp)',
    });
    assert.equal((await command('C1', '(sharp)')).json.text, '<@U1>: Lunch is at 12 (sharp)');
    assert.equal((await command('C1', '.*')).json.text, 'Nothing about ".*"');
    assert.equal((await command('C3', 'lunch')).json.text, 'Nothing about "lunch"');
  });

  test('HT-09 AU-03 stale, future, forged and changed requests stop in the middleware', async () => {
    const body = message('Ev9', 'C1', 'U9', 'forged');
    const refused = async (options, error) => {
      const answer = await send('/slack/events', body, options);
      assert.deepEqual([answer.status, answer.json], [401, { error }]);
    };
    await refused({ time: now() - 301 }, 'stale request');
    await refused({ time: now() + 400 }, 'stale request');
    await refused({ time: 'soon' }, 'stale request');
    await refused({ key: 'another' }, 'bad signature');
    await refused({ signed: body.replace('U9', 'U8') }, 'bad signature');
    // The bot's own messages do not answer themselves, and a repeated event is one memory.
    assert.equal((await send('/slack/events', message('Ev5', 'C1', undefined, 'from the bot', { bot_id: 'B1' }))).status, 200);
    assert.equal((await send('/slack/events', message('Ev1', 'C1', 'U1', 'again'))).status, 200);
    await until(async () => /ALREADY_EXISTS/.test(await bot.log()));
    assert.equal(await messages('C1'), 3);
    assert.equal((await command('C1', 'bot')).json.text, 'Nothing about "bot"');
    assert.equal((await bot.get('/channels/C1')).status, 403);
  });
});
