/** TypeScript's server as an editor runs it, with the plugin of the tsconfig. */
import { type ChildProcess, fork } from "node:child_process";
import { createRequire } from "node:module";
import { onTestFinished } from "vitest";
import { root } from "./fixture.ts";

export interface Place {
  readonly line: number;
  readonly offset: number;
}

interface Response {
  readonly type: string;
  readonly request_seq: number;
  readonly success: boolean;
  readonly message?: string;
  readonly body?: unknown;
}

export class EditorServer {
  private readonly child: ChildProcess;
  private readonly pending = new Map<number, (response: Response) => void>();
  private sequence = 0;

  /** `typescript`: name of the package to run. */
  constructor(folder: string, typescript: string) {
    const server = createRequire(import.meta.url).resolve(`${typescript}/lib/tsserver.js`);
    const args = ["--useNodeIpc", "--disableAutomaticTypingAcquisition", "--suppressDiagnosticEvents", "--pluginProbeLocations", root];
    this.child = fork(server, args, { cwd: folder, silent: true });
    this.child.on("message", (message: Response) => {
      if (message.type === "response") this.pending.get(message.request_seq)?.(message);
    });
    onTestFinished(() => void this.child.kill());
  }

  /** A request that has no answer. */
  tell(command: string, args: object): void {
    this.child.send({ seq: ++this.sequence, type: "request", command, arguments: args });
  }

  ask<T>(command: string, args: object): Promise<T> {
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error(`The server ended before it answered ${command}.`));
      this.child.once("exit", ended);
      this.pending.set(this.sequence + 1, ({ success, message, body }) => {
        this.child.off("exit", ended);
        if (success) resolve(body as T);
        else reject(new Error(message));
      });
      this.tell(command, args);
    });
  }
}
