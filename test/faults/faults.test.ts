import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTree } from '../support/generate.ts';
import { before, bundle, child, copy, expectRecovery, faults, flags, timeout, tree } from './disturbed.ts';
import type { Disturbance, Fault } from './fault.ts';
import { describeOn, memoryDisk } from './file-systems.ts';

/** Renames a staging folder, so that its lock looks stale. */
function endedRun(folder: string, pid: number | undefined): void {
  const memory = join(folder, '.minio-stack');
  const staged = readdirSync(memory).find((name) => name.startsWith(`staging-${pid}-`));
  if (staged) renameSync(join(memory, staged), join(memory, 'staging-999999999'));
}

/**
 * Disturbs the first write, then the second, and so on, until a run has no more writes. Returns their number. While one
 * folder recovers in this process, another process already writes to the next.
 */
async function atEveryWrite(fault: Fault, disturb: (disturbance: Disturbance) => Promise<boolean>): Promise<number> {
  const disturbedAt = async (at: number) => {
    const folder = copy();
    return { folder, disturbed: await disturb({ folder, fault, at }) };
  };
  let current = await disturbedAt(1);
  for (let at = 1; ; at++) {
    const { folder, disturbed } = current;
    const [next] = await Promise.all([
      disturbed ? disturbedAt(at + 1) : undefined,
      expectRecovery(folder, `${fault} at write ${at}`),
    ]);
    if (next) {
      current = next;
      continue;
    }
    console.log(`fault points tried, ${fault}: ${at - 1}`);
    return at - 1;
  }
}

describe('an update that is disturbed at any of its writes is undone, or completed by the next run', {
  timeout,
}, () => {
  it('killed with -9', async () => {
    const points = await atEveryWrite('kill', async (disturbance) => {
      const { code, signal, output } = await child(disturbance.folder, { DISTURBANCE: JSON.stringify(disturbance) });
      if (signal !== 'SIGKILL') expect(code, output).toBe(0);
      return signal === 'SIGKILL';
    });
    expect(points).toBeGreaterThan(50);
  });

  it.each<Fault>(['EACCES', 'EACCES for good', 'ENOSPC for good'])('%s', async (fault) => {
    const worker = fork(faults, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], cwd: tmpdir() });
    try {
      const points = await atEveryWrite(fault, async (disturbance) => {
        worker.send({ bundle, args: flags, ...disturbance });
        const [{ writes, exitCode }] = await once(worker, 'message');
        expect([undefined, 0, 1]).toContain(exitCode);
        endedRun(disturbance.folder, worker.pid);
        return writes >= disturbance.at;
      });
      expect(points).toBeGreaterThan(50);
    } finally {
      worker.kill();
    }
  });
});

describeOn(memoryDisk('size=1024k'), (disk) => {
  it('filled to any level: all or nothing, and the next run with space completes it', { timeout }, async () => {
    const [folder, filler] = [join(disk, 'my-storage'), join(disk, 'filler')];
    const codes = new Set<number | null>();
    let levels = 0;
    for (let free = 0; free <= 420; free += 42) {
      cpSync(before, folder, { recursive: true });
      const available = Number(execFileSync('df', ['--output=avail', '-k', disk], { encoding: 'utf8' }).split('\n')[1]);
      writeFileSync(filler, Buffer.alloc(Math.max(available - free, 0) * 1024));
      const { code, output } = await child(folder);
      codes.add(code);
      levels += 1;
      if (code !== 0) {
        expect(output).toMatch(/ENOSPC/);
        expect(readTree(folder), `${free} KB free`).toEqual(tree);
      }
      rmSync(filler);
      await expectRecovery(copy(folder), `${free} KB free`);
      rmSync(folder, { recursive: true });
    }
    console.log(`fill levels tried: ${levels}`);
    expect([...codes].toSorted()).toEqual([0, 1]);
  });
});
