// A CouchDB in memory for the suite pouchdb: node pouchdb.cjs DIRECTORY PORT, where DIRECTORY has the packages.
const [directory, port] = process.argv.slice(2);
const take = require("node:module").createRequire(directory + "/");

const PouchDB = ["pouchdb-adapter-memory", "pouchdb-adapter-http", "pouchdb-replication", "pouchdb-mapreduce"]
  .reduce((base, part) => base.plugin(take(part)), take("pouchdb-core")).defaults({ adapter: "memory" });
const app = take("express")();
app.use(take("express-pouchdb")(PouchDB, { inMemoryConfig: true, mode: "fullCouchDB" }));
app.listen(Number(port), "127.0.0.1");
