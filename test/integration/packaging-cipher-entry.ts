/** Bundled by packaging-parts.test.ts: sends texts of many lengths through `cat` on a host, with the one cipher that Node has not. */

import ssh2 from 'ssh2';

const LENGTHS = [...Array.from({ length: 70 }, (_, index) => index), 1_000, 40_000, 300_000];
const { KEY = '', PORT = '', USERNAME = '' } = process.env;

const client = new ssh2.Client();
client.on('ready', () => {
  client.exec('cat', (error, channel) => {
    if (error !== undefined) throw error;
    const text = LENGTHS.map((length) => `${'x'.repeat(length)}\n`).join('');
    let output = '';
    channel.setEncoding('utf8');
    channel.on('data', (piece: string) => {
      output += piece;
    });
    channel.on('close', () => {
      process.stdout.write(output === text ? 'the same' : `${output.length} of ${text.length} bytes`);
      client.end();
    });
    channel.end(text);
  });
});
client.connect({
  host: '127.0.0.1',
  port: Number(PORT),
  username: USERNAME,
  privateKey: KEY,
  algorithms: { cipher: ['chacha20-poly1305@openssh.com'] },
});
