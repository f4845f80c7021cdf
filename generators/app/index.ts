import { dirname, join, resolve } from 'node:path';
import { type BaseOptions, default as Generator } from 'yeoman-generator';
import { type AnswerName, type Answers, questions } from '../../src/answers/questions.ts';
import { brokenWhileAsking, missingAnswers, resolveAnswers, type Sources } from '../../src/answers/resolve-answers.ts';
import { type CommandLine, fromYeoman } from '../../src/cli/command-line.ts';
import { helpText } from '../../src/cli/help.ts';
import { conclude } from '../../src/cli/report.ts';
import { interrupted, StackError } from '../../src/errors.ts';
import { render } from '../../src/templates/generate-files.ts';
import { refuseLosses } from '../../src/update/refuse-losses.ts';
import { type Person, settleConflicts } from '../../src/update/settle-conflicts.ts';
import {
  commitUpdate,
  openRepository,
  planUpdate,
  type Repository,
  type Update,
  verdict,
} from '../../src/update/update.ts';

/** Yeoman's options, and what `create-minio-stack` hands over; under `yo` each flag is an option of its own. */
export type Options = BaseOptions & { commandLine?: CommandLine };

/** The Yeoman lifecycle, and nothing else: what is decided, is decided in `src/`. */
export default class MinioStackGenerator extends Generator<Record<string, unknown>, Options> {
  #line!: CommandLine;
  #repository!: Repository;
  #sources!: Sources;
  #answers!: Answers;
  #update!: Update;
  #written = false;

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
    if (this.#line.version) {
      console.log(this.rootGeneratorVersion());
      this.cancelCancellableTasks();
      return;
    }
    const folder = resolve(this.env.cwd, this.#line.directory ?? '.');
    const readOnly = this.#line.check || this.#line.dryRun;
    this.#repository = openRepository(folder, this.rootGeneratorVersion(), readOnly);
    this.#sources = { prompted: {}, flags: this.#line.flags, stored: this.#repository.state.answers, folder };
    // What was given is judged before anything is asked.
    resolveAnswers(this.#sources);
  }

  async prompting(): Promise<void> {
    const rendered = this.#repository.state.version !== undefined;
    const missing = this.#line.yes ? [] : missingAnswers(this.#sources, rendered, this.#line.askAnswered);
    if (missing.length === 0) return;
    if (!this.#person) {
      const flags = missing.map((name) => `--${questions[name].flag}`).join(', ');
      const taken = process.env.npm_config_yes ? ' npm takes a --yes for itself unless -- stands before it.' : '';
      throw new StackError(`No terminal to ask on. Give ${flags}, or --yes to take the defaults.${taken}`);
    }
    const current = resolveAnswers(this.#sources);
    for (const [index, name] of missing.entries()) {
      this.#sources.prompted[name] = await this.#ask(name, String(current[name]), missing.slice(index + 1));
    }
  }

  async configuring(): Promise<void> {
    this.#answers = resolveAnswers(this.#sources);
    await refuseLosses(this.#repository, this.#answers, this.#line.allowRename);
  }

  async writing(): Promise<void> {
    this.#update = await planUpdate(this.#repository, this.#answers, render(this.#answers, this.templatePath()));
    if (this.#line.check || this.#line.dryRun) return;
    const decider = this.#line.onConflict ?? this.#person ?? 'fail';
    if (decider !== 'fail') this.#update.plan = await settleConflicts(this.#update.plan, decider);
    if (this.#update.plan.some(({ conflict }) => conflict)) return;
    commitUpdate(this.#update);
    this.#written = true;
  }

  /** Says what was done. An exit code other than 0 is an error that is thrown, under `yo` as well. */
  async end(): Promise<void> {
    const how = { ...this.#line, written: this.#written, from: this.env.cwd };
    await conclude(this.#update, how, join(dirname(this.sourceRoot()), 'CHANGELOG.md'), (text) => this.log(text));
    const error = verdict(this.#update.plan, how);
    if (error) throw error;
  }

  /** Whoever can be asked: the one place that decides whether somebody is there. */
  get #person(): Person | undefined {
    const { yes, check, json } = this.#line;
    if (yes || check || json || process.stdin.isTTY !== true) return undefined;
    return {
      choose: async (message, choices) => {
        const question = { type: 'select', name: 'choice', message, choices } as const;
        return (await this.prompt<{ choice: string }>([question]).catch(interrupted)).choice;
      },
      show: (text) => this.log(text),
      edit: async (path, text) => (await import('../../src/cli/editor.ts')).edit(path, text),
    };
  }

  async #ask(name: AnswerName, current: string, unasked: AnswerName[]): Promise<string> {
    const validate = (text: string) => brokenWhileAsking(name, text, this.#sources, unasked) ?? true;
    const message = questions[name].prompt ?? name;
    const question = { type: 'input', name, message, default: current, validate } as const;
    return String((await this.prompt<Record<string, string>>([question]).catch(interrupted))[name]);
  }
}
