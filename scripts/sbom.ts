/**
 * Writes the bill of materials of create-minio-stack, which has its packages inside: `node scripts/sbom.ts FILE`, after
 * `npm run build`. It is what `npm sbom` says of this checkout, less what is not in the bundle.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The part of a CycloneDX document that is read and changed here. */
export interface Sbom {
  metadata: { component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

interface Component {
  'bom-ref': string;
  name: string;
  version: string;
  purl: string;
  description?: string;
  properties?: { name: string; value: string }[];
}

const root = join(import.meta.dirname, '..');

/** Everything that npm has installed in this checkout. */
export function installed(): Sbom {
  const onWindows = process.platform === 'win32';
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
  return JSON.parse(execFileSync('npm', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26, shell: onWindows }));
}

/** The packages in the bundle, as `name@version`: the headings of THIRD-PARTY-LICENSES.txt. */
export const bundled = (licences: string): string[] =>
  [...licences.matchAll(/^(\S+) (\d\S*) \(.+\)$/gm)].map(([, name, version]) => `${name}@${version}`);

/**
 * The bill of materials of create-minio-stack.
 * @param packages what is in the bundle
 * @throws {Error} when one of them is not installed
 */
export function ofBundle(everything: Sbom, packages: string[]): Sbom {
  const { name, version, description } = JSON.parse(
    readFileSync(join(root, 'create-minio-stack/package.json'), 'utf8'),
  );
  const ref = `${name}@${version}`;
  const { component } = everything.metadata;
  return {
    ...everything,
    metadata: {
      ...everything.metadata,
      component: { ...component, name, version, description, 'bom-ref': ref, purl: `pkg:npm/${ref}` },
    },
    components: packages.map((each) => componentOf(everything, each)),
    dependencies: [{ ref, dependsOn: packages }],
  };
}

function componentOf({ components }: Sbom, ref: string): Component {
  const component = components.find((each) => each['bom-ref'] === ref);
  if (!component) throw new Error(`${ref} is in the bundle, but npm has not installed it`);
  // What this checkout needs for development alone is a part of the bundle all the same.
  const properties = component.properties?.filter((property) => property.name !== 'cdx:npm:package:development') ?? [];
  return { ...component, properties };
}

if (import.meta.main) {
  const [, , file = 'create-minio-stack.cdx.json'] = process.argv;
  const licences = readFileSync(join(root, 'create-minio-stack/dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
  writeFileSync(file, `${JSON.stringify(ofBundle(installed(), bundled(licences)), null, 2)}\n`);
}
