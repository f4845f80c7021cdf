/** What a look at somebody's repository finds. No type here can hold a password: a credential is known by its form. */

/** Where a fact stands. */
export interface Place {
  /** Path in the repository, with `/`. */
  file: string;
  /** From 1. */
  line: number;
  /** Offsets in the file's text, from and to (exclusive): what an edit replaces. */
  range: readonly [start: number, end: number];
}

/** A value and the place where it was found. */
export interface Fact<Value = string> {
  value: Value;
  at: Place;
}

/** A repository, as the look sees it. */
export interface RepositoryFiles {
  /** Every file's path from the root, with `/`. */
  paths: readonly string[];
  /** A file's text; undefined when there is no such file, or it is not text. */
  read(path: string): string | undefined;
}

/** Everything found. What is absent was not found. Where a list has two different values, nothing tells which one counts. */
export interface Found {
  blueprints: FoundBlueprint[];
  /** Services that run a MinIO server. Empty: a repository without MinIO. */
  servers: FoundServer[];
  consoles: FoundConsole[];
  /** Every MinIO image that a Blueprint or a Dockerfile names, also of services that are no server. */
  images: ImageMention[];
}

/** A file called render.yaml or render.yml, or the one that was asked for. */
export type FoundBlueprint =
  | { kind: 'valid'; file: string; names: TakenName[] }
  /** No value at all: only comments, or nothing. */
  | { kind: 'empty'; file: string }
  /** YAML, but no map. */
  | { kind: 'not-a-blueprint'; file: string }
  /** Each problem says where it is: `line 6, column 8`. */
  | { kind: 'broken'; file: string; problems: string[] };

/** A name that a new service can't have. */
export interface TakenName extends Fact {
  of: 'service' | 'database' | 'group';
}

/** A service in a Blueprint. A key that the Blueprint omits is absent: Render keeps what the Dashboard says. */
export interface FoundService {
  /** The service's whole map. */
  at: Place;
  within: 'services' | 'ungrouped' | 'environment';
  name?: Fact;
  type?: Fact;
  runtime?: Fact & { from: 'runtime' | 'env' | 'image' };
  region?: Fact;
  plan?: Fact;
  /** The value of `autoDeploy` or `autoDeployTrigger`: `false`, `no`, `off`, `commit`, … */
  autoDeploy?: Fact & { from: 'autoDeploy' | 'autoDeployTrigger' };
  branch?: Fact;
  repo?: Fact;
  rootDir?: Fact;
  dockerfilePath?: Fact;
  dockerContext?: Fact;
  dockerCommand?: { at: Place };
  healthCheckPath?: Fact;
  domains: Fact[];
  disk: FoundDisk;
  /** What Render refuses. The service was made in the Dashboard, and the Blueprint may not say what is there. */
  impossible: Fact<Impossible>[];
}

export type FoundDisk =
  | { kind: 'none' }
  | { kind: 'disk'; at: Place; name?: Fact; mountPath?: Fact; sizeGB?: Fact<number> }
  /** Under the key `disks`, which Render does not know. */
  | { kind: 'disks'; at: Place };

export type Impossible = 'free plan with a disk' | 'unknown key' | 'unknown type' | 'unknown runtime' | 'boolean value';

/** How a variable gets its value. The value itself is not kept. */
export type Form =
  | { kind: 'literal' }
  | { kind: 'generated' }
  /** `sync: false`: Render asks for the value. */
  | { kind: 'asked' }
  | { kind: 'from-service'; service: string; variable?: string }
  | { kind: 'from-database' }
  | { kind: 'unclear' };

/** A root user or a root password. */
export interface Credential {
  variable: string;
  form: Form;
  in: 'service' | 'group' | 'image' | 'script';
  at: Place;
}

