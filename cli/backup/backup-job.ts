import { Complaint } from '../complaint.ts';

/** What the command that asked for a backup is told while the server writes it. */
export interface BackupNews {
  readonly lines: readonly string[];
  readonly state: 'none' | 'running' | 'done' | 'failed';
}

/** One backup of a running server at a time, asked for by one request and followed by others, since it may take minutes. */
export function createBackupJob(write: (to: string, tell: (line: string) => void) => Promise<void>) {
  let news: { lines: string[]; state: BackupNews['state'] } = { lines: [], state: 'none' };

  async function run(to: string): Promise<void> {
    const mine = news;
    try {
      await write(to, (line) => void mine.lines.push(line));
      mine.state = 'done';
    } catch (error) {
      mine.lines.push(error instanceof Error ? error.message : String(error));
      mine.state = 'failed';
    }
  }

  return {
    start(to: string): void {
      if (news.state === 'running') throw new Complaint('a backup is being written already');
      news = { lines: [], state: 'running' };
      void run(to);
    },
    news: (): BackupNews => ({ lines: [...news.lines], state: news.state }),
  };
}

export function isBackupNews(value: unknown): value is BackupNews {
  return (
    typeof value === 'object' &&
    value !== null &&
    'lines' in value &&
    Array.isArray(value.lines) &&
    'state' in value &&
    typeof value.state === 'string'
  );
}
