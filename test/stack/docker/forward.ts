/**
 * Runs in the engine's network, and brings ports of its localhost outside, each as a Unix socket with the port as its name:
 * node forward.ts FOLDER PORT...
 */
import { connect, createServer } from 'node:net';
import { join } from 'node:path';

const [folder = '', ...ports] = process.argv.slice(2);
for (const port of ports) {
  createServer((from) => {
    const to = connect(Number(port), 'localhost');
    // An end of one side that broke is the end of the other.
    from.on('error', () => to.destroy()).on('close', () => to.destroy());
    to.on('error', () => from.destroy()).on('close', () => from.destroy());
    from.pipe(to).pipe(from);
  }).listen(join(folder, port));
}
