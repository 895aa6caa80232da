'use strict';
// What Datastore.open() gives (spec 40 and 10.13): one connection object for the space, whose methods are calls to the server.
// Methods never throw; they reject.

const { notFound, invalidArgument, unavailable } = require('./calls.cjs');
const { DataStream } = require('./datastream.cjs');
const { aggregateAll } = require('./aggregate.cjs');
const { queryText, documentText, changeText, collectionText, findArguments, hasFilter, isObject } = require('./arguments.cjs');

let calls = null;

// ---- key/value (spec 40.10)

function keyText(key) {
  if (typeof key === 'string') return JSON.stringify(key);
  if (key === undefined || key === null) throw invalidArgument('the key is missing');
  return JSON.stringify(String(key));
}

function keyspaceText(options) {
  if (options === undefined || options === null || typeof options !== 'object') return 'null';
  const { keyspace } = options;
  return keyspace === undefined || keyspace === null ? 'null' : JSON.stringify(String(keyspace));
}

function ttlText(options) {
  if (options === undefined || options === null || typeof options !== 'object') return 'null';
  const { ttl } = options;
  if (ttl === undefined || ttl === null) return 'null';
  const ms = Number(ttl);
  if (!Number.isFinite(ms)) throw invalidArgument(`ttl must be a number of milliseconds, not ${String(ttl)}`);
  return String(ms);
}

// Text as it is, objects as their JSON, the rest as String() makes it.
function valueOf(value) {
  if (typeof value === 'string') return value;
  return isObject(value) ? JSON.stringify(value) : String(value);
}

function prefixText(prefix) {
  return JSON.stringify(String(prefix ?? '').replace(/\*$/, ''));
}

function increment(key, by, options) {
  const amount = Number(by);
  if (!Number.isFinite(amount)) throw invalidArgument(`the amount must be a number, not ${String(by)}`);
  return calls.send('kv.incr', `${keyText(key)},${amount},${keyspaceText(options)},${ttlText(options)}]`);
}

const withValue = (item) => ({ ...item, value: item.val });

