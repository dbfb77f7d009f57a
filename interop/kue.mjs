// Two kinds of jobs for the suite kue: node kue.mjs DIRECTORY PORT REDIS, where DIRECTORY has the package.
import { createRequire } from "node:module";

const [directory, port, redis] = process.argv.slice(2);
const kue = createRequire(directory + "/")("kue");
const queue = kue.createQueue({ redis: { port: Number(redis), host: "127.0.0.1" } });

queue.process("report", (job, done) => {
  job.progress(1, 2);
  setTimeout(() => done(null, { rows: 42 }), job.data.ms);
});
queue.process("fail", (job, done) => setTimeout(() => done(new Error("no such year")), job.data.ms));
kue.app.listen(Number(port), "127.0.0.1");