export interface FoundServer {
  /** `dashboard`: no Blueprint has the service, only a Dockerfile is there. */
  service: ({ kind: 'blueprint' } & FoundService) | { kind: 'dashboard' };
  /** Why the service is taken for a server; the first reason is the best. */
  reasons: Fact<ServerReason>[];
  dockerfile: FoundDockerfile;
  /** The scripts that the Dockerfile copies. */
  scripts: string[];
  /** The images of the server, its console, or its client that the service names. */
  images: ImageMention[];
  commands: ServerCommand[];
  /** The path or paths behind `server`. */
  dataFolders: Fact[];
  /** `server`: the S3 API. Where neither is there, the server listens on 9000. */
  ports: { server: Fact<number>[]; console: Fact<number>[] };
  /** By precedence: the first one is in force. */
  rootUser: Credential[];
  rootPassword: Credential[];
  /** By source, best first. */
  buckets: BucketMention[];
  /** Buckets that a script opens on purpose. */
  opened: OpenedBucket[];
  signInAsRoot: RootSignIn[];
  secrets: SecretInGit[];
  /** Variables that close or break the console. */
  breaksConsole: Fact<'MINIO_BROWSER' | 'MINIO_SERVER_URL'>[];
  /** What fails in a build from our image: a package manager, or a download from dl.min.io. */
  obstacles: Fact<Obstacle>[];
  /** Facts that are there, but can't be read: look there, and ask. */
  unclear: Fact<'data folder' | 'server port' | 'console port' | 'bucket'>[];
}

export type ServerReason = 'image' | 'command' | 'package' | 'download' | 'repo' | 'variable';

export type Obstacle = 'dl.min.io' | 'apt-get' | 'apk' | 'microdnf' | 'dnf' | 'yum';

export type FoundDockerfile =
  /** The service needs none. */
  | { kind: 'none' }
  | { kind: 'found'; file: string }
  /** The path fits several Dockerfiles: from the root, from `rootDir`, from the Blueprint's folder. */
  | { kind: 'unclear'; files: string[] }
  | { kind: 'missing'; path: string }
  /** In another repository. */
  | { kind: 'elsewhere'; repo: Fact };

export interface ImageMention {
  /** As it is written, with arguments of the Dockerfile filled in. */
  reference: string;
  tag?: string;
  role: 'server' | 'console' | 'client';
  vendor: Vendor;
  /** `stage`: a build stage that is not the one that runs. */
  in: 'image.url' | 'FROM' | 'stage' | 'COPY --from';
  at: Place;
}

export type Vendor = 'minio' | 'quay' | 'bitnami' | 'chainguard' | 'coollabs' | 'alpine' | 'aistor' | 'pgsty' | 'other';

/** A command that starts a server. */
export interface ServerCommand {
  in: 'dockerCommand' | 'ENTRYPOINT' | 'CMD' | 'RUN' | 'script';
  /** The program's word, which a repair replaces; absent for a bare `server`, which the image's entrypoint completes. */
  program?: Fact;
  at: Place;
}

export interface BucketMention extends Fact {
  from: 'MINIO_BUCKET' | 'MINIO_DEFAULT_BUCKETS' | 'mc mb' | 'variable';
  /** Another variable, of the server or of a service that refers to it. */
  variable?: string;
}

export interface OpenedBucket {
  /** Absent where the name can't be read. */
  bucket?: string;
  /** `public`, `download`, `upload`, `custom`. */
  access: string;
  at: Place;
}

/** A service that uses root's user or password. */
export interface RootSignIn {
  service: string;
  variable: string;
  /** `gives`: the server takes the value from this service. `same-value`: a literal in both places. */
  by: 'reference' | 'group' | 'gives' | 'same-value';
  at: Place;
}

export interface SecretInGit {
  /** The variable's name, or the command that has the secret. */
  name: string;
  in: 'service' | 'group' | 'image' | 'script';
  /** Whether this is the root password that counts. */
  inForce: boolean;
  at: Place;
}

export interface FoundConsole {
  service: FoundService;
  kind: 'nginx' | 'image';
  /** The server's name, as far as a variable says it. */
  server?: string;
  dockerfile: FoundDockerfile;
  images: ImageMention[];
  at: Place;
}
