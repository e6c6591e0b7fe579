/**
 * Bytes in files: reading any stretch of one or several files as if they were one, and writing files that are either wholly
 * there or not at all. Every failure of the system is a FileError (E_FILE) with the file's name; nothing here knows a format.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ArgumentError, FileError } from "../core/errors.ts";

/** A stretch of bytes to read from. `name` is for messages. */
export interface ByteSource {
  readonly name: string;
  readonly size: number;
  /** Fills `into` from byte `at`; the stretch lies inside. */
  read(at: number, into: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Path of a file or folder that a user names: a path, `file://` and a path (as in TensorFlow.js), or a URL. */
export function pathOf(file: unknown, what: string): string {
  if (file instanceof URL) return fileURLToPath(file);
  if (typeof file !== "string" || file === "" || file === "file://") {
    throw new ArgumentError(`${what}: the file must be a path, but is ${typeof file === "string" ? JSON.stringify(file) : typeof file}.`);
  }
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(file)?.[1];
  if (scheme !== undefined && scheme.toLowerCase() !== "file") {
    throw new ArgumentError(`${what}: ${file} names the scheme ${scheme}, but only files can be read and written.`, {
      hint: 'Give a path, or "file://" and a path.',
    });
  }
  return scheme === undefined ? file : file.slice("file://".length);
}

function systemError(action: string, file: string, cause: unknown): FileError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const why = code === "ENOENT" ? "it is not there" : code === "EISDIR" ? "it is a folder" : message;
  return new FileError(`${file} cannot be ${action}: ${why}.`, { cause });
}

/** Largest single read: systems refuse more than 2^31 − 1 bytes. */
const READ_LIMIT = 2 ** 30;

/** The bytes of these files one after the other. */
export async function openBytes(files: readonly string[]): Promise<ByteSource> {
  const parts: { handle: FileHandle; file: string; start: number; end: number }[] = [];
  let size = 0;
  const close = async (): Promise<void> => {
    for (const { handle } of parts) await handle.close();
  };
  for (const file of files) {
    try {
      const handle = await open(file, "r");
      const part = { handle, file, start: size, end: size };
      parts.push(part);
      const stat = await handle.stat();
      if (!stat.isFile()) throw new Error(stat.isDirectory() ? "it is a folder" : "it is not a plain file");
      part.end = size += stat.size;
    } catch (cause) {
      await close();
      throw systemError("read", file, cause);
    }
  }
  return {
    name: files.join(", "),
    size,
    async read(at, into) {
      let done = 0;
      for (const { handle, file, start, end } of parts) {
        while (done < into.length && at + done >= start && at + done < end) {
          const length = Math.min(into.length - done, end - at - done, READ_LIMIT);
          const { bytesRead } = await handle.read(into, done, length, at + done - start).catch((cause: unknown) => {
            throw systemError("read", file, cause);
          });
          if (bytesRead === 0) throw new FileError(`${file} became shorter while it was read.`);
          done += bytesRead;
        }
      }
    },
    close,
  };
}

/** All of a text file of at most `limit` bytes, which must be UTF-8. */
export async function readText(file: string, limit: number): Promise<string> {
  const source = await openBytes([file]);
  try {
    if (source.size > limit) {
      throw new FileError(`${file} has ${source.size} bytes, over the limit of ${limit} for its kind.`, { code: "E_FILE_FORMAT" });
    }
    const bytes = new Uint8Array(source.size);
    await source.read(0, bytes);
    return decodeText(bytes, file);
  } finally {
    await source.close();
  }
}

export function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FileError(`${file} has text that is not UTF-8.`, { code: "E_FILE_FORMAT", cause });
  }
}

/** Does the work at once, before the caller goes on; what it throws is what the promise rejects with. */
export function promised<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}

/** A file to be written: its bytes in pieces. */
export interface NewFile {
  readonly file: string;
  readonly pieces: readonly (Uint8Array | string)[];
}

let temporaries = 0;

/**
 * Writes files beside their places and puts them there when all of them are complete: readers see the old files or the new
 * ones. Folders are made. Runs to its end without giving way to other code, so that the bytes are of one moment.
 */
export function writeFiles(files: readonly NewFile[]): void {
  const written: { file: string; temporary: string }[] = [];
  try {
    for (const { file, pieces } of files) {
      const temporary = `${file}.${process.pid}-${temporaries++}.tmp`;
      try {
        mkdirSync(path.dirname(file), { recursive: true });
        const handle = openSync(temporary, "wx");
        written.push({ file, temporary });
        try {
          for (const piece of pieces) writeAll(handle, typeof piece === "string" ? Buffer.from(piece) : piece);
          fsyncSync(handle);
        } finally {
          closeSync(handle);
        }
      } catch (cause) {
        throw systemError("written", file, cause);
      }
    }
    for (const { file, temporary } of written) {
      try {
        renameSync(temporary, file);
      } catch (cause) {
        throw systemError("written", file, cause);
      }
    }
  } catch (error) {
    for (const { temporary } of written) rmSync(temporary, { force: true });
    throw error;
  }
}

function writeAll(handle: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at, Math.min(bytes.length - at, READ_LIMIT));
}
