/**
 * The project's tests write into memory, because every update of a repository waits for the disk. Other projects write
 * gigabytes, and stay on the disk.
 */
process.env.TMPDIR = process.env.TEMP = process.env.TMP = process.env.TMPDIR_IN_MEMORY;
