// Asks a server how it is, with Node's own gRPC: check.js ADDRESS NAME..
// Prints for each name what `Check` says, and the word in its metadata.
const { Client, credentials, status } = require('@grpc/grpc-js');

const STATUS = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];
// Both messages have one field, whose number is 1.
const encode = (name) =>
  name === '' ? Buffer.alloc(0) : Buffer.from([0x0a, name.length, ...Buffer.from(name)]);
const decode = (bytes) => STATUS[bytes.length === 2 && bytes[0] === 0x08 ? bytes[1] : 0];

const [address, ...names] = process.argv.slice(2);
const client = new Client(address, credentials.createInsecure());
const check = (name) =>
  new Promise((resolve) => {
    let words = [];
    const done = (error, said) => resolve([error ? status[error.code] : said, ...words].join(' '));
    const deadline = { deadline: Date.now() + 30_000 };
    client
      .makeUnaryRequest('/grpc.health.v1.Health/Check', encode, decode, name, deadline, done)
      .on('metadata', (metadata) => (words = metadata.get('x-health-status')));
  });

(async () => {
  for (const name of names) console.log(await check(name));
  client.close();
})();
