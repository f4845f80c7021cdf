import type { AnswerName, Answers } from './questions.ts';

interface RuleBetween {
  /** The answers that the rule looks at. */
  between: AnswerName[];
  /** What is wrong, and what to do; undefined when the answers keep the rule. */
  broken(answers: Answers): string | undefined;
}

/** Rules that no answer can break alone. */
export const rulesBetween: RuleBetween[] = [
  {
    between: ['serverName', 'consoleName'],
    broken: ({ serverName, consoleName }) =>
      serverName === consoleName
        ? `--server-name and --console-name must differ, both are "${serverName}"; give one of the two services another name`
        : undefined,
  },
  {
    between: ['serverDomain', 'consoleDomain'],
    broken: ({ serverDomain, consoleDomain }) =>
      serverDomain && serverDomain === consoleDomain
        ? `--server-domain and --console-domain must differ, both are "${serverDomain}"; give each service a domain of its own`
        : undefined,
  },
];
