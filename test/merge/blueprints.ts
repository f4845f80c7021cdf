/** A small Blueprint: our two services, with comments, and what a newer template makes of it. */

export const head = `# What this file is for.
# Where its schema is.

`;

const server = `  # The server.
  - type: web
    name: minio-server
    runtime: docker
    plan: starter
    dockerfilePath: ./minio/Dockerfile
    buildFilter:
      paths:
        - minio/**
    envVars:
      # The public port.
      - key: PORT
        value: "9000" # the API
      - key: MODE
        value: "x"
`;

export const consoleService = `  # The console.
  - type: web
    name: minio-console
    runtime: docker
    plan: starter
    dockerfilePath: ./console/Dockerfile
    envVars:
      - key: MINIO_HOST
        fromService:
          type: web
          name: minio-server
          property: host
`;

/** The service lists as they stand below `services:`, both and one by one. */
export const services = { server, console: consoleService, both: `${server}\n${consoleService}` };

export const blueprint = `${head}services:\n${services.both}`;

export type Change = (text: string) => string;

/** Replaces the one place where a text stands, at whatever indentation. */
export const newer: Change = (text) =>
  replacedAll(
    text,
    [/("?value"?: )"9000"/, '$1"9001"'],
    [/^( *)- minio\/\*\*\n/m, '$1- minio/**\n$1- shared/**\n'],
    [/^( *)- key: MODE\n *value: "x"\n/m, '$&$1# How objects are packed.\n$1- key: COMPRESSION\n$1  value: "off"\n'],
  );

function replacedAll(text: string, ...replacements: [RegExp, string][]): string {
  return replacements.reduce((replaced, [pattern, by]) => {
    if (!pattern.test(replaced)) throw new Error(`${pattern} is not there`);
    return replaced.replace(pattern, by);
  }, text);
}

/** Moves a text to the right. */
export const indented = (text: string, columns: number) => text.replaceAll(/^(?=.)/gm, ' '.repeat(columns));

/** The services below an environment of a project. */
export const inProject = (list: string, environment = 'production') =>
  `projects:\n  - name: media\n    environments:\n${inEnvironment(list, environment)}`;
export const inEnvironment = (list: string, environment: string) =>
  `      - name: ${environment}\n        services:\n${indented(list, 8)}`;
