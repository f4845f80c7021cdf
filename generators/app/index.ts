import { resolve } from 'node:path';
import { type BaseOptions, default as Generator } from 'yeoman-generator';
import { answersToStore, brokenWhileAsking, missingAnswers, resolveAnswers, type Sources } from '../../src/answers.ts';
import { type CommandLine, fromYeoman } from '../../src/command-line.ts';
import { commit } from '../../src/commit.ts';
import { type Ask, settleConflicts } from '../../src/conflicts.ts';
import { readFiles } from '../../src/disk.ts';
import { interrupted, StackError } from '../../src/errors.ts';
import { helpText } from '../../src/help.ts';
import { type PlannedFile, planFiles } from '../../src/plan.ts';
import { type AnswerName, type Answers, questions } from '../../src/questions.ts';
import { render } from '../../src/render.ts';
import { nextSteps, report } from '../../src/report.ts';
import { readState, stateFile, writeState } from '../../src/state.ts';

/** Yeoman's options, and what `create-minio-stack` hands over; under `yo` each flag is an option of its own. */
export type Options = BaseOptions & { commandLine?: CommandLine };

/** The Yeoman lifecycle, and nothing else: what is decided, is decided in `src/`. */
export default class MinioStackGenerator extends Generator<Record<string, unknown>, Options> {
  #line!: CommandLine;
  #root!: string;
  #sources!: Sources;
  #answers!: Answers;
  #done: PlannedFile[] = [];

  constructor(args?: string[], options?: Options) {
    // Yeoman's own commit is not all or nothing, and there is nothing to install.
    super(args, options, {
      customCommitTask: true,
      customInstallTask: true,
      tasksMatchingPriority: true,
      // One run in an environment; without it, the environment makes a random id, for which it loads node:crypto.
      unique: 'namespace',
    });
  }

  override help(): string {
    return helpText('yo minio-stack [directory] [flags]');
  }

  /** Yeoman's way reads the package.json of the folder, and ends the run when that is damaged. Nothing here uses it. */
  override determineAppname(): string {
    return '';
  }

  initializing(): void {
    this.#line = this.options.commandLine ?? fromYeoman(this.args, this.options, process.argv);
    this.#root = resolve(this.env.cwd, this.#line.directory ?? '.');
    const stored = readState(readFiles(this.#root, [stateFile]).get(stateFile));
    this.#sources = { prompted: {}, flags: this.#line.flags, stored, folder: this.#root };
    // What was given is judged before anything is asked.
    resolveAnswers(this.#sources);
  }

  async prompting(): Promise<void> {
    const { yes, askAnswered } = this.#line;
    const missing = yes ? [] : missingAnswers(this.#sources, askAnswered);
    if (missing.length === 0) return;
    if (!this.#interactive) {
      const flags = missing.map((name) => `--${questions[name].flag}`).join(', ');
      throw new StackError(`No terminal to ask on. Give ${flags}, or --yes to take the defaults.`);
    }
    const current = resolveAnswers(this.#sources);
    for (const [index, name] of missing.entries()) {
      this.#sources.prompted[name] = await this.#ask(name, String(current[name]), missing.slice(index + 1));
    }
  }

  configuring(): void {
    this.#answers = resolveAnswers(this.#sources);
  }

  async writing(): Promise<void> {
    const rendering = render(this.#answers, this.templatePath());
    const disk = readFiles(this.#root, [...rendering.keys(), stateFile]);
    const plan = planFiles(rendering, disk);
    const conflicts = plan.filter(({ action }) => action === 'conflict');
    const overwritten = this.#line.force
      ? new Set(conflicts.map(({ path }) => path))
      : await settleConflicts(conflicts, this.#interactive ? this.#choose : undefined, (text) => this.log(text));
    this.#done = plan.map((file) => (overwritten.has(file.path) ? { ...file, action: 'overwrite' } : file));
    const written = this.#done.filter(({ action }) => action === 'create' || action === 'overwrite');
    const state = writeState(
      disk.get(stateFile),
      answersToStore(this.#answers, this.#root),
      this.rootGeneratorVersion(),
    );
    commit(this.#root, [
      ...written.map(({ path, theirs, executable }) => ({ path, contents: theirs, executable })),
      // Last: what it says is true once everything else is there.
      { path: stateFile, contents: state, executable: false },
    ]);
  }

  end(): void {
    this.log(report(this.#done));
    // Somebody who updates a repository knows what comes after it.
    if (this.#done.every(({ action }) => action === 'create')) this.log(nextSteps(this.#root, this.env.cwd));
  }

  /** Whether somebody is there to be asked: the one place that decides it. */
  get #interactive(): boolean {
    return !this.#line.yes && process.stdin.isTTY === true;
  }

  async #ask(name: AnswerName, current: string, unasked: AnswerName[]): Promise<string> {
    const validate = (text: string) => brokenWhileAsking(name, text, this.#sources, unasked) ?? true;
    const question = {
      type: 'input',
      name,
      message: questions[name].prompt ?? name,
      default: current,
      validate,
    } as const;
    const answer = await this.prompt<Record<string, string>>([question]).catch(interrupted);
    return String(answer[name]);
  }

  #choose: Ask = async (message, choices) => {
    const question = { type: 'select', name: 'choice', message, choices } as const;
    const { choice } = await this.prompt<{ choice: string }>([question]).catch(interrupted);
    return choice;
  };
}
