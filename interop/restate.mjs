// Two handlers for the suite restate: node restate.mjs DIRECTORY PORT, where DIRECTORY has the SDK.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

Promise.withResolvers ??= function () { // the SDK wants it, Node.js has it from 22 on
  let resolve, reject;
  const promise = new this((a, b) => { resolve = a; reject = b; });
  return { promise, resolve, reject };
};

const [directory, port] = process.argv.slice(2);
const restate = await import(pathToFileURL(createRequire(directory + "/").resolve("@restatedev/restate-sdk")));

const reports = restate.service({
  name: "Reports",
  handlers: {
    render: async (ctx, { ms }) => {
      await ctx.sleep(ms);
      return { rows: 42 };
    },
    fail: async (ctx, { ms }) => {
      await ctx.sleep(ms);
      throw new restate.TerminalError("no such year", { errorCode: 422 });
    },
  },
});
const handler = restate.createEndpointHandler({ services: [reports] });
(await import("node:http2")).createServer(handler).listen(Number(port), "127.0.0.1");
