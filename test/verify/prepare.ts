/** Builds what the tests of verify run, once: 3 minutes, then nothing. Needs Go. */
import { goProgram } from '../stack/images/programs.ts';

await Promise.all([goProgram('minio', console.log), goProgram('mc', console.log)]);