class Connection {
  get(key, options) {
    try {
      return calls.send('kv.get', `${keyText(key)},${keyspaceText(options)}]`);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async getObj(key, options) {
    const value = await this.get(key, options);
    return typeof value === 'string' ? JSON.parse(value) : value;
  }

  async set(key, value, options) {
    const text = valueOf(value);
    await calls.send('kv.set', `${keyText(key)},${JSON.stringify(text)},${keyspaceText(options)},${ttlText(options)}]`);
    return text;
  }

  async setObj(key, value, options) {
    await this.set(key, JSON.stringify(value) ?? 'null', options);
    return value;
  }

  incr(key, by = 1, options) {
    try {
      return increment(key, by, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  decr(key, by = 1, options) {
    try {
      return increment(key, -by, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async del(key, options) {
    return calls.send('kv.del', `${keyText(key)},${keyspaceText(options)}]`);
  }

  async delAll(prefix, options) {
    return calls.send('kv.delAll', `${prefixText(prefix)},${keyspaceText(options)}]`);
  }

  getAll(prefix, options) {
    if (isObject(prefix)) [prefix, options] = ['', prefix];
    const { reverse, onlykeys } = options ?? {};
    const flags = JSON.stringify({ reverse: !!reverse, onlykeys: !!onlykeys });
    const open = async () => calls.send('kv.getAll', `${prefixText(prefix)},${keyspaceText(options)},${flags}]`);
    return new DataStream(calls, {}, open, { map: onlykeys ? null : withValue });
  }

  // ---- documents (spec 40.3)

  async insertOne(collection, document) {
    return calls.send('doc.insert', `${collectionText(collection)},${documentText(document, 'a document')}]`);
  }

  async insertMany(collection, documents) {
    return this.insertOne(collection, documents);
  }

  async findOneOrNull(collection, query, options) {
    return calls.send('doc.findOne', `${collectionText(collection)},${queryText(query)},${JSON.stringify(options ?? null)}]`);
  }

  async findOne(collection, query, options) {
    return found(await this.findOneOrNull(collection, query, options));
  }

  async getOne(collection, query, options) {
    return found(await this.findOneOrNull(collection, query, options));
  }

  find(collection, query, options) {
    const given = findArguments(arguments.length - 1, query, options);
    const ask = (operation, chosen) => calls.send(operation, `${collectionText(collection)},${queryText(given.query)},${JSON.stringify(chosen)}]`);
    const open = async (chosen) => ask('doc.find', chosen);
    if (given.options.aggregate) return new DataStream(calls, given.options, (chosen) => aggregateAll(calls, open, chosen));
    return new DataStream(calls, given.options, open, { openText: async (chosen) => ask('doc.findText', chosen) });
  }

  getMany(...args) {
    return this.find(...args);
  }

  async findAsArray(...args) {
    return this.find(...args).toArray();
  }

  async getArray(...args) {
    return this.find(...args).toArray();
  }

  // Index order between two values (old programs).
  getRange(collection, useIndex, start, end, options) {
    return this.find(collection, {}, { ...options, useIndex, start, end });
  }

  async toArray(...args) {
    return this.find(...args).toArray();
  }

  async updateOne(collection, query, change, options, fifth) {
    const operators = fifth === undefined ? change : { ...change, ...options };
    const { upsert } = (fifth ?? options) ?? {};
    const flags = JSON.stringify({ upsert: !!upsert });
    return found(await calls.send('doc.update', `${collectionText(collection)},${queryText(query)},${changeText(operators)},${flags}]`));
  }

  async updateMany(collection, query, change, options) {
    if (arguments.length === 3 && hasFilter(change)) [query, change, options] = [change.filter, query, change];
    const flags = JSON.stringify({ upsert: !!options?.upsert, many: true });
    return calls.send('doc.update', `${collectionText(collection)},${queryText(query)},${changeText(change)},${flags}]`);
  }

  async replaceOne(collection, query, document, options) {
    const flags = JSON.stringify({ upsert: !!options?.upsert });
    const text = `${collectionText(collection)},${queryText(query)},${documentText(document, 'a document')},${flags}]`;
    return found(await calls.send('doc.replace', text));
  }

  async replaceMany(collection, query, document, options) {
    if (arguments.length === 3 && hasFilter(document)) [query, document, options] = [document.filter, query, document];
    const flags = JSON.stringify({ upsert: !!options?.upsert, many: true });
    return calls.send('doc.replace', `${collectionText(collection)},${queryText(query)},${documentText(document, 'a document')},${flags}]`);
  }

  async removeOne(collection, query) {
    return found(await calls.send('doc.remove', `${collectionText(collection)},${queryText(query)},{}]`));
  }

  async removeMany(collection, query) {
    const chosen = arguments.length === 2 && hasFilter(query) && isObject(query.filter) ? query.filter : query;
    return calls.send('doc.remove', `${collectionText(collection)},${queryText(chosen)},{"many":true}]`);
  }

  // ---- collections (spec 40.8, 40.9)

  async createCollection(name, options) {
    const { schema, cap } = options ?? {};
    return calls.send('collection.create', `${collectionText(name)},${schemaText(schema)},${capText(cap)}]`);
  }

  async dropCollection(name) {
    return { name, dropped: await calls.send('collection.drop', `${collectionText(name)}]`) };
  }

  async listCollections() {
    return calls.call('collection.list');
  }

  async capCollection(name, cap) {
    await calls.send('collection.cap', `${collectionText(name)},${capText(cap)}]`);
    return { name, cap: cap ?? null };
  }

  async createSchema(collection, schema) {
    if (!isObject(schema)) throw invalidArgument('a schema must be an object');
    await calls.send('schema.set', `${collectionText(collection)},${schemaText(schema)}]`);
    return schema;
  }

  async setSchema(collection, schema) {
    return this.createSchema(collection, schema);
  }

  async getSchema(collection) {
    return calls.send('schema.get', `${collectionText(collection)}]`);
  }

  async removeSchema(collection) {
    await calls.send('schema.set', `${collectionText(collection)},null]`);
    return {};
  }

  // A name, or several: one index each. {a: 1, b: 1}, or names with {compound: true}: one index over all of them.
  async createIndex(collection, fields, options) {
    const wanted = indexesOf(fields, options);
    for (const one of wanted) await calls.send('index.create', `${collectionText(collection)},${JSON.stringify(one)}]`);
    return { collection, indexes: wanted };
  }

  async removeIndex(collection, fields, options) {
    const removed = [];
    for (const one of indexesOf(fields, options)) {
      if (await calls.send('index.remove', `${collectionText(collection)},${JSON.stringify(one)}]`)) removed.push(one);
    }
    return { collection, removed };
  }

  async count(collection, query) {
    return calls.send('doc.count', `${collectionText(collection)},${queryText(query)}]`);
  }

  collection(name) {
    return new Collection(this, name);
  }

  close() {}
}

function schemaText(schema) {
  if (schema === undefined || schema === null) return 'null';
  if (!isObject(schema) || Array.isArray(schema)) throw invalidArgument('a schema must be an object');
  return JSON.stringify(schema);
}

function capText(cap) {
  if (cap === undefined || cap === null) return 'null';
  const documents = Number(cap);
  if (!Number.isInteger(documents) || documents < 1) throw invalidArgument(`a cap is a number of documents, not ${String(cap)}`);
  return String(documents);
}

function indexesOf(fields, options) {
  const names = typeof fields === 'string' ? [fields] : Array.isArray(fields) ? fields : isObject(fields) ? Object.keys(fields) : [];
  if (names.length === 0 || !names.every((name) => typeof name === 'string')) {
    throw invalidArgument('an index needs the name of a field, names, or an object {name: 1}');
  }
  const compound = !Array.isArray(fields) || options?.compound === true;
  return compound ? [names] : names.map((name) => [name]);
}

// A missing document is null on the wire and a rejection for the script.
function found(document) {
  if (document === null) throw notFound();
  return document;
}

// What the server does not do yet says so instead of being undefined.
for (const name of ['enqueue', 'enqueueFromQuery', 'runAt']) {
  const refuse = { async [name]() { throw unavailable(name); } };
  Object.defineProperty(Connection.prototype, name, { value: refuse[name], writable: true, configurable: true });
}

// connection.collection(name): the same methods without the first argument.
class Collection {
  #connection;
  #name;

  constructor(connection, name) {
    this.#connection = connection;
    this.#name = name;
  }

  static {
    const methods = ['insertOne', 'insertMany', 'findOneOrNull', 'findOne', 'getOne', 'find', 'getMany', 'findAsArray', 'getArray',
      'toArray', 'updateOne', 'updateMany', 'replaceOne', 'replaceMany', 'removeOne', 'removeMany', 'count', 'createSchema',
      'setSchema', 'getSchema', 'removeSchema', 'getRange',
      'createIndex', 'removeIndex', 'enqueueFromQuery'];
    for (const name of methods) {
      const bound = { [name](...args) { return this.#connection[name](this.#name, ...args); } };
      Object.defineProperty(this.prototype, name, { value: bound[name], writable: true, configurable: true });
    }
  }
}

// The connection to another space of the project. Its methods start their calls at once; streams remember where they belong.
async function openSibling(space) {
  if (!/^[a-z0-9-]{1,30}$/.test(space)) throw invalidArgument(`${space} is no name of a space`);
  await calls.inSpace(space, () => calls.call('space.open', space));
  const sibling = new Proxy(new Connection(), {
    get(connection, name) {
      const member = connection[name];
      if (typeof member !== 'function') return member;
      if (name === 'collection') return (collection) => new Collection(sibling, collection);
      return (...args) => calls.inSpace(space, () => member.apply(connection, args));
    },
  });
  return sibling;
}

// The global DB and Datastore. open() costs nothing: always the same promise of the same connection.
function makeDatastore(hostCalls, space) {
  calls = hostCalls;
  const connection = new Connection();
  const opened = Promise.resolve(connection);
  // A published template forgets the await: datastore.open().insertOne(…) (spec 40.1).
  for (const name of Object.getOwnPropertyNames(Connection.prototype)) {
    if (name !== 'constructor') Object.defineProperty(opened, name, { value: (...args) => connection[name](...args) });
  }
  return Object.freeze({
    open(name) {
      if (name === undefined || name === null || name === space) return opened;
      return openSibling(String(name));
    },
    close() {},
  });
}

module.exports = { makeDatastore };
