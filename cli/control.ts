import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Complaint } from './complaint.ts';

/** How a command of this machine's own shell reaches the running server: its address and a token only the owner of the data can read. */
interface ControlFile {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
}

export function newControlToken(): string {
  return randomBytes(32).toString('base64url');
}

export async function announceControl(dataDirectory: string, url: string, token: string): Promise<void> {
  const file: ControlFile = { url, token, pid: process.pid };
  await writeFile(fileIn(dataDirectory), JSON.stringify(file), { mode: 0o600 });
}

export async function withdrawControl(dataDirectory: string): Promise<void> {
  await rm(fileIn(dataDirectory), { force: true });
}

/** Null when no server runs on this data. */
export async function askServer(
  dataDirectory: string,
  action: string,
  argument: unknown,
): Promise<{ result: unknown } | null> {
  const file = await readControl(dataDirectory);
  if (file === null || !isAlive(file.pid)) return null;
  const response = await fetch(new URL(`/control/${action}`, file.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${file.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(argument),
  }).catch(() => null);
  if (response === null) return null;
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new Complaint(`the running server refused: ${detailOf(answer) ?? response.status}`);
  return {
    result: typeof answer === 'object' && answer !== null && 'result' in answer ? answer.result : null,
  };
}

/** A killed server leaves its file behind, and another program may have its port by now. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function readControl(dataDirectory: string): Promise<ControlFile | null> {
  try {
    return JSON.parse(await readFile(fileIn(dataDirectory), 'utf8')) as ControlFile;
  } catch {
    return null;
  }
}

function detailOf(answer: unknown): string | null {
  if (typeof answer !== 'object' || answer === null) return null;
  if ('detail' in answer && typeof answer.detail === 'string') return answer.detail;
  return 'title' in answer && typeof answer.title === 'string' ? answer.title : null;
}

function fileIn(dataDirectory: string): string {
  return join(dataDirectory, 'control.json');
}
