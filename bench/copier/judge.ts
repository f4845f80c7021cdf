import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { blueprintProblems } from '../../src/merge/blueprint.ts';
import { listFiles } from '../../src/repository/files.ts';
import type { Scenario } from './scenarios.ts';

/** How an update went, in a word. */
export function judge(
  folder: string,
  { mine, news }: Scenario,
  outcome: { status: number | null; stderr: string },
): string {
  const text = (path: string) =>
    existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : undefined;
  // Between markers, an edit counts wherever it stands, with whatever line ends.
  const loose = ({ source, flags }: RegExp) => new RegExp(source.replaceAll('\\r', '').replace(/\$$/, ''), flags);
  const there = (expected: Scenario['mine'], marked = false) => {
    if (expected === undefined) return true;
    if (typeof expected === 'string') return text(expected) === undefined;
    const [path, pattern] = expected;
    return marked ? loose(pattern).test((text(path) ?? '').replaceAll('\r', '')) : pattern.test(text(path) ?? '');
  };
  const files = listFiles(folder).filter((path) => !/^\.(git|minio-stack)\//.test(path));
  if (files.some((path) => /^<{7} /m.test(text(path) ?? '') || path.endsWith('.rej')))
    return there(mine, true) ? 'conflict' : '**conflict, edit lost**';
  if (!there(mine)) return '**edit lost**';
  if (!there(news)) return outcome.status === 0 ? '**not updated**' : 'refused';
  if (blueprintProblems(text('render.yaml') ?? '').length > 0) return '**broken Blueprint**';
  return 'merged';
}
