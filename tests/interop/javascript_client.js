// Reads one JSON request a line and answers each with one JSON line of the same number; messages are lines of their own.
const readline = require('node:readline');
const mqtt = require('mqtt');

let client;
const say = (value) => process.stdout.write(JSON.stringify(value) + '\n');
const answer = (number, error, rest = {}) => say(error ? { number, error: String(error) } : { number, ...rest });

const operations = {
  connect({ number, host, port, options }) {
    for (const key of Object.keys(options)) if (options[key] === null) delete options[key];
    client = mqtt.connect({ ...options, host, port });
    let answered = false;
    client.on('connect', (packet) => { answered = true; answer(number, null, { sessionPresent: packet.sessionPresent }); });
    client.on('error', (error) => answered ? say({ error: String(error) }) : answer(number, error));
    client.on('message', (topic, payload, packet) => say({
      topic, payload: payload.toString('base64'), qos: packet.qos, retain: packet.retain, dup: packet.dup,
      properties: packet.properties,
    }));
  },
  subscribe({ number, topic, options }) {
    client.subscribe(topic, options, (error, granted) => answer(number, error, { granted: granted?.map((one) => one.qos) }));
  },
  unsubscribe({ number, topic }) { client.unsubscribe(topic, (error) => answer(number, error)); },
  publish({ number, topic, payload, options }) {
    client.publish(topic, Buffer.from(payload, 'base64'), options, (error) => answer(number, error));
  },
  end({ number }) { client.end(false, {}, () => answer(number, null)); },
};

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const request = JSON.parse(line);
  operations[request.operation](request);
});
