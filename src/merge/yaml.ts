import { type Document, type DocumentOptions, type ParseOptions, parseDocument, type SchemaOptions } from 'yaml';

/** A YAML document, its value, and what is wrong with it; the value is null where anything is. */
export interface ReadYaml {
  document: Document;
  value: unknown;
  problems: string[];
}

/** Reads YAML without throwing: a user's file may hold anything. */
export function readYaml(text: string, options: ParseOptions & DocumentOptions & SchemaOptions = {}): ReadYaml {
  const document: Document = parseDocument(text, { uniqueKeys: true, ...options });
  const problems = [...document.errors, ...document.warnings].map(({ message }) => message);
  if (problems.length > 0) return { document, value: null, problems };
  try {
    return { document, value: document.toJS(), problems };
  } catch (error) {
    // An alias without its anchor is noticed only here.
    return { document, value: null, problems: [(error as Error).message] };
  }
}
