import { withOurServices } from './add-services.ts';
import { type Choice, chosenDataFolder } from './choice.ts';
import type { FoundServer } from './found.ts';

/**
 * A Blueprint for a service that somebody made in the Dashboard. Plan and size stay out: Render keeps its own.
 * @param text the Blueprint that is there; empty for none
 */
export function dashboardBlueprint(text: string, server: FoundServer, choice: Choice, region: string): string {
  const dockerfile = server.dockerfile.kind === 'found' ? server.dockerfile.file : 'Dockerfile';
  return withOurServices(
    text,
    `services:
  - type: web
    name: ${JSON.stringify(choice.service ?? '')}
    runtime: docker
    region: ${JSON.stringify(region)}
    dockerfilePath: ${JSON.stringify(`./${dockerfile}`)}
    disk:
      name: minio-data
      mountPath: ${JSON.stringify(chosenDataFolder(server, choice) ?? '/data')}
`,
  );
}
