#!/usr/bin/env node
// Plain old JavaScript, and nothing is imported before the check: an old Node must get as far as the message.
var version = process.versions.node.split('.').map(Number);
if ((version[0] === 22 && version[1] >= 18) || (version[0] === 24 && version[1] >= 11) || version[0] > 24) {
  import('./dist/main.js').then(function (cli) {
    return cli.main(process.argv.slice(2));
  });
} else {
  console.error('create-minio-stack needs Node 22.18, 24.11 or newer; this is Node ' + process.versions.node + '.');
  process.exitCode = 1;
}
